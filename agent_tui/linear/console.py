"""Lines out, lines in, and what is being typed kept whole between them.

Nothing is sent but text, line ends, the bell and, where a character is taken back, backspaces: no colour, no
cursor moved about, so a screen reader reads all there is, once. Before and after all else stands the one
sequence that has a terminal mark what is pasted (``pasted``). The terminal's own line editing is off, since
it would not say what stands on the line when something is told meanwhile; what was typed is told again
behind it. Text goes out in logical order, as screen readers and Braille displays want it, and in the encoding
of the terminal: a sign that has none there is told in ASCII.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

from rich.cells import cell_len

from agent_tui.linear import pasted
from agent_tui.text.catalogue import Phrase, _
from agent_tui.text.signs import IN_ASCII
from edge.text import clean

PROMPT: Final = "> "
_LONGEST: Final = 4_000
"""Characters of a line, typed or told."""

_TOLD: Final = {**IN_ASCII, ord("₪"): "NIS ", ord("…"): "..."}

_ESCAPE, _END_OF_INPUT, _ERASE_LINE = "\x1b", "\x04", "\x15"
_ERASES: Final = "Ctrl+U"
"""What people call the last one, which is no key of an act."""
_ERASE = ("\x7f", "\x08")
_ENTER = ("\r", "\n")


class Console:
    """One conversation. ``took`` gets each line; ``began`` is called at its first character. ``pastes``: how
    what is pasted is told from what is typed.
    """

    def __init__(
        self,
        reading: int,
        out: TextIO,
        took: Callable[[str], None],
        began: Callable[[], None],
        pastes: pasted.Told = pasted.Told.NOT,
    ) -> None:
        self._reading = reading
        self._out = out
        self._took = took
        self._began = began
        self._typed = ""
        self._escape = ""
        self._pastes = pastes
        self._paste: list[str] | None = None
        """What of a marked paste has come, until its end does."""
        self._encoding = out.encoding or "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        self._waiting: list[str] = []
        self._bell = False
        self.ended = asyncio.Event()
        """Set when nothing more can be typed."""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Within it, in a running loop, lines are taken; the terminal is given back whatever happens."""
        loop = asyncio.get_running_loop()
        before = _characters_at_once(self._reading)
        loop.add_reader(self._reading, self._read)
        marked = self._pastes is pasted.Told.MARKED
        self._write(f"{pasted.MARK if marked else ''}{PROMPT}")
        try:
            yield
        finally:
            loop.remove_reader(self._reading)
            if marked:
                self._write(pasted.MARK_NO_MORE)
            if before is not None:
                with suppress(termios.error):  # the terminal may be gone, and its settings with it
                    termios.tcsetattr(self._reading, termios.TCSADRAIN, before)

    def say(self, *lines: str, bell: bool = False) -> None:
        """Tell ``lines``, together with what else is told in this turn of the loop."""
        if not self._waiting and not self._bell:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting += [clean(line, limit=_LONGEST) for line in lines]
        self._bell = self._bell or bell

    def flush(self) -> None:
        """Write what waits, then the prompt with what is being typed."""
        if not self._waiting and not self._bell:
            return
        bell = "\a" if self._bell else ""
        told = "".join(f"{line}\n" for line in self._waiting)
        self._waiting, self._bell = [], False
        typed = self._typed.replace("\n", " ")
        self._write(f"\n{bell}{told}{PROMPT}{typed}")

    def _read(self) -> None:
        data = os.read(self._reading, 4_096)
        if not data:
            self.ended.set()
            asyncio.get_running_loop().remove_reader(self._reading)
            return
        text = self._decoder.decode(data)
        if self._pastes is pasted.Told.AT_ONCE and pasted.came_at_once(text):
            self._put(pasted.text_of(text))
            return
        for char in text:
            self._take(char)

    def _take(self, char: str) -> None:
        if self._escape or char == _ESCAPE:
            self._pass_over(char)
        elif self._paste is not None:
            self._paste.append(char)
        elif char in _ENTER:
            line, self._typed = self._typed, ""
            self._write("\n")
            self._took(line)
            if not self._waiting and not self._bell:
                self._write(PROMPT)
        elif char in _ERASE:
            self._erase(1)
        elif char == _ERASE_LINE:
            self._erase(len(self._typed))
        elif char == _END_OF_INPUT and not self._typed:
            self.ended.set()
        elif char.isprintable() or char == "\t":
            self._put(char if char != "\t" else " ")

    def _put(self, text: str) -> None:
        """Behind what is typed. Of several lines, or too many letters, it is said that they stand there."""
        room = _LONGEST - len(self._typed)
        if text and not self._typed:
            self._began()
        self._typed += text[:room]
        lines = text.count("\n") + 1
        if lines > 1:
            told = Phrase(
                "Pasted: {lines} lines. Enter takes them, {key} takes them away.", lines=lines, key=_ERASES
            )
            self.say(str(told))
        if len(text) > room:
            self.say(_("The line is full: what was typed last is not in it."))
        elif lines == 1:
            self._write(text)

    def _erase(self, count: int) -> None:
        gone = self._typed[len(self._typed) - count :]
        self._typed = self._typed[: len(self._typed) - count]
        cells = cell_len(gone)
        self._write("\b" * cells + " " * cells + "\b" * cells)

    def _pass_over(self, char: str) -> None:
        """A key that is no character, such as an arrow (ECMA-48 5.4): none of it is text."""
        self._escape = _ESCAPE if char == _ESCAPE else self._escape + char
        if self._escape in (_ESCAPE, _ESCAPE + "[", _ESCAPE + "O"):
            return
        if self._escape.startswith(_ESCAPE + "[") and not "@" <= char <= "~" and char not in _ENTER:
            return
        key, self._escape = self._escape, ""
        if key == pasted.BEGINS:
            self._paste = []
        elif key == pasted.ENDS and self._paste is not None:
            text, self._paste = "".join(self._paste), None
            self._put(pasted.text_of(text))

    def _write(self, text: str) -> None:
        with suppress(OSError):  # nobody reads a terminal that is gone; its end of input ends the desk
            self._out.write(_in(self._encoding, text))
            self._out.flush()


def _in(encoding: str, text: str) -> str:
    """``text`` in characters that ``encoding`` has."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_TOLD).encode(encoding, "replace").decode(encoding)
    return text


def _characters_at_once(terminal: int) -> list[int | list[bytes | int]] | None:
    """Have each character as it is typed, unechoed; returns the settings before. None: it is no terminal."""
    if not os.isatty(terminal):
        return None
    before = termios.tcgetattr(terminal)
    now = termios.tcgetattr(terminal)
    now[3] &= ~(termios.ICANON | termios.ECHO)
    now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
    termios.tcsetattr(terminal, termios.TCSADRAIN, now)
    return before
