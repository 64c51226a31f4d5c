"""The desk on plain terminals: no colour, sixteen colours, no Unicode, no movement. Read from a real pty."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from agent_tui.app import MokedApp
from agent_tui.commands import shortcuts
from agent_tui.plain_app import PlainApp
from agent_tui.screens.theme import THEMES
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.text.catalogue import LANGUAGES
from agent_tui.text.terminal import Symbols, TerminalUse, draws_symbols
from agent_tui.widgets.plain import few_colours
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_text import hostile
from tests.e2e.terminal import XTERM, Terminal
from tests.snapshots.screens import PICTURED
from tests.snapshots.test_screen_pictures import app_of, pressing
from tests.stubs import desk as states

PROGRAM = """
import asyncio, os, sys
from agent_tui import cli, wiring
from agent_tui.app import MokedApp
from agent_tui.config import TerminalSection
from agent_tui.session.store import Store
from tests.stubs import desk

async def service():
    await asyncio.Event().wait()

def build(path, faults):
    app = MokedApp(Store(lambda: desk.NOW, desk.MOMENTS[{moment!r}]), lambda command: None, [service])
    app.use_terminal(TerminalSection({settings}).use(os.environ))
    return app

wiring.build = build
sys.exit(cli.main(["--config", sys.argv[1]]))
"""

TYPED = "Calls again"
"""Into the note: once it is painted, so is that the note has the focus."""

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def desk(tmp_path: Path, kind: Mapping[str, str], *, settings: str = "", moment: str = "talking") -> Terminal:
    config = tmp_path / "config.toml"
    config.touch()
    argv = [sys.executable, "-c", PROGRAM.format(moment=moment, settings=settings), str(config)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return Terminal(argv, env={**plain, "PYTHONPATH": str(Path.cwd())}, kind=kind)


def signs(painted: str) -> set[str]:
    """What is neither ASCII nor writing: letters, their marks, what Hebrew abbreviates with, currencies."""
    return {char for char in painted if not char.isascii() and not _written(char)}


def _written(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind == "Sc" or unicodedata.name(char, "").startswith("HEBREW")


def colours(painted: bytes) -> set[str]:
    """Every parameter of SGR that is a colour (ECMA-48 8.3.117; 38 and 48 with what belongs to them)."""
    found: set[str] = set()
    for sequence in COLOUR.findall(painted):
        words = sequence[2:-1].decode().split(";")
        while words:
            word = words.pop(0)
            if word in ("38", "48"):
                taken = 4 if words[0] == "2" else 2
                found.add(";".join([word, *words[:taken]]))
                del words[:taken]
            elif word.isdecimal() and (30 <= int(word) <= 49 or 90 <= int(word) <= 107):
                found.add(word)
    return found


def test_with_no_color_none_is_sent_and_what_is_marked_is_in_reverse_video(tmp_path: Path) -> None:
    with desk(tmp_path, {**XTERM, "NO_COLOR": "1"}) as terminal:
        terminal.wait_for("TALKING", "Hang up")
        assert colours(terminal.painted) <= {"39", "49"}
        assert terminal.reversed("TALKING")
        assert terminal.reversed("Hang up")
        assert not terminal.reversed("Router still")


def test_on_sixteen_colours_no_other_is_sent_and_marks_stand_out(tmp_path: Path) -> None:
    with desk(tmp_path, {"TERM": "xterm"}) as terminal:
        terminal.wait_for("TALKING", "Hang up")
        assert colours(terminal.painted) <= {"31", "39", "49"}, "told from a light ground and from a dark one"
        assert terminal.reversed("TALKING")
        assert not terminal.reversed("Router still")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(
    ("tone", "shown"), [("error", "red"), ("warning", "default"), ("primary", "default")]
)
def test_on_sixteen_colours_what_is_red_is_red_still(theme: Theme, tone: str, shown: str) -> None:
    ground = theme.background or ""
    letters = Segment("!", Style(color=getattr(theme, tone), bgcolor=ground))
    (painted,) = few_colours(ground, letters=True).apply([letters], Color.parse(ground))
    assert painted.style is not None
    assert painted.style.color is not None
    assert painted.style.color.name == shown


def test_with_no_color_not_even_red_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_of(PICTURED["desk_ringing"], "en")
    assert isinstance(app, PlainApp)
    app.use_terminal(TerminalUse())
    ground = app.current_theme.background or ""
    painted = [Segment("!", Style(color=app.current_theme.error, bgcolor=ground))]
    for one in app.get_line_filters():
        painted = one.apply(painted, Color.parse(ground))
    (letters,) = painted
    assert letters.style is None or letters.style.color is None or letters.style.color.is_default


@pytest.mark.parametrize("kind", [{"TERM": "linux"}, {**XTERM, "LANG": "C"}], ids=["console", "posix"])
def test_without_unicode_lines_and_signs_are_ascii(tmp_path: Path, kind: Mapping[str, str]) -> None:
    with desk(tmp_path, kind) as terminal:
        terminal.wait_for("TALKING", "Hang up", "+- Customer ---", "+= Note", "* Registered")
        terminal.type(TYPED)
        terminal.wait_for(TYPED)
        frames = terminal.painted.decode().partition("starting")[2]
        assert not signs(frames[10:])


@pytest.mark.parametrize(
    ("settings", "kind"),
    [("", {"TERM": "linux"}), ('[terminal]\nsymbols = "ascii"\n[desk]\nlanguage = "en"\n', XTERM)],
    ids=["new", "enrolled-again"],
)
def test_the_screen_that_enrols_is_as_plain(tmp_path: Path, settings: str, kind: Mapping[str, str]) -> None:
    with enrolling(tmp_path, settings, kind) as terminal:
        terminal.wait_for("Fingerprint", "Esc leaves")
        frames = terminal.painted.decode().partition("starting")[2]
        assert not signs(frames[10:])


def enrolling(tmp_path: Path, settings: str, kind: Mapping[str, str]) -> Terminal:
    """The screen that makes this machine a device, alone."""
    config = tmp_path / "config.toml"
    config.write_text(settings, encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from agent_tui import welcome; print('starting', ' ' * 20)"
    )
    argv = [sys.executable, "-c", f"{program}; welcome.enrolled(Path(sys.argv[1]))", str(config)]
    return Terminal(argv, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, kind=kind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURED)
async def test_without_unicode_no_screen_has_a_sign_of_it(name: str, language: str) -> None:
    """The part that has the focus as well: its lines are others."""
    app = app_of(PICTURED[name], language)
    assert isinstance(app, PlainApp)
    app.use_terminal(TerminalUse(symbols=False))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressing(PICTURED[name])(pilot)
        await pilot.pause()
        rows = app.screen._compositor.render_strips()
        painted = "".join(segment.text for strip in rows for segment in strip)
    assert "+-" in painted
    assert not signs(painted)


@asynccontextmanager
async def without_unicode(state: SessionState, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Screen]:
    """The desk in this state, its lines and signs in ASCII."""
    async with showing(state, size, app=AsciiDesk) as screen:
        yield screen


class AsciiDesk(MokedApp):
    """A desk on a terminal without Unicode."""

    def on_load(self) -> None:
        self.use_terminal(TerminalUse(symbols=False))


@pytest.mark.parametrize("part", ["note", "card", "script", "outcome"])
async def test_without_unicode_too_the_part_with_the_focus_has_other_lines(part: str) -> None:
    """Colours are few there, or none: nothing else would tell it."""
    async with without_unicode(states.TALKING) as screen:
        focused = screen.desk.query_one(f"#{part}")
        focused.focus()
        await screen.pilot.pause()
        rows = screen.everything().splitlines()
        framed = [one for one in rows if "=" * 4 in one]
        top, bottom = focused.region.y, focused.region.bottom - 1
        assert framed == [rows[top], rows[bottom]]
        assert rows[top][focused.region.x : focused.region.right].startswith("+=")


async def test_without_unicode_too_a_cut_is_seen() -> None:
    """By a sign of its own: a full stop would end the name."""
    async with without_unicode(hostile("A" * 4_000), (80, 24)) as screen:
        assert "AA~" in screen.everything()
        assert "AA." not in screen.everything()


async def test_without_unicode_no_key_is_called_by_a_letter_that_is_another_key() -> None:
    """An arrow down would be a *v*, and Ctrl+V pastes."""
    async with without_unicode(states.TALKING) as screen:
        assert "Ctrl+Down done, next" in screen.everything()
        shortcuts.use({"next_step": "ctrl+up"})
        await screen.stands(replace(states.TALKING, notices=()))
        assert "Ctrl+Up done, next" in screen.everything()
        await screen.press("f1")
        assert re.search(r"Ctrl\+Up +Tick", screen.everything())
        assert not re.search(r"Ctrl\+[a-z^]\b", screen.everything())


def test_a_terminal_with_all_of_it_gets_all_of_it(tmp_path: Path) -> None:
    with desk(tmp_path, {**XTERM, "LANG": "C.UTF-8"}) as terminal:
        terminal.wait_for("TALKING", "╭─ Customer", "● Registered")
        assert [colour for colour in colours(terminal.painted) if colour.startswith("38;2;")]
        assert not terminal.reversed("TALKING")


@pytest.mark.parametrize("shown", [True, False])
def test_the_terminals_own_cursor_is_shown_where_it_is_wanted(tmp_path: Path, shown: bool) -> None:
    with desk(tmp_path, XTERM, settings=f"cursor={shown}") as terminal:
        terminal.wait_for("TALKING")
        terminal.type(TYPED)
        terminal.wait(lambda text: TYPED in text and cursor_shown(terminal) is shown, what="the cursor")


def cursor_shown(terminal: Terminal) -> bool:
    """Whether the last word about the terminal's own cursor was to show it (DECTCEM)."""
    painted = terminal.painted
    return painted.rfind(b"\x1b[?25h") > painted.rfind(b"\x1b[?25l")


@pytest.mark.parametrize(
    ("environ", "drawn"),
    [
        ({}, True),
        ({"LANG": "he_IL.UTF-8"}, True),
        ({"LANG": "en_US.utf8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "POSIX", "LC_ALL": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "he_IL.ISO-8859-8"}, False),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, False),
    ],
)
def test_whether_a_terminal_is_trusted_with_signs(environ: Mapping[str, str], drawn: bool) -> None:
    assert draws_symbols(Symbols.AUTO, environ) is drawn
    assert draws_symbols(Symbols.UNICODE, environ)
    assert not draws_symbols(Symbols.ASCII, environ)


@pytest.mark.parametrize("moves", [True, False])
def test_nothing_moves_by_itself_where_that_is_asked_for(moves: bool) -> None:
    app = MokedApp(Store(lambda: 0.0), lambda _command: None)
    app.use_terminal(TerminalUse(animation=moves))
    assert (app.animation_level != "none") is moves
