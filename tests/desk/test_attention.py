"""The signs of a ring and a message among the bytes of the driver: in order, only where nobody looks."""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.app import Around, MokedApp
from agent_tui.attention import Attention, Signals, Told, signals
from agent_tui.commands.model import Command, SeeConversation, ToggleRing
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.text.signals import Notify
from hub import contract as c
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk, writing_desk
from tests.stubs.conversations import a_message

KITTY = {"TERM": "xterm-kitty"}
FOOT = {"TERM": "foot"}
RING = signals(desk.RINGING, focused=False)
CALM = Signals("moked")


def shown_one_after_the_other(
    environ: Mapping[str, str], *steps: tuple[Signals, float], wanted: Wanted | None = None
) -> list[list[str]]:
    """What is written at each step."""
    terminal = TerminalSignals(wanted or Wanted(), environ)
    told: list[list[str]] = []
    for shown, now in steps:
        told.append([])
        terminal.show(shown, now, told[-1].append)
    return told


def test_a_ring_is_told_once_and_struck_again_and_again_until_it_ends() -> None:
    told = shown_one_after_the_other(FOOT, (CALM, 0), (RING, 1), (RING, 2), (RING, 4), (CALM, 5), (RING, 6))
    assert told[0] == ["\x1b]2;moked\x1b\\"]
    title, bell, notice = told[1]
    assert title == "\x1b]2;☎ Ruth Ben-Ami – Support – moked\x1b\\"
    assert bell == "\x07"
    assert notice == "\x1b]777;notify;☎ Ruth Ben-Ami;Support\x1b\\"
    assert told[2] == []
    assert told[3] == ["\x07"]
    assert told[4][0] == "\x1b]2;moked\x1b\\"
    assert told[5] == told[1]


def test_kittys_notice_goes_when_the_call_does() -> None:
    told = shown_one_after_the_other(KITTY, (RING, 1), (CALM, 2))
    assert "\x1b]99;i=moked:p=close;\x1b\\" in told[1]


def test_a_call_that_comes_while_another_is_told_of_is_told_too() -> None:
    second = replace(RING, told=Told("call-2", "☎ Noam", "Sales", silent=False))
    told = shown_one_after_the_other(FOOT, (RING, 1), (second, 1.1))
    assert told[1] == ["\x1b]777;notify;☎ Noam;Sales\x1b\\"]


def test_a_ring_whose_card_comes_meanwhile_is_not_told_of_again() -> None:
    named = replace(RING, told=Told("call-1", "☎ Ruth Ben-Ami, gold", "Support", silent=False))
    told = shown_one_after_the_other(FOOT, (RING, 1), (named, 1.1), (CALM, 2), (named, 3))
    assert [len([one for one in step if "]777;" in one]) for step in told] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("wanted", "environ", "left"),
    [
        (Wanted(bell=False), FOOT, ["]2;", "]777;"]),
        (Wanted(title=False), FOOT, ["\x07", "]777;"]),
        (Wanted(notify=Notify.OFF), FOOT, ["]2;", "\x07"]),
        (Wanted(notify=Notify.OSC9), FOOT, ["]2;", "\x07", "]9;"]),
        (Wanted(), {"TERM": "xterm-256color"}, ["]2;", "\x07"]),
        (Wanted(), {"TERM": "screen", "STY": "1.pts"}, ["]2;", "\x07"]),
        (Wanted(), {"TERM": "screen.xterm-256color"}, ["]2;", "\x07"]),
        (Wanted(), {"TERM": "screen", "STY": "1.pts", "TMUX": "t,1,0", "VTE_VERSION": "1"}, ["]2;", "\x07"]),
        (Wanted(notify=Notify.OSC9), {"TERM": "linux"}, ["\x07"]),
        (Wanted(notify=Notify.OSC9), {"TERM": "dumb"}, ["\x07"]),
        (Wanted(), {}, ["\x07"]),
    ],
)
def test_settings_and_terminal_decide_what_is_sent(
    wanted: Wanted, environ: Mapping[str, str], left: list[str]
) -> None:
    (told,) = shown_one_after_the_other(environ, (RING, 1), wanted=wanted)
    assert [re.sub(r"^\x1b|(?<=;).*$", "", one, flags=re.DOTALL) for one in told] == left


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (FOOT, True),
        ({"TERM": "tmux-256color", "TMUX": "x,1,0"}, False),
        ({"TERM": "screen", "STY": "1.pts"}, False),
        ({"TERM": "screen.xterm-256color"}, False),
    ],
)
def test_only_a_terminal_that_tells_of_the_focus_is_taken_to_have_it(
    environ: Mapping[str, str], told: bool
) -> None:
    assert TerminalSignals(Wanted(), environ).reports_focus is told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_title_is_given_back_also_after_a_crash() -> None:
    stream = Terminal()
    title = TerminalSignals(Wanted(), FOOT).title_kept(stream)
    with pytest.raises(KeyError), title:
        raise KeyError(stream.getvalue())
    assert stream.getvalue() == "\x1b[22;2t\x1b]2;\x1b\\\x1b[23;2t"


