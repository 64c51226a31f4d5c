"""The run's Asterisk with ``[listening]``, for as long as a test wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from centre.listening import Listening
from pbx.render import render
from tests.pbx.rig import Asterisk

_FILES = ("extensions.conf", "listening.conf", "manager.conf")


@contextmanager
def may_listen(asterisk: Asterisk) -> Iterator[None]:
    """Supervisors may listen in, 1102 among them; afterwards the exchange is as it was."""
    asterisk.cli("module load app_chanspy.so")
    allow(asterisk)
    try:
        yield
    finally:
        forbid(asterisk)


def allow(asterisk: Asterisk) -> None:
    """Give the exchange its part of listening in."""
    _put(asterisk, render(replace(asterisk.centre, listening=Listening())))


def forbid(asterisk: Asterisk) -> None:
    """Take it away."""
    _put(asterisk, render(asterisk.centre))


def _put(asterisk: Asterisk, files: dict[str, str]) -> None:
    for name in _FILES:
        (asterisk.directory / "etc" / name).write_text(files[name])
    for command in ("dialplan reload", "manager reload"):
        asterisk.cli(command)
