"""Frozen values of which there are many kinds, each made seldom or never: events and commands.

``dataclasses`` writes six methods for each class and compiles them when the class is defined, though a desk
that starts has yet made few. For its 155 kinds that was 11 % of its work until it was live.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, make_dataclass
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_WRITTEN = ("__init__", "__repr__", "__eq__", "__hash__")
"""What ``dataclasses`` writes for each class of its own."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def message(kind: type[T]) -> type[T]:
    """As ``dataclass(frozen=True, slots=True)``, with its methods written when the first of ``kind`` is made.

    ``kind`` has neither those methods nor ``__post_init__`` of its own, and inherits no other's fields.
    """
    made = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    for name, value in (
        ("__init__", _Unwritten(made)),
        ("__setattr__", _set),
        ("__delattr__", _delete),
        ("__reduce__", _made_anew),
    ):
        setattr(made, name, value)
    return made


class _Unwritten:
    """Stands for the ``__init__`` of ``kind`` until it is asked for: called, or read.

    Two threads that ask at once write the same.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def __get__(self, made: object, owner: type) -> Callable[..., None]:
        """Have ``dataclasses`` write the methods for a twin, and take them over."""
        kind = self._kind
        twin = make_dataclass(kind.__name__, [(one.name, one.type, one) for one in fields(kind)], frozen=True)
        for name in _WRITTEN:
            setattr(kind, name, getattr(twin, name))
        written: Callable[..., None] = kind.__init__.__get__(made, owner)
        return written


def _made_anew(self: Any) -> tuple[type[Any], tuple[object, ...]]:
    """Copies and what comes from another process are made as the first was, which has the methods written."""
    return type(self), tuple(getattr(self, one.name) for one in fields(self))


def _set(self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
