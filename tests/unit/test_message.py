"""``edge.message``: what a frozen dataclass is, of which nothing is compiled before the first is made."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from multiprocessing import Pipe
from typing import cast

import pytest

from edge.message import message


@dataclass(frozen=True, slots=True)
class Part:
    """A value in another."""

    name: str


@message
class Moved:
    """One kind."""

    call: str
    parts: tuple[Part, ...] = ()
    aside: list[str] = field(default_factory=list, compare=False)
    loud: bool = field(default=False, kw_only=True)


@message
class Closed:
    """Another kind of the same fields."""

    call: str
    parts: tuple[Part, ...] = ()


@message
class Asked:
    """A kind without fields."""


@message
class Heard:
    """A kind that two processes know."""

    call: str
    times: tuple[int, ...] = ()


def test_it_is_copied_and_comes_from_another_process_as_it_was() -> None:
    heard = Heard("a", (1, 2))
    ours, theirs = Pipe()
    theirs.send(heard)
    assert ours.recv() == heard
    assert copy.copy(heard) == copy.deepcopy(heard) == heard


def test_its_fields_are_those_of_a_dataclass() -> None:
    assert is_dataclass(cast("object", Moved))
    assert [one.name for one in fields(Moved)] == ["call", "parts", "aside", "loud"]
    assert Moved("a") == Moved(call="a", parts=(), aside=[], loud=False)
    assert Moved("a").aside is not Moved("a").aside
    assert Moved("a", loud=True).loud
    assert asdict(Closed("a", (Part("b"),))) == {"call": "a", "parts": ({"name": "b"},)}
    assert replace(Moved("a", loud=True), call="b") == Moved("b", loud=True)
    assert repr(Closed("a")) == "Closed(call='a', parts=())"
    assert repr(Asked()) == "Asked()"


def test_it_is_equal_by_kind_and_what_is_compared() -> None:
    assert Moved("a", aside=["x"]) == Moved("a")
    assert Moved("a") != Moved("b")
    assert cast("object", Closed("a")) != Moved("a")
    assert Asked() == Asked()
    assert len({Closed("a"), Closed("a"), Closed("b"), Asked(), Asked()}) == 3


def test_it_is_frozen_and_has_room_for_nothing_else() -> None:
    closed = Closed("a")
    for name in ("call", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(closed, name, "b")
    with pytest.raises(FrozenInstanceError):
        delattr(closed, "call")
    assert closed == Closed("a")
    assert not hasattr(closed, "__dict__")


def test_it_is_matched_by_its_fields() -> None:
    match cast("object", Closed("a", (Part("b"),))):
        case Closed(call, (Part(name),)):
            assert (call, name) == ("a", "b")
        case _:
            pytest.fail("not matched")


@pytest.mark.parametrize("made", [True, False])
def test_what_is_missing_or_too_much_is_refused(*, made: bool) -> None:
    @message
    class Fresh:
        """A kind."""

        call: str

    if made:
        Fresh("a")
    for given, named in (((), {}), (("a", "b"), {}), (("a",), {"other": "b"})):
        with pytest.raises(TypeError, match=r"Fresh\.__init__\(\)"):
            cast("type", Fresh)(*given, **named)
    assert Fresh("a").call == "a"
