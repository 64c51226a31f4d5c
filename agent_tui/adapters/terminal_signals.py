"""The signs of a ring or a message, written to the terminal among the frames, each when it changes."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TextIO, TypeAlias

from agent_tui.attention import Signals, Told
from agent_tui.screens import words
from agent_tui.text import signals as sequences
from agent_tui.text.signals import Notify

Write: TypeAlias = Callable[[str], None]

_BELL_EVERY = 3.0
"""Seconds between two strokes of the bell: heard across a room, and no drill."""

_TMUX_ANSWERS_WITHIN = 3.0
_REFUSED = ("0", "off")
"""How tmux 3.3, and later ones, say that ``allow-passthrough`` is off."""
_NO_SEQUENCES = ("dumb", "linux", "")
"""``TERM`` of terminals that paint what they do not read, or have neither title nor desktop."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The agent's settings: the section ``[attention]``."""

    bell: bool = True
    title: bool = True
    notify: Notify = Notify.AUTO


class TerminalSignals:
    """The signs of one desk, in the terminal that ``environ`` describes."""

    def __init__(self, wanted: Wanted, environ: Mapping[str, str] = os.environ) -> None:
        self._wanted = wanted
        self._environ = environ
        term = environ.get("TERM", "")
        able = term not in _NO_SEQUENCES
        self._in_tmux = bool(environ.get("TMUX"))
        self._in_screen = sequences.in_screen(environ)
        self._titles = wanted.title and able
        self._how = self._chosen() if able and not self._in_tmux else Notify.OFF
        self._title = ""
        self._told: Told | None = None
        self._struck: float | None = None

    @property
    def reports_focus(self) -> bool:
        """Whether the terminal tells when it loses the focus.

        tmux does where ``focus-events`` is on, and then tells at once how it is; GNU screen never does.
        Without a word from them nobody knows whether the agent looks here.
        """
        return not self._in_tmux and not self._in_screen

    async def look_around(self) -> None:
        """Ask tmux, where the desk runs in it, what terminal is around and whether it may be spoken to."""
        if self._in_tmux and not self._in_screen and self._wanted.notify is not Notify.OFF:
            outside = await _around_tmux(self._environ)
            if outside is not None:
                self._how = self._chosen(outside)

    def show(self, signals: Signals, now: float, write: Write) -> None:
        """Write what changed. ``now``: seconds that never go back."""
        for sequence in self._due(signals, now):
            write(sequence)

    @contextmanager
    def title_kept(self, stream: TextIO | None = None) -> Iterator[None]:
        """Within it the title may change; afterwards it is what it was, whatever happened.

        ``stream`` is standard output unless given. Nothing is sent where that is no terminal.
        """
        stream = sys.stdout if stream is None else stream
        if not self._titles or not stream.isatty():
            yield
            return
        _send(stream, sequences.SAVE_TITLE)
        try:
            yield
        finally:
            with suppress(OSError):  # the terminal may be gone, and its title with it
                _send(stream, sequences.RESTORE_TITLE)

    def _due(self, signals: Signals, now: float) -> Iterator[str]:
        if self._titles and signals.title != self._title:
            self._title = signals.title
            yield sequences.title(self._carried(signals.title))
        yield from self._strokes(signals, now)
        yield from self._notices(signals)

    def _strokes(self, signals: Signals, now: float) -> Iterator[str]:
        if not signals.bell:
            self._struck = None
        elif self._wanted.bell and (self._struck is None or now - self._struck >= _BELL_EVERY):
            self._struck = now
            yield sequences.BELL

    def _notices(self, signals: Signals) -> Iterator[str]:
        """What rings or came unseen is told of; looking here again takes the notice of it away."""
        before, told = self._told, signals.told
        if self._how is Notify.OFF or before == told:
            return
        self._told = told
        if told is None:
            yield self._wrapped(sequences.withdrawal(self._how))
        elif before is None or before.about != told.about:
            heading, text = told.heading, told.text
            if self._how is not Notify.OSC99:  # which is ASCII whatever it says
                heading, text = self._carried(heading), self._carried(text)
            yield self._wrapped(sequences.notification(self._how, heading, text, silent=told.silent))

    def _chosen(self, outside: str | None = None) -> Notify:
        if self._wanted.notify is not Notify.AUTO:
            return self._wanted.notify
        return sequences.spoken_by(self._environ) if outside is None else sequences.named(outside)

    def _carried(self, text: str) -> str:
        """What comes through of a text in a control."""
        return (sequences.in_ascii(text) or words.APP_TITLE) if self._in_screen else text

    def _wrapped(self, sequence: str) -> str:
        if self._in_tmux:
            return sequences.through_tmux(sequence)
        return sequences.through_screen(sequence) if self._in_screen else sequence


def _send(stream: TextIO, sequence: str) -> None:
    stream.write(sequence)
    stream.flush()


async def _around_tmux(environ: Mapping[str, str]) -> str | None:
    """The names of the terminal around tmux; None where tmux lets nothing through, or does not answer."""
    asked = "#{allow-passthrough}|#{client_termtype} #{client_termname}"
    try:
        async with asyncio.timeout(_TMUX_ANSWERS_WITHIN):
            tmux = await asyncio.create_subprocess_exec(
                *("tmux", "display-message", "-p", "-t", environ.get("TMUX_PANE", ""), asked),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                env=dict(environ),
            )
            answer, _ = await tmux.communicate()
    except (OSError, TimeoutError):
        return None
    allowed, _, outside = answer.decode(errors="replace").strip().partition("|")
    # tmux before 3.3 has no such option, and lets everything through
    return None if tmux.returncode or allowed in _REFUSED else outside
