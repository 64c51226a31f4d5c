"""The signals by which the system tells a program to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP")
"""SIGHUP comes when the terminal is closed or its line drops (POSIX 11.1.10); Windows has none."""


def endings() -> Iterator[signal.Signals]:
    """Those to be heeded: not what whoever started us has ignored, as shells can with SIGHUP."""
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            yield number


def told_by(number: int) -> int:
    """The exit status that shells tell of a program which signal ``number`` ended (POSIX 2.8.2)."""
    return 128 + number


HUNG_UP = told_by(getattr(signal, "SIGHUP", 1))
"""The status where the terminal has gone."""
