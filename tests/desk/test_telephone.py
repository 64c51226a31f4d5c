"""A desk whose agent talks by a telephone: cards and wrap-ups come by the hub's word, no call keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.adapters.phone import Phone
from agent_tui.adapters.telephone import beside
from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import SHORTCUTS, named
from agent_tui.screens.keyboard import reason
from agent_tui.screens.views.help import help_page
from agent_tui.session.reach import TELEPHONE_UNREACHED, why_not_ready
from agent_tui.session.reduce import reduce
from agent_tui.session.select import OF_THE_PHONE, possible
from agent_tui.session.state import Phase, SessionState
from hub import contract as c
from sip import events as ev
from sip.account import Account
from sip.errors import PhoneError
from tests.desk.screen import showing
from tests.stubs import callback_desk, desk

_RUNG = desk.RINGING.work[0]
assert _RUNG.offer is not None
assert _RUNG.card is not None
OFFER, CARD = _RUNG.offer, _RUNG.card
ELSEWHERE = replace(
    callback_desk.with_callbacks(desk.IDLE, ()),
    registration=ev.RegistrationChanged(ev.RegistrationState.ELSEWHERE),
)
OF_CALLS = {do.Answer, do.Dial, do.HangUp, do.ToggleHold, do.ToggleMute, do.Transfer, do.SendKeys, do.Swap}


async def _told() -> tuple[Phone, SessionState]:
    """The state once the telephone told how it stands."""
    phone = Phone(Account(user="yael", domain="hub.example.com", password=""), beside)
    await phone.attach()
    state = replace(desk.IDLE, registration=ev.RegistrationChanged(ev.RegistrationState.UNREGISTERED))
    reports = phone.events()
    for _ in range(2):
        state = reduce(state, await anext(reports), desk.NOW)
    return phone, state


async def test_the_card_comes_the_talk_goes_by_and_the_wrap_up_is_owed_by_the_hubs_word() -> None:
    _, state = await _told()
    assert why_not_ready(state) is None
    assert do.SetPresence in possible(state)
    contact = OFFER.contact
    state = reduce(state, c.OfferedEvent(offer=OFFER, card=CARD), desk.NOW)
    assert state.shown is not None
    assert (state.shown.contact, state.shown.phase) == (contact, Phase.OFFERED)
    assert not possible(state) & OF_CALLS
    state = reduce(state, c.ConnectedEvent(contact=contact, at=desk.CLOCK), desk.NOW)
    assert state.shown is not None
    assert state.shown.phase is Phase.TALKING
    assert {do.EditNote, do.ChooseDisposition} <= possible(state)
    state = reduce(state, c.ContactEndedEvent(contact=contact, ended_by="caller", at=desk.CLOCK), desk.NOW)
    assert do.FinishWrapUp in possible(state)
    assert not possible(state) & OF_CALLS


async def test_a_telephone_that_cannot_be_rung_is_told_as_one() -> None:
    _, state = await _told()
    assert state.me is not None
    unavailable = c.MemberView(queue="support", state="unavailable", paused=True)
    state = reduce(state, c.MeEvent(me=state.me.model_copy(update={"members": (unavailable,)})), desk.NOW)
    assert why_not_ready(state) == TELEPHONE_UNREACHED


async def test_no_call_is_commanded_from_here() -> None:
    phone, _ = await _told()
    for asked in (
        phone.calls.dial("200"),
        phone.calls.answer("1"),
        phone.calls.transfer("1", "200"),
        phone.calls.mute("1", True),
    ):
        with pytest.raises(PhoneError, match="do it there"):
            await asked


@pytest.mark.parametrize("key", ["f1", "ctrl+p", "f9", "ctrl+r"])
async def test_no_key_of_a_call_is_told_of_but_where_calls_are(key: str) -> None:
    async with showing(ELSEWHERE, (160, 60)) as screen:
        assert "Calls come to your telephone" in screen.everything()
        await screen.press(key)
        told = screen.everything()
        assert "Esc leaves" in told
        assert "F2" not in told
        assert "F8" not in told


def test_the_help_leaves_the_telephones_keys_out_and_keeps_all_others() -> None:
    told = [row.cells[0].text for row in help_page(ELSEWHERE).rows if row.cells]
    for shortcut in SHORTCUTS:
        here = [meaning for meaning in shortcut.meanings if meaning.command not in OF_THE_PHONE]
        assert (named(shortcut.id) in told) is bool(here), shortcut.id
        if here:
            first = told.index(named(shortcut.id)) + 1
            assert [bool(one) for one in told[first : first + len(here)]] == [False] * (len(here) - 1) + [
                True
            ]


@pytest.mark.parametrize("command", sorted(OF_THE_PHONE, key=str))
def test_a_command_of_the_phone_says_that_it_is_done_there(command: type[do.Command]) -> None:
    assert "do it there" in str(reason(ELSEWHERE, command))
    assert "do it there" not in str(reason(desk.IDLE, command))