@pytest.mark.parametrize(
    ("wanted", "environ", "stream"),
    [
        (Wanted(title=False), FOOT, Terminal()),
        (Wanted(), {"TERM": "linux"}, Terminal()),
        (Wanted(), FOOT, io.StringIO()),
    ],
)
def test_a_title_that_is_not_ours_is_left_alone(
    wanted: Wanted, environ: Mapping[str, str], stream: io.StringIO
) -> None:
    with TerminalSignals(wanted, environ).title_kept(stream):
        pass
    assert stream.getvalue() == ""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Textual's driver is given to write, as in a terminal: frames and signs in one order."""
    told: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    monkeypatch.setattr(HeadlessDriver, "write", lambda _self, data: told.append(data))
    return told


@asynccontextmanager
async def calling(
    environ: Mapping[str, str], state: SessionState = desk.IDLE
) -> AsyncIterator[tuple[Screen, list[Command]]]:
    """A desk in a terminal of this environment."""
    asked: list[Command] = []
    store = Store(lambda: desk.NOW, state)
    around = Around(TerminalSignals(Wanted(), environ))
    app = MokedApp(store, asked.append, clock=lambda: desk.CLOCK, around=around)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        yield Screen(app, pilot, store, asked), asked


async def test_the_signs_follow_the_frame_that_shows_the_call(written: list[str]) -> None:
    async with calling(FOOT) as (screen, _asked):
        screen.app.post_message(events.AppBlur())
        await screen.pilot.pause()
        written.clear()
        await screen.hears(ev.CallIncoming("call-1", customers.RUTH))
        signs = [one for one in written if one.startswith(("\x1b]", "\x07"))]
        assert signs == [
            f"\x1b]2;☎ {customers.RUTH.name} – moked\x1b\\",
            "\x07",
            f"\x1b]777;notify;☎ {customers.RUTH.name};moked\x1b\\",
        ]
        written.clear()
        await screen.hears(ev.CallEstablished("call-1"))
        assert "\x1b]2;moked\x1b\\" in written
        assert "\x07" not in written


async def test_while_the_desk_has_the_focus_nothing_is_told_and_as_soon_as_it_has_not(
    written: list[str],
) -> None:
    async with calling(KITTY) as (screen, _asked):
        await screen.hears(ev.CallIncoming("call-1", customers.RUTH))
        assert not [one for one in written if "]99;" in one]
        screen.app.post_message(events.AppBlur())
        await screen.pilot.pause()
        assert len([one for one in written if "]99;" in one]) == 1
        written.clear()
        screen.app.post_message(events.AppFocus())
        await screen.pilot.pause()
        assert [one for one in written if "]99;" in one] == ["\x1b]99;i=moked:p=close;\x1b\\"]


async def test_a_desk_that_ends_while_it_rings_takes_the_notice_with_it(written: list[str]) -> None:
    async with calling(KITTY, desk.RINGING) as (screen, _asked):
        screen.app.post_message(events.AppBlur())
        await screen.pilot.pause()
        written.clear()
    assert "\x1b]99;i=moked:p=close;\x1b\\" in written


async def test_a_hostile_caller_is_a_title_and_a_notice_and_no_more(written: list[str]) -> None:
    hostile = "\x1b]52;c;eA==\x07;notify;\x9c\u202e" + "A" * 4_000
    async with calling(FOOT) as (screen, _asked):
        screen.app.post_message(events.AppBlur())
        await screen.hears(ev.CallIncoming("call-1", ev.Party(hostile, hostile, hostile)))
    signs = [one for one in written if one.startswith(("\x1b]2;", "\x1b]777;"))]
    assert len(signs) >= 2
    for sign in signs:
        assert re.fullmatch(r"\x1b\][^\x00-\x1f\x7f-\x9f\u202e]*\x1b\\", sign)
        assert len(sign) < 300
    assert [sign.count(";") for sign in signs if "]777;" in sign] == [3]


HOSTILE = "\x1b]52;c;eA==\x07;notify;\x9c\u202e" + "A" * 4_000
COACHED = c.CoachNoteEvent(at=desk.CLOCK, by="Noam", text="Offer the router")
QUIET = replace(
    desk.IDLE,
    me=writing_desk.ME,
    writing=replace(writing_desk.UNREAD.writing, conversations=(writing_desk.RUTH,), thread=None),
)
"""One conversation of the agent's own, with one message that is not read."""


