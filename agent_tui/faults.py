"""Faults of our own: each is logged under a short reference, told to the agent by it, and survived.

The one place where any exception is taken: whoever works in ``surviving`` goes on after it, and what
failed is left out. A talk is the phone's and never ends by a fault of the desk. Without a log (tests,
mostly) nothing is survived: a fault is seen where it is.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from edge.traces import places

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks alike: a reference is read out on the telephone."""

_LENGTH = 5
_MOST_KNOWN = 200
_LOG_BYTES = 1_000_000

_Place: TypeAlias = tuple[str, type[BaseException], str, int]


class Faults:
    """The faults of one desk. ``log`` takes their text; None: nothing is survived.

    A fault that happens again at the same place keeps its reference and is neither logged nor told anew:
    one in a painting happens ten times a second.
    """

    def __init__(self, log: Callable[[str], None] | None = None) -> None:
        self._log = log
        self._known: dict[_Place, str] = {}
        self._untold: list[str] = []
        self._tell: Callable[[str], None] | None = None
        self.last = ""
        """The reference of the newest one."""

    @property
    def survives(self) -> bool:
        """Whether the desk goes on after a fault."""
        return self._log is not None

    def tell_to(self, tell: Callable[[str], None]) -> None:
        """Have each reference told to ``tell``, those among them that nobody was told of yet."""
        self._tell = tell
        untold, self._untold = self._untold, []
        for reference in untold:
            tell(reference)

    def tell_next(self) -> None:
        """Who is told of faults ends by the newest: the next is told of it."""
        self._tell = None
        if self.last not in self._untold:
            self._untold.append(self.last)

    def tell_of(self, reference: str) -> None:
        """Tell of the one that ended the desk before, where that was another process."""
        self.last = reference
        self.tell_next()

    def note(self, error: BaseException, where: str) -> str:
        """Log ``error`` and tell of it; its reference. ``where`` is a name of ours, nobody's data."""
        place = (where, type(error), *_innermost(error.__traceback__))
        self.last = self._known.get(place, "")
        if self.last:
            return self.last
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self.last = self._known[place] = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        if self._log is not None:
            self._log(f"fault {self.last} in {where}: {''.join(places(error)).rstrip()}")
        if self._tell is None:
            self._untold.append(self.last)
        else:
            self._tell(self.last)
        return self.last

    def surviving(self, where: str) -> AbstractContextManager[None, bool]:
        """Within it a fault ends what is done, and no more. Being cancelled is no fault."""
        return _Surviving(self, where)


class _Surviving(AbstractContextManager[None, bool]):
    def __init__(self, faults: Faults, where: str) -> None:
        self._faults = faults
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or not self._faults.survives:
            return False
        self._faults.note(error, self._where)
        return True


def logged_to(path: Path) -> Faults:
    """Faults that are logged to ``path``, which stays small and is for this user's eyes alone."""
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log = logging.Logger("moked.faults")
    log.addHandler(handler)
    return Faults(log.error)


def _innermost(trace: TracebackType | None) -> tuple[str, int]:
    """File and line where it was raised."""
    found = ("", 0)
    while trace is not None:
        found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found
