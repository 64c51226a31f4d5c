"""What was typed stays below help and palette, whatever happens meanwhile, and goes on where it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from textual.widgets import Input, TextArea

from agent_tui.commands import model as do
from agent_tui.screens.overlay import LookedUp, overlays
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Link, SessionState
from sip import events as ev
from tests.desk.screen import Screen, showing, text_of
from tests.desk.test_screen_look_up import TYPED_IN
from tests.snapshots.screens import PICTURED
from tests.stubs import customers

LOOKED_UP: Final = (("f1", "z"), ("ctrl+p", "z"), ("f1", "ctrl+p"), ("ctrl+p", "f1"))
"""Help and palette, also one out of the other, with a letter that is theirs."""


async def begun(screen: Screen, name: str) -> Input | TextArea:
    """The field of a picture, with what is typed there."""
    for key in PICTURED[name].keys:
        await screen.press(key)
    field = screen.app.focused
    assert isinstance(field, Input | TextArea)
    return field


def state_of(name: str) -> SessionState:
    state = PICTURED[name].state
    assert state is not None
    return state


def in_hebrew(state: SessionState) -> SessionState:
    assert state.me is not None
    return replace(state, me=state.me.model_copy(update={"language": "he"}))


async def goes_on(screen: Screen, field: Input | TextArea, before: str) -> None:
    """Esc leads back, and the next letter stands behind those before."""
    await screen.press("escape", "3")
    assert screen.app.screen is field.screen
    assert screen.app.focused is field
    assert text_of(field) == f"{before}3"


@pytest.mark.parametrize("keys", LOOKED_UP, ids=" ".join)
@pytest.mark.parametrize("name", TYPED_IN)
async def test_while_calls_come_and_go(name: str, keys: tuple[str, ...]) -> None:
    async with showing(state_of(name)) as screen:
        field = await begun(screen, name)
        before = text_of(field)
        await screen.press(*keys)
        assert isinstance(screen.app.screen, LookedUp)
        over = screen.app.screen
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        await screen.hears(ev.CallClosed("call-9", ev.CloseReason.CANCELLED))
        for call in screen.store.state.calls:
            await screen.hears(ev.CallClosed(call.id, ev.CloseReason.NORMAL))
        await screen.hears(HubLinkChanged(Link.DOWN), HubLinkChanged(Link.UP))
        assert screen.app.screen is over, "nor does that close"
        assert text_of(field) == before
        await goes_on(screen, field, before)
        assert not [one for one in screen.asked if isinstance(one, do.EditNote)]


@pytest.mark.parametrize("key", ["f1", "ctrl+p"])
@pytest.mark.parametrize("name", TYPED_IN)
async def test_while_the_desk_goes_over_to_another_language(name: str, key: str) -> None:
    async with showing(state_of(name)) as screen:
        field = await begun(screen, name)
        before = text_of(field)
        await screen.press("2", key)
        await screen.stands(in_hebrew(screen.store.state))
        if isinstance(screen.app.screen, LookedUp):
            await screen.press("escape")
        await screen.press("3")
        assert screen.app.focused is field
        assert text_of(field) == f"{before}23"


@pytest.mark.parametrize("key", ["f1", "ctrl+p"])
@pytest.mark.parametrize("name", TYPED_IN)
async def test_while_a_call_is_answered_from_there(name: str, key: str) -> None:
    """The key that answers is the phone's in help and palette, too, and no reason to take the form away."""
    async with showing(state_of(name)) as screen:
        field = await begun(screen, name)
        before = text_of(field)
        await screen.press(key)
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        await screen.press("f2")
        await screen.hears(ev.CallEstablished("call-9"))
        assert field.screen in overlays(screen.app)
        assert text_of(field) == before


async def test_while_what_it_is_for_becomes_impossible() -> None:
    """A trainer's line stays when the hub goes, and goes out when that is back."""
    async with showing(state_of("coach_line")) as screen:
        field = await begun(screen, "coach_line")
        before = text_of(field)
        await screen.press("f1")
        await screen.hears(HubLinkChanged(Link.DOWN))
        await goes_on(screen, field, before)
        await screen.press("enter")
        assert field.screen in overlays(screen.app)
        await screen.hears(HubLinkChanged(Link.UP))
        await screen.press("enter")
        sent = [one.text for one in screen.asked if isinstance(one, do.WriteCoachNote)]
        assert sent == [f"{before}3"]


async def test_a_burst_that_looks_up_and_goes_on_stands_where_it_was() -> None:
    for name in TYPED_IN:
        async with showing(state_of(name)) as screen:
            field = await begun(screen, name)
            before = text_of(field)
            await screen.at_once("1", "f1", "x", "escape", "2", "ctrl+p", "y", "escape", "3")
            assert text_of(field) == f"{before}123"
