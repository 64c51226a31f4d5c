"""The help says every key by where it acts, as the keys are now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands.overlay_keys import OVERLAY_KEYS
from agent_tui.commands.shortcuts import FIXED, SHORTCUTS, Place, label, named, use
from agent_tui.screens.views.help import help_page
from agent_tui.widgets.cells import Row
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import showing
from tests.stubs import customers, desk, floor_desk

EVERYWHERE = replace(desk.TALKING, me=floor_desk.ME.model_copy(update={"writes": True}))
"""To this agent every place is open."""
OTHERS = {"answer": "f20", "hang_up": "ctrl+l", "help": "f15"}


def rows_of(place: Place) -> list[Row]:
    """The rows under the title of a place, up to the empty one."""
    rows = list(help_page(EVERYWHERE).rows)
    begin = next(at for at, row in enumerate(rows) if row.cells and row.cells[0].text == str(place.value))
    end = next(at for at in range(begin, len(rows)) if not rows[at].cells)
    return rows[begin + 1 : end]


@pytest.mark.parametrize("keys", [{}, OTHERS], ids=["usual", "remapped"])
def test_every_key_stands_where_it_acts(keys: dict[str, str]) -> None:
    use(keys)
    for shortcut in SHORTCUTS:
        row = next(row for row in rows_of(shortcut.place) if row.cells[0].text == named(shortcut.id))
        assert row.cells[1].text == str(shortcut.meanings[0].words)
    for own in OVERLAY_KEYS:
        row = next(row for row in rows_of(own.place) if row.cells[0].text == named(own.id))
        assert row.cells[1].text == str(own.meanings[0].words)
    for fixed in FIXED:
        row = next(
            row for row in rows_of(fixed.place) if all(label(key) in row.cells[0].text for key in fixed.keys)
        )
        assert len(row.cells[0].text) <= (row.cells[0].width or 0), "none is cut"


def test_each_meaning_of_a_key_is_told() -> None:
    told = " ".join(cell.text for row in help_page(EVERYWHERE).rows for cell in row.cells)
    for shortcut in (*SHORTCUTS, *OVERLAY_KEYS):
        for meaning in shortcut.meanings:
            assert str(meaning.words) in told


def test_it_says_how_keys_become_others() -> None:
    use({"settings": "ctrl+up"})
    told = help_page(desk.IDLE).rows[-1].cells[0].text
    assert "Ctrl+↑" in told
    assert "config.toml" in told


def test_a_browsers_desk_names_no_file() -> None:
    elsewhere = replace(desk.IDLE, registration=ev.RegistrationChanged(ev.RegistrationState.ELSEWHERE))
    told = help_page(elsewhere).rows[-1].cells[0].text
    assert "Ctrl+S" in told
    assert "until you leave" in told
    assert "config.toml" not in told


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_f1_opens_it_and_the_arrows_reach_its_end(size: tuple[int, int]) -> None:
    async with showing(desk.TALKING, size) as screen:
        await screen.press("f1")
        assert screen.app.screen.query("#help")
        assert "Answer the call that rings" in screen.everything()
        await screen.press("end")
        assert "config.toml" in screen.everything()
        await screen.press("escape")
        assert screen.app.screen is screen.desk


async def test_its_own_key_can_be_another() -> None:
    use(OTHERS)
    async with showing(desk.TALKING) as screen:
        await screen.press("f1")
        assert screen.app.screen is screen.desk
        await screen.press("f15")
        told = screen.app.screen.query_one("#help", Sheet).text
        assert "F20" in told
        assert "Ctrl+L" in told


async def test_a_ring_is_seen_in_front_of_it_and_can_be_answered() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f1")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert "RINGING" in screen.everything()
        await screen.press("f2")
        assert len(screen.asked) == 1