def wrote(unread: int, name: str = "Ruth Ben-Ami", agent: str = "dana") -> c.ConversationEvent:
    """She writes once more."""
    now = writing_desk.RUTH.model_copy(update={"unread": unread, "name": name, "agent": agent})
    return c.ConversationEvent(conversation=now, message=a_message(f"m-9{unread}", "Hello?", desk.CLOCK))


def signs_of(written: list[str]) -> list[str]:
    return [one for one in written if one.startswith(("\x1b]2;", "\x1b]777;", "\x07"))]


async def unseen(screen: Screen, written: list[str]) -> None:
    """The agent looks elsewhere from now on."""
    screen.app.post_message(events.AppBlur())
    await screen.pilot.pause()
    written.clear()


async def test_a_message_that_comes_unseen_is_told_without_a_bell(written: list[str]) -> None:
    async with calling(FOOT, QUIET) as (screen, _asked):
        await unseen(screen, written)
        assert signs_of(written) == [], "what was there before is not told"
        await screen.hears(wrote(2))
        assert signs_of(written) == [
            "\x1b]2;✉ Ruth Ben-Ami – moked\x1b\\",
            "\x1b]777;notify;✉ Ruth Ben-Ami;WhatsApp\x1b\\",
        ]
        written.clear()
        await screen.hears(wrote(3))
        assert signs_of(written) == ["\x1b]777;notify;✉ Ruth Ben-Ami;WhatsApp\x1b\\"]
        written.clear()
        screen.app.post_message(events.AppFocus())
        await screen.pilot.pause()
        assert signs_of(written) == ["\x1b]2;moked\x1b\\"]


async def test_a_trainers_line_that_comes_unseen_is_told(written: list[str]) -> None:
    async with calling(FOOT, QUIET) as (screen, _asked):
        await unseen(screen, written)
        await screen.hears(COACHED)
        told = "Noam writes to you: Offer the router"
        assert signs_of(written) == [f"\x1b]2;{told} – moked\x1b\\", f"\x1b]777;notify;{told};moked\x1b\\"]


async def test_the_newest_that_came_unseen_is_told_whatever_it_is(written: list[str]) -> None:
    async with calling(FOOT, QUIET) as (screen, _asked):
        await unseen(screen, written)
        await screen.hears(COACHED)
        await screen.hears(wrote(2))
        assert signs_of(written)[-2:] == [
            "\x1b]2;✉ Ruth Ben-Ami – moked\x1b\\",
            "\x1b]777;notify;✉ Ruth Ben-Ami;WhatsApp\x1b\\",
        ]


async def test_what_is_nobodys_or_comes_before_the_agents_eyes_is_not_told(written: list[str]) -> None:
    async with calling(FOOT, QUIET) as (screen, _asked):
        written.clear()
        await screen.hears(wrote(2), COACHED)
        await unseen(screen, written)
        await screen.hears(wrote(3, agent=""))
        assert signs_of(written) == []


async def test_a_call_that_rings_is_told_before_what_was_written(written: list[str]) -> None:
    async with calling(FOOT, QUIET) as (screen, _asked):
        await unseen(screen, written)
        await screen.hears(wrote(2), ev.CallIncoming("call-1", customers.RUTH))
        assert "\x07" in written
        assert f"\x1b]777;notify;☎ {customers.RUTH.name};moked\x1b\\" in written


async def test_whoever_wants_no_sound_gets_a_notice_without_one_and_hostile_words_stay_words(
    written: list[str],
) -> None:
    async with calling(KITTY, replace(QUIET, rings_silently=True)) as (screen, _asked):
        await unseen(screen, written)
        await screen.hears(wrote(2, name=HOSTILE), c.CoachNoteEvent(at=desk.CLOCK, by=HOSTILE, text=HOSTILE))
        notices = [one for one in written if "]99;" in one and "p=title" in one]
        assert notices
        assert all(":s=" in one for one in notices)
    for sign in (one for one in written if one.startswith(("\x1b]2;", "\x1b]99;"))):
        assert re.fullmatch(r"(\x1b\][^\x00-\x1f\x7f-\x9f\u202e]*\x1b\\)+", sign)


def test_what_was_read_meanwhile_is_told_no_more() -> None:
    attention = Attention()
    attention.signals(QUIET, focused=True)
    more = replace(QUIET, writing=replace(QUIET.writing, conversations=(wrote(2).conversation,)))
    assert attention.signals(more, focused=False).told is not None
    read = replace(QUIET, writing=replace(QUIET.writing, conversations=(wrote(0).conversation,)))
    assert attention.signals(read, focused=False) == CALM


