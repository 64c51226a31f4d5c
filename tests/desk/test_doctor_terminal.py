"""What the doctor asks of a terminal, and what it makes of the answers: a real pty with scripted manners."""

from __future__ import annotations

import os
import pty
import re
import select
import threading
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from agent_tui.session.findings import Finding, Verdict
from doctor import terminal
from doctor.dialogue import Dialogue

LARGE = os.terminal_size((120, 40))
XTERM = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Manners:
    """A terminal's end of a pty: counts cells as it is told to, knows mode 8 as it is told to."""

    def __init__(self, wide: str = "", mode: int | None = 0, *, mute: bool = False) -> None:
        self._wide, self._mode, self._mute = wide, mode, mute
        self._column = 1
        self.seen = b""

    def answer(self, data: bytes) -> bytes:
        self.seen += data
        if self._mute:
            return b""
        told = b""
        for piece in re.findall(r"\x1b\[[^A-Za-z]*[A-Za-z]|.|\n", data.decode(), re.DOTALL):
            told += self._take(piece)
        return told

    def _take(self, piece: str) -> bytes:
        if piece == "\r":
            self._column = 1
        elif piece == "\x1b[6n":
            return f"\x1b[7;{self._column}R".encode()
        elif piece == "\x1b[8$p":
            return b"" if self._mode is None else b"\x1b[8;%d$y" % self._mode
        elif not piece.startswith("\x1b"):
            self._column += 2 if piece in self._wide else 1
        return b""


@contextmanager
def terminal_of(manners: Manners) -> Iterator[Dialogue]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    ended_reading, ended_writing = os.pipe()

    def serve() -> None:
        while True:
            ready, _, _ = select.select([master, ended_reading], [], [])
            if ended_reading in ready:
                return
            os.write(master, manners.answer(os.read(master, 4096)))

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield Dialogue(slave, slave)
    finally:
        os.write(ended_writing, b".")
        serving.join(10)
        for descriptor in (master, slave, ended_reading, ended_writing):
            os.close(descriptor)


def examine(
    manners: Manners | None,
    environ: Mapping[str, str] = XTERM,
    encoding: str = "utf-8",
    size: os.terminal_size = LARGE,
) -> dict[str, Finding]:
    setting = terminal.Setting(environ, encoding, size)
    if manners is None:
        return {finding.check: finding for finding in terminal.examine(setting, None)}
    with terminal_of(manners) as talk:
        return {finding.check: finding for finding in terminal.examine(setting, talk)}


def test_a_good_terminal() -> None:
    findings = examine(Manners())
    assert list(findings) == ["unicode", "colours", "size", "cells", "hebrew"]
    assert {finding.verdict for finding in findings.values()} == {Verdict.GOOD}


def test_nothing_of_the_questions_stays_on_the_screen() -> None:
    manners = Manners()
    examine(manners)
    assert manners.seen.replace(b"\x1b[8$p", b"").endswith(b"\r\x1b[K")


def test_characters_of_another_width_are_named() -> None:
    cells = examine(Manners(wide="▶│"))["cells"]
    assert (cells.verdict, "▶ = 2, │ = 2" in str(cells.found)) == (Verdict.WARNING, True)


@pytest.mark.parametrize(
    ("mode", "verdict", "words"),
    [
        (0, Verdict.GOOD, "knows no reordering"),
        (1, Verdict.GOOD, "turns the terminal's own reordering off"),
        (2, Verdict.GOOD, "turns the terminal's own reordering off"),
        (3, Verdict.WARNING, "turned twice"),
        (None, Verdict.GOOD, "knows no reordering"),
    ],
)
def test_the_terminals_own_reordering(mode: int | None, verdict: Verdict, words: str) -> None:
    hebrew = examine(Manners(mode=mode))["hebrew"]
    assert (hebrew.verdict, words in str(hebrew.found)) == (verdict, True)


def test_a_terminal_known_to_reorder_always_gets_the_text_as_it_is() -> None:
    """Only where it says that it can stop is the desk's guess by its name wrong."""
    apple = {**XTERM, "TERM_PROGRAM": "Apple_Terminal"}
    hebrew = examine(Manners(mode=None), apple)["hebrew"]
    assert (hebrew.verdict, "leaves it to that" in str(hebrew.found)) == (Verdict.WARNING, True)
    unknown = examine(Manners(mode=3))["hebrew"]
    assert '[terminal] bidi = "terminal"' in str(unknown.cure)


def test_konsole_is_known_by_its_name() -> None:
    assert "Konsole" in str(examine(Manners(mode=3), {**XTERM, "KONSOLE_VERSION": "230800"})["hebrew"].found)


def test_kitty_is_told_what_only_its_own_settings_turn_off() -> None:
    found = examine(Manners(mode=0), {**XTERM, "KITTY_WINDOW_ID": "1"})["hebrew"]
    assert found.verdict is Verdict.WARNING
    assert "force_ltr yes" in str(found.cure)


def test_a_terminal_that_keeps_silent_is_not_waited_for_again_and_again() -> None:
    manners = Manners(mute=True)
    findings = examine(manners)
    assert findings["cells"].verdict is Verdict.SKIPPED
    assert manners.seen.count(b"\x1b[6n") == 1


def test_without_a_terminal_nothing_is_asked() -> None:
    assert examine(None)["terminal"].verdict is Verdict.SKIPPED


@pytest.mark.parametrize("size", [(79, 24), (80, 23)])
def test_a_window_too_small(size: tuple[int, int]) -> None:
    assert examine(Manners(), size=os.terminal_size(size))["size"].verdict is Verdict.WARNING
    assert examine(Manners(), size=os.terminal_size((80, 24)))["size"].verdict is Verdict.GOOD


@pytest.mark.parametrize(
    ("environ", "verdict"),
    [
        ({"TERM": "xterm-256color"}, Verdict.GOOD),
        ({"TERM": "linux"}, Verdict.WARNING),
        ({}, Verdict.WARNING),
        ({**XTERM, "NO_COLOR": "1"}, Verdict.WARNING),
    ],
)
def test_colours(environ: dict[str, str], verdict: Verdict) -> None:
    assert examine(None, environ)["colours"].verdict is verdict


def test_an_encoding_without_hebrew() -> None:
    unicode = examine(None, encoding="latin-1")["unicode"]
    assert (unicode.verdict, "UTF-8" in str(unicode.cure)) == (Verdict.FAILED, True)
