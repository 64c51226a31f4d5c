"""What is painted when: calls at once, figures ten times a second at most, and only lines that changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.geometry import Region
from textual.worker import WorkerFailed

from agent_tui.app import MokedApp
from agent_tui.screens.desk import DeskScreen
from agent_tui.session.events import DispositionChosen, NoteSaved, NoteTyped, Tick
from agent_tui.session.store import Store
from agent_tui.widgets.cells import Cell, Page, Row
from agent_tui.widgets.sheet import Sheet
from hub import contract as hub
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk


def count_refreshes(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """The lines that are to be painted anew; an empty region is all of the sheet."""
    regions: list[Region] = []
    refresh = sheet.refresh

    def counted(*given: Region, **options: Any) -> Sheet:
        regions.extend(given or [Region()])
        return refresh(*given, **options)

    monkeypatch.setattr(sheet, "refresh", counted)
    return regions


def rows(*texts: str) -> Page:
    return Page(tuple(Row((Cell(text),)) for text in texts))


async def test_only_the_lines_that_differ_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(desk.IDLE) as screen:
        sheet = screen.desk.query_one("#queues", Sheet)
        sheet.show(rows("one", "two", "three"))
        regions = count_refreshes(sheet, monkeypatch)
        sheet.show(rows("one", "2", "three"))
        assert [(region.y, region.height) for region in regions] == [(1, 1)]
        sheet.show(rows("one", "2", "three"))
        assert len(regions) == 1


async def test_a_tick_that_changes_no_word_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(desk.TALKING) as screen:
        counted = [count_refreshes(sheet, monkeypatch) for sheet in screen.desk.query(Sheet)]
        for _ in range(20):
            screen.store.dispatch(Tick())
        screen.desk.paint(screen.store.state, desk.CLOCK)
        assert not any(counted)


def count_paints(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    paints: list[float] = []
    paint = screen.desk.paint

    def counted(state: Any, *beside: Any) -> None:
        paints.append(state.now)
        paint(state, *beside)

    monkeypatch.setattr(screen.desk, "paint", counted)
    return paints


async def test_a_thousand_figures_wait_for_the_next_painting(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(desk.IDLE) as screen:
        clockwork = screen.app._clockwork
        assert clockwork
        for timer in clockwork:
            timer.pause()
        await screen.pilot.pause()
        paints = count_paints(screen, monkeypatch)
        for waiting in range(1_000):
            figures = desk.QUEUES[0].model_copy(update={"waiting": waiting})
            screen.store.dispatch(hub.QueuesEvent(queues=(figures,)))
        await screen.pilot.pause()
        assert paints == []
        screen.app.painting.turn()
        assert len(paints) == 1
        assert "999 waiting" in screen.sheet("queues")


async def test_a_letter_is_painted_by_its_note_and_the_rest_waits_for_the_next_painting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with showing(desk.TALKING) as screen:
        for timer in screen.app._clockwork:
            timer.pause()
        await screen.pilot.pause()
        paints = count_paints(screen, monkeypatch)
        work = desk.TALKING.work[0]
        screen.store.dispatch(NoteTyped(work.contact, "ẍ"))
        await screen.pilot.pause()
        assert paints == []
        assert screen.store.state.work[0].note == "ẍ"
        screen.app.painting.turn()
        assert len(paints) == 1
        for what in (DispositionChosen(work.contact, "solved"), NoteSaved(work.contact, "ẍ")):
            screen.store.dispatch(what)
            await screen.pilot.pause()
        assert len(paints) == 3


async def test_a_ring_is_painted_without_waiting_and_once_for_all_its_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with showing(desk.IDLE) as screen:
        clockwork = screen.app._clockwork
        assert clockwork
        for timer in clockwork:
            timer.pause()
        await screen.pilot.pause()
        paints = count_paints(screen, monkeypatch)
        offer = desk.RINGING.work[0].offer
        card = desk.RINGING.work[0].card
        assert offer is not None
        assert card is not None
        await screen.hears(
            hub.OfferedEvent(offer=offer, card=card), ev.CallIncoming("call-1", customers.RUTH, contact="k-1")
        )
        assert len(paints) == 1
        assert "Ruth Ben-Ami" in screen.sheet("card")
        assert "RINGING" in screen.sheet("calls")


async def test_the_card_lights_up_only_for_the_caller_on_it() -> None:
    async with showing(desk.RINGING) as screen:
        assert screen.desk.query_one("#card").has_class("-ringing")
    async with showing(desk.TWO_CALLS) as screen:
        assert not screen.desk.query_one("#card").has_class("-ringing")


@pytest.mark.parametrize("size", [(80, 24), (110, 30), (160, 45), (60, 18), (300, 80)])
async def test_every_part_is_on_the_screen_at_any_size(size: tuple[int, int]) -> None:
    """The queues give their room to the note in the narrowest; the top line says who waits, then as ever."""
    parts = {"status", "card", "script", "queues", "note", "outcome", "calls", "keys"}
    async with showing(desk.TWO_CALLS, size) as screen:
        whole = Region(0, 0, *size)
        for name in sorted(parts - {"queues"} if size[0] < 80 else parts):
            region = screen.desk.query_one(f"#{name}").region
            assert region.area > 0, name
            assert whole.contains_region(region), name


async def test_a_long_card_scrolls() -> None:
    history = customers.ENGLISH_CARD.history * 30
    answer = customers.found("k-1", customers.ENGLISH_CARD.model_copy(update={"history": history}))
    state = replace(desk.TALKING, work=(replace(desk.TALKING.work[0], card=answer),))
    async with showing(state) as screen:
        sheet = screen.desk.query_one("#card", Sheet)
        assert sheet.show_vertical_scrollbar
        sheet.focus()
        await screen.press("end")
        await screen.pilot.wait_for_animation()
        assert sheet.scroll_offset.y == sheet.max_scroll_y > 50


async def test_a_crash_is_told_without_what_the_variables_held(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fails() -> None:
        customer = "Ruth " + "Ben-Ami"
        raise RuntimeError(f"the pump broke, {len(customer)}")

    app = MokedApp(
        Store(lambda: desk.NOW, desk.TALKING), lambda _command: None, [fails], clock=lambda: desk.CLOCK
    )
    with pytest.raises(WorkerFailed, match="the pump broke"):
        async with app.run_test() as pilot:
            await pilot.pause()
    told = capsys.readouterr().err
    assert "the pump broke, 12" in told
    assert "Ruth Ben-Ami" not in told
    assert "+972505550121" not in told


async def test_services_end_in_good_order() -> None:
    told: list[str] = []

    async def service() -> None:
        told.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("saved the last note")

    app = MokedApp(
        Store(lambda: desk.NOW, desk.IDLE), lambda _command: None, [service], clock=lambda: desk.CLOCK
    )
    async with app.run_test() as pilot:
        await pilot.pause()
        assert told == ["began"]
    assert told == ["began", "saved the last note"]


@pytest.mark.parametrize("size", [(60, 20), (79, 24), (80, 24), (113, 31), (114, 32), (149, 40), (150, 45)])
async def test_every_part_is_composed_for_the_size_that_it_gets(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each is styled a second time before it is ever painted."""
    compose, worn = DeskScreen.compose, list[frozenset[str]]()

    def composed(self: DeskScreen) -> ComposeResult:
        worn.append(self.classes)
        return compose(self)

    monkeypatch.setattr(DeskScreen, "compose", composed)
    async with showing(desk.IDLE, size=size) as screen:
        assert worn == [screen.desk.classes]
        assert len(worn[0] & {"-tight", "-narrow", "-normal", "-wide"}) == 1
        assert len(worn[0] & {"-low", "-high"}) == 1