async def test_a_message_is_not_said_to_be_read_while_the_agent_looks_elsewhere() -> None:
    async with showing(writing_desk.READING) as screen:
        await screen.press("ctrl+t")
        screen.app.post_message(events.AppBlur())
        await screen.pilot.pause()
        screen.asked.clear()
        await screen.hears(wrote(2))
        assert [one for one in screen.asked if isinstance(one, SeeConversation)] == []
        screen.app.post_message(events.AppFocus())
        await screen.pilot.pause()
        await screen.stands(screen.store.state)
        assert [one for one in screen.asked if isinstance(one, SeeConversation)]


async def test_the_sounds_are_silenced_by_one_key_that_the_ring_shows() -> None:
    async with showing(desk.RINGING) as screen:
        assert "Ctrl+G silences" in screen.sheet("calls")
        await screen.press("ctrl+g")
        assert screen.asked == [ToggleRing()]
        await screen.hears(ev.RingSilenced(silent=True))
        assert "no ring sound" in screen.sheet("status")
        assert "RINGING" in screen.sheet("calls")
        await screen.hears(ev.RingSilenced(silent=False))
        assert "no ring sound" not in screen.sheet("status")


class Tmux:
    """A tmux server with one pane, as ``TMUX`` names it."""

    def __init__(self, directory: Path) -> None:
        self._socket = directory / "tmux"
        self.run("new-session", "-d", "-x", "80", "-y", "24", "cat")
        pane, pid = self.run("display-message", "-p", "#{pane_id} #{pid}").split()
        self.environ = {
            "PATH": os.environ["PATH"],
            "TERM": "tmux-256color",
            "TMUX": f"{self._socket},{pid},0",
            "TMUX_PANE": pane,
        }

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    server = Tmux(tmp_path)
    yield server
    server.run("kill-server")


@pytest.mark.parametrize(("passes", "sent"), [("off", []), ("on", ["\x1bPtmux;\x1b\x1b]9;"])])
async def test_tmux_passes_a_notice_on_only_where_it_is_allowed(
    tmux: Tmux, passes: str, sent: list[str]
) -> None:
    tmux.run("set-option", "-g", "allow-passthrough", passes)
    terminal = TerminalSignals(Wanted(notify=Notify.OSC9), tmux.environ)
    assert not terminal.reports_focus
    async with asyncio.timeout(20):
        await terminal.look_around()
    told: list[str] = []
    terminal.show(RING, 1, told.append)
    assert [one[: one.index("]9;") + 3] for one in told if "]9;" in one] == sent


@pytest.mark.parametrize(
    ("around", "sent"),
    [
        ("on|kitty(0.26.5) xterm-kitty", "]99;"),
        ("all|iTerm2 3.5.0 xterm-256color", "]9;"),
        ("1|foot(1.16) foot", "]777;"),
        ("on| xterm-256color", ""),
        ("off|kitty(0.26.5) xterm-kitty", ""),
        ("|xterm-kitty", "]99;"),
    ],
)
async def test_the_terminal_around_tmux_decides_what_is_passed_on_to_it(
    tmp_path: Path, around: str, sent: str
) -> None:
    """Not what the variables say: they are of the terminal in which tmux was started, perhaps days ago."""
    (tmp_path / "tmux").write_text(f"#!/bin/sh\nprintf '%s\\n' '{around}'\n")
    (tmp_path / "tmux").chmod(0o755)
    begun_in = {"KONSOLE_VERSION": "230400", "TERM_PROGRAM": "tmux", "TERM": "tmux-256color"}
    terminal = TerminalSignals(Wanted(), {**begun_in, "TMUX": "x,1,0", "PATH": f"{tmp_path}:/usr/bin:/bin"})
    await terminal.look_around()
    told: list[str] = []
    terminal.show(RING, 1, told.append)
    terminal.show(CALM, 2, told.append)
    passed = [one for one in told if one.startswith("\x1bPtmux;")]
    assert all(sent in one and one.endswith("\x1b\\") for one in passed)
    assert len(passed) == {"": 0, "]99;": 2}.get(sent, 1), "kitty's alone is taken away again"


async def test_tmux_that_does_not_answer_is_sent_nothing(tmp_path: Path) -> None:
    gone = {"PATH": os.environ["PATH"], "TERM": "tmux", "TMUX": f"{tmp_path}/none,1,0", "TMUX_PANE": "%0"}
    terminal = TerminalSignals(Wanted(notify=Notify.OSC9), gone)
    await terminal.look_around()
    told: list[str] = []
    terminal.show(RING, 1, told.append)
    assert not [one for one in told if "]9;" in one]
