"""A fault in a paint, a pump, a handler or the screen: the rest goes on, and the agent reads a reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from textual import events
from textual.widget import Widget

from agent_tui import opening, welcome, wiring
from agent_tui.app import Around, MokedApp
from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.faults import Faults
from agent_tui.screens import desk as desk_screen
from agent_tui.screens import parts
from agent_tui.screens.fault import FaultScreen
from agent_tui.screens.help import Help
from agent_tui.session.events import DeskEvent, FaultSurvived
from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.widgets import sheet
from agent_tui.widgets.frame import Frame
from agent_tui.wiring import Services
from sip import events as ev
from tests.desk.running import running
from tests.desk.screen import Screen
from tests.stubs import customers, desk
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone

_LONGEST = 5000
"""Turns of all tasks until a part that is painted in time has failed: far more than it takes."""


def breaks(*_given: object) -> None:
    raise LookupError(customers.RUTH.name)


@asynccontextmanager
async def surviving(state: SessionState) -> AsyncIterator[tuple[Screen, Faults]]:
    """A desk that goes on after faults."""
    faults = Faults(lambda _text: None)
    store = Store(lambda: desk.NOW, state, surviving=faults.surviving)
    faults.tell_to(lambda reference: store.dispatch(FaultSurvived(reference)))
    asked: list[do.Command] = []
    app = MokedApp(store, asked.append, clock=lambda: desk.CLOCK, around=Around(faults=faults))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        yield Screen(app, pilot, store, asked), faults


@pytest.mark.parametrize(
    ("part", "page"),
    [("card", "card_page"), ("script", "script_page"), ("calls", "calls_page"), ("status", "status_bar")],
)
async def test_a_part_that_cannot_be_painted_says_so_and_the_others_are(
    monkeypatch: pytest.MonkeyPatch, part: str, page: str
) -> None:
    monkeypatch.setattr(parts, page, breaks)
    async with surviving(desk.IDLE) as (screen, faults):
        await screen.hears(ev.CallIncoming("call-1", customers.MICHAL))
        assert faults.last in screen.sheet(part)
        assert f"fault {faults.last}" in screen.sheet("notices")
        others = {"calls": "RINGING", "queues": "Support"}
        assert all(text in screen.sheet(name) for name, text in others.items() if name != part)
        assert customers.RUTH.name not in screen.everything()
        await screen.press("f2")
        assert screen.asked == [do.Answer()]


@pytest.mark.parametrize("what", ["note_view", "make_room", "ring"])
async def test_the_note_the_layout_and_the_ring_may_fail_and_calls_are_shown(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    target: object = desk_screen if what == "note_view" else parts.Parts
    monkeypatch.setattr(target, what, breaks)
    async with surviving(desk.IDLE) as (screen, faults):
        await screen.hears(ev.CallIncoming("call-1", customers.MICHAL))
        assert "RINGING" in screen.sheet("calls")
        assert f"fault {faults.last}" in screen.sheet("notices")


async def test_an_event_that_cannot_be_reduced_changes_nothing_and_the_next_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fragile(state: SessionState, event: DeskEvent, now: float) -> SessionState:
        if isinstance(event, ev.CallIncoming):
            breaks()
        return reduce(state, event, now)

    monkeypatch.setattr("agent_tui.session.store.reduce", fragile)
    async with surviving(desk.IDLE) as (screen, faults):
        await screen.hears(ev.CallIncoming("call-1", customers.RUTH), ev.RingSilenced(silent=True))
        assert screen.store.state.calls == ()
        assert screen.store.state.rings_silently
        assert f"fault {faults.last}" in screen.sheet("notices")


async def test_a_listener_that_fails_keeps_the_event_from_no_other() -> None:
    faults = Faults(lambda _text: None)
    store = Store(lambda: 1.0, surviving=faults.surviving)
    seen: list[SessionState] = []
    with store.listening(breaks), store.listening(lambda _old, new: seen.append(new)):
        store.dispatch(ev.RingSilenced(silent=True))
    assert seen[-1].rings_silently
    assert faults.last


async def test_a_loop_that_fails_begins_anew_while_the_others_go_on() -> None:
    begun: list[int] = []
    faults, clock = Faults(lambda _text: None), ManualClock()

    async def fails_once() -> None:
        begun.append(1)
        if len(begun) == 1:
            breaks()
        await asyncio.Event().wait()

    async def goes_on() -> None:
        await asyncio.Event().wait()

    async with running(Services((fails_once, goes_on), (), faults, clock).run):
        await settle()
        assert len(begun) == 1
        await clock.advance(2.0)
        await settle()
        assert len(begun) == 2
    assert faults.last


async def test_an_act_that_fails_leaves_the_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(lambda _text: None)
    store = Store(lambda: desk.NOW, desk.TALKING, surviving=faults.surviving)
    phone = StubPhone()
    monkeypatch.setattr(phone.calls, "mute", breaks)
    commander = Commander(store, phone, StubHub(), surviving=faults.surviving)
    async with running(commander.run):
        commander(do.Transfer(SimpleNamespace()))  # type: ignore[arg-type] # a fault of ours
        first = faults.last
        commander(do.ToggleMute())
        await settle()
        assert len({"", first, faults.last}) == 3
        commander(do.ToggleRing())
        await settle()
    assert ("ring", "True") in phone.asked


def on_top(screen: Screen) -> object:
    return screen.app.screen


@pytest.mark.parametrize("part", ["card", "queues", "note", "key-answer"])
async def test_a_part_whose_lines_cannot_be_painted_says_so_in_its_place(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    async with surviving(desk.TALKING) as (screen, faults):
        widget = screen.desk.query_one(f"#{part}")
        monkeypatch.setattr(widget, "render_line", breaks)
        widget.refresh()
        await screen.hears(ev.CallIncoming("call-2", customers.MICHAL))
        assert "This" in screen.everything()
        assert part == "key-answer" or f"This cannot be shown: fault {faults.last}" in screen.everything()
        assert "RINGING" in screen.everything()
        await screen.hears()  # what is told of a fault in painting is painted after it
        assert f"fault {faults.last}" in screen.sheet("notices")
        await screen.press("ẍ", "f2")
        assert screen.asked == [do.EditNote("k-1", desk.TALKING.work[0].note + "ẍ"), do.Answer()]
        monkeypatch.undo()
        widget.refresh()
        await screen.pilot.pause()
        assert "cannot be shown" not in screen.everything()
        assert not screen.app.broken


async def test_a_part_that_cannot_be_laid_out_at_a_new_size_keeps_the_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with surviving(desk.RINGING) as (screen, faults):
        monkeypatch.setattr(sheet, "lay_out", breaks)
        await screen.pilot.resize_terminal(80, 24)
        assert faults.last
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        monkeypatch.undo()
        await screen.pilot.resize_terminal(120, 40)
        assert "RINGING" in screen.everything()
        assert not screen.app.broken


@pytest.mark.parametrize("fails", ["compose", "on_mount", "on_key", "_on_timer_update"])
async def test_words_take_the_place_of_a_screen_that_fails_and_the_desk_goes_on(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    async with surviving(desk.RINGING) as (screen, faults):
        monkeypatch.setattr(Help, fails, breaks, raising=False)
        for key in ("f1", "x"):
            screen.app.simulate_key(key)  # the pilot waits for each part, and one that failed never answers
            await settle()
        for _ in range(_LONGEST):
            if isinstance(on_top(screen), FaultScreen):
                break
            await settle()
        monkeypatch.undo()
        await screen.pilot.pause()
        assert isinstance(on_top(screen), FaultScreen)
        assert f"fault {faults.last}" in screen.everything()
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        await screen.press("escape")
        assert on_top(screen) is screen.desk
        await screen.hears(ev.CallEstablished("call-1"))
        await screen.press("ẍ")
        assert screen.asked[-1] == do.EditNote("k-1", "ẍ")
        assert not screen.app.broken


@pytest.mark.parametrize(("opened", "part"), [("f1", "action_leave"), ("ctrl+p", "action_move")])
async def test_words_take_the_place_of_a_screen_whose_key_fails(
    monkeypatch: pytest.MonkeyPatch, opened: str, part: str
) -> None:
    """Textual has keys act in the app: what failed there ended it, and the whole desk was opened anew."""
    async with surviving(desk.RINGING) as (screen, faults):
        await screen.press(opened)
        failing = type(screen.app.screen)
        monkeypatch.setattr(failing, part, breaks)
        await screen.press("escape" if part == "action_leave" else "down")
        monkeypatch.undo()
        await screen.pilot.pause()
        assert isinstance(on_top(screen), FaultScreen)
        assert f"fault {faults.last}" in screen.everything()
        await screen.press("escape", "f2")
        assert on_top(screen) is screen.desk
        assert screen.asked == [do.Answer()]
        assert not screen.app.broken


async def test_a_key_of_the_desk_that_fails_is_told_of_and_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_screen.DeskScreen, "action_dismiss_notice", breaks)
    async with surviving(desk.RINGING) as (screen, faults):
        await screen.press("escape", "f2")
        assert screen.asked == [do.Answer()]
        await screen.hears()
        assert f"fault {faults.last}" in screen.sheet("notices")
        assert not screen.app.broken


async def test_what_fails_in_a_callback_that_nobody_waits_for_is_told_of_and_not_printed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with surviving(desk.RINGING) as (screen, faults):
        asyncio.get_running_loop().call_soon(breaks)
        await settle()
        await screen.hears()
        assert faults.last
        assert f"fault {faults.last}" in screen.sheet("notices")
    assert customers.RUTH.name not in caplog.text, "asyncio would tell its words"


async def test_signs_that_cannot_be_given_leave_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    async with surviving(desk.RINGING) as (screen, faults):
        monkeypatch.setattr(screen.app.signals, "show", breaks)
        screen.app.post_message(events.AppBlur())
        await screen.press("f2")
        assert faults.last
        assert screen.asked == [do.Answer()]
        assert not screen.app.broken


@pytest.mark.parametrize("part", [Help, Frame])
async def test_what_has_left_the_screen_may_still_fail_and_the_desk_goes_on(part: type[Widget]) -> None:
    """As a screen that failed does when it fails once more while it is put away."""
    async with surviving(desk.RINGING) as (screen, faults):
        await screen.press("f1")
        left = next(
            one for one in screen.app.screen.walk_children(Widget, with_self=True) if type(one) is part
        )
        await screen.press("escape")
        with left._context():
            screen.app._handle_exception(LookupError(customers.RUTH.name))
        await screen.press("f2")
        assert faults.last
        assert screen.asked == [do.Answer()]
        assert not screen.app.broken


async def test_what_fails_while_it_is_put_away_does_not_end_the_desk() -> None:
    async with surviving(desk.RINGING) as (screen, _faults):
        await screen.press("f1")
        left = screen.app.screen
        leaving = screen.app.pop_screen()
        with left._context():
            screen.app._handle_exception(LookupError(customers.RUTH.name))
        await leaving
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        assert not screen.app.broken


async def test_a_key_whose_screen_cannot_be_made_leaves_the_other_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_screen, "Help", breaks)
    async with surviving(desk.RINGING) as (screen, faults):
        await screen.press("f1", "f2")
        assert screen.asked == [do.Answer()]
        await screen.hears()
        assert f"fault {faults.last}" in screen.sheet("notices")


async def test_a_screen_of_words_that_fails_too_is_the_end_of_this_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Help, "compose", breaks)
    monkeypatch.setattr(FaultScreen, "compose", breaks)
    async with surviving(desk.TALKING) as (screen, _faults):
        screen.app.simulate_key("f1")
        await settle()
    assert screen.app.broken


async def test_the_next_desk_is_told_of_the_fault_that_ended_the_last() -> None:
    async with surviving(desk.TALKING) as (screen, faults):
        screen.desk.call_later(breaks)
        await settle()
    told: list[str] = []
    faults.tell_to(told.append)
    assert told == [faults.last]


async def test_a_fault_that_stops_the_screen_ends_it_to_be_opened_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with surviving(desk.TALKING) as (screen, faults):
        screen.desk.call_later(breaks)
        await settle()
    assert screen.app.broken
    assert faults.last
    told = capsys.readouterr()
    assert "Traceback" not in told.err + told.out
    assert customers.RUTH.name not in told.err + told.out


def fails_with_a_customer_at_hand() -> None:
    customer = customers.RUTH.name
    raise LookupError(len(customer))


async def test_a_desk_that_survives_nothing_says_where_it_broke_and_no_values() -> None:
    app = MokedApp(Store(lambda: desk.NOW, desk.IDLE), lambda _command: None, clock=lambda: desk.CLOCK)
    app.error_console = Console(file=StringIO(), width=200)

    async def fail() -> None:
        async with app.run_test() as pilot:
            app.call_later(fails_with_a_customer_at_hand)
            await pilot.pause()

    with pytest.raises(LookupError):
        await fail()
    app._print_error_renderables()
    told = app.error_console.file
    assert isinstance(told, StringIO)
    assert "fails_with_a_customer_at_hand" in told.getvalue()
    assert customers.RUTH.name not in told.getvalue()


def shown_by(monkeypatch: pytest.MonkeyPatch, *shows: Callable[[], object]) -> list[object]:
    """``opening`` with these desks, one after the other; what each gives says whether it broke."""
    left = list(shows)
    opened: list[object] = []

    def build(_config: Path, _faults: Faults) -> object:
        made = SimpleNamespace(broken=False, logs_in=False, lacks=None, return_code=0)
        opened.append(made)
        return made

    def show(made: SimpleNamespace) -> None:
        made.broken = bool(left.pop(0)())

    monkeypatch.setattr(wiring, "build", build)
    monkeypatch.setattr(opening, "_show", show)
    monkeypatch.setattr(opening, "somebody_looks", lambda: True)
    return opened


def test_a_broken_desk_is_opened_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened = shown_by(monkeypatch, lambda: True, breaks, lambda: False)
    assert opening.run(tmp_path, Faults(lambda _text: None), tmp_path / "desk.log", lambda: 1.0) == 0
    assert len(opened) == 3


def test_a_desk_that_breaks_again_and_again_is_left_with_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    faults = Faults(lambda _text: None)
    shown_by(monkeypatch, breaks, breaks, breaks, breaks)
    with pytest.raises(opening.DeskBroken) as caught:
        opening.run(tmp_path, faults, tmp_path / "desk.log", lambda: 1.0)
    assert f"fault {faults.last}" in str(caught.value)
    assert "start moked again" in str(caught.value)
    assert customers.RUTH.name not in str(caught.value)


def test_faults_that_are_far_apart_are_each_survived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    now = iter(range(0, 10_000, 100))
    opened = shown_by(monkeypatch, *([breaks] * 6), lambda: False)
    faults = Faults(lambda _text: None)
    assert opening.run(tmp_path, faults, tmp_path / "desk.log", lambda: next(now)) == 0
    assert len(opened) == 7


def test_a_device_that_is_enrolled_again_has_its_desk_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path] = []
    opened = shown_by(monkeypatch, lambda: False, lambda: False)
    monkeypatch.setattr(welcome, "enrolled", lambda config, *_more: asked.append(config))
    build = wiring.build

    def first_logs_in(config: Path, faults: Faults) -> object:
        made = build(config, faults)
        if len(opened) == 1 and isinstance(opened[0], SimpleNamespace):
            opened[0].logs_in = True
        return made

    monkeypatch.setattr(wiring, "build", first_logs_in)
    assert opening.run(tmp_path, Faults(lambda _text: None), tmp_path / "desk.log", lambda: 1.0) == 0
    assert asked == [tmp_path]
    assert len(opened) == 2
