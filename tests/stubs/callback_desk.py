"""The desk with callbacks: what the hub tells of them, and moments for pictures and tests of the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from agent_tui.session.state import SessionState
from hub import contract as c
from tests.stubs import desk
from tests.stubs.customers import ENGLISH_CARD, HEBREW_CARD, MICHAL, RUTH

CLOCK_UTC = desk.CLOCK.astimezone(UTC)
HOME, MOBILE = "+97235550199", "+972505550199"


def a_callback(**changes: Any) -> c.CallbackView:
    """One that this agent promised for anyone, due in two hours."""
    minutes = changes.pop("minutes", 120)
    at = CLOCK_UTC + timedelta(minutes=minutes)
    made: dict[str, Any] = {
        "id": "cb-1",
        "queue": "support",
        "customer": "C-9",
        "name": "Avi Peretz",
        "numbers": (HOME, MOBILE),
        "language": "en",
        "promised": at,
        "at": at,
        "made_by": "dana",
        "state": "open",
    }
    return c.CallbackView(**{**made, **changes})


CALLBACKS = (
    a_callback(
        id="cb-3", minutes=60 * 19, name="Gal Stern", words="wants the contract by mail", queue="sales"
    ),
    a_callback(id="cb-1", minutes=4, agent="dana", words="router was to arrive today"),
    a_callback(
        id="cb-2", minutes=-3, name="", made_by="", customer=MOBILE, numbers=(MOBILE,), tries=1, result="busy"
    ),
    a_callback(id="cb-4", minutes=60 * 26, customer="C-2012", name=RUTH.name, agent="dana"),
)
HEBREW_CALLBACKS = (
    a_callback(id="cb-1", minutes=4, agent="dana", name="אבי פרץ", words="לבדוק אם הנתב ABC-12 הגיע"),
    a_callback(id="cb-2", minutes=60 * 19, name="Gal Stern", words="מבקשת את החוזה במייל", queue="sales"),
    a_callback(id="cb-3", minutes=-3, name="", made_by="", numbers=(MOBILE,), tries=1, result="no_answer"),
    a_callback(id="cb-4", minutes=60 * 50, name="נועה כהן", customer="C-8", made_by="noam", agent="dana"),
)
_ME = desk.ME.model_copy(update={"calls_back": True})
_ME_HEBREW = _ME.model_copy(update={"language": "he", "name": "דנה לוי"})


def with_callbacks(
    state: SessionState, callbacks: tuple[c.CallbackView, ...] = CALLBACKS, me: c.Me = _ME
) -> SessionState:
    """``state`` in a centre that calls back."""
    assert state.me is not None
    me = me.model_copy(update={"members": state.me.members})
    return replace(state, me=me, callbacks=callbacks)


def called_back(state: SessionState, promise: c.CallbackView) -> SessionState:
    """``state``, in which the first contact is one whom the centre called to keep ``promise``."""
    first, *others = state.work
    assert first.offer is not None
    offer = first.offer.model_copy(update={"callback": promise})
    return replace(state, work=(replace(first, offer=offer), *others))


_KEPT = a_callback(
    customer=ENGLISH_CARD.customer,
    name=RUTH.name,
    numbers=ENGLISH_CARD.numbers,
    minutes=-6,
    words="price of the 2500 plan",
    state="dialling",
    tries=1,
    result="no_answer",
)
_KEPT_HEBREW = a_callback(
    customer=HEBREW_CARD.customer,
    name=MICHAL.name,
    numbers=HEBREW_CARD.numbers,
    minutes=-6,
    made_by="",
    state="dialling",
)

AGENDA = with_callbacks(desk.IDLE)
AGENDA_HEBREW = with_callbacks(desk.IDLE, HEBREW_CALLBACKS, _ME_HEBREW)
STANDING = with_callbacks(desk.TALKING)
STANDING_WRAP_UP = with_callbacks(desk.WRAP_UP)
CALLED_BACK = called_back(with_callbacks(desk.RINGING, CALLBACKS[:1]), _KEPT)
CALLED_BACK_HEBREW = called_back(with_callbacks(desk.HEBREW, HEBREW_CALLBACKS[:1], _ME_HEBREW), _KEPT_HEBREW)

_HINDERED = (
    CALLBACKS[0].model_copy(
        update={"crm": "given_up", "crm_words": "The CRM has no such customer", "agent": "dana"}
    ),
    CALLBACKS[1].model_copy(update={"crm": "waiting", "crm_words": "The CRM has a fault of its own (503)"}),
    CALLBACKS[3].model_copy(update={"crm": "unknown", "crm_words": "The CRM did not answer in time"}),
)
HINDERED = with_callbacks(desk.IDLE, _HINDERED)
HINDERED_HEBREW = with_callbacks(desk.IDLE, _HINDERED, _ME_HEBREW)

MOMENTS = {
    "agenda": AGENDA,
    "agenda_hindered": HINDERED,
    "agenda_hindered_hebrew": HINDERED_HEBREW,
    "agenda_hebrew": AGENDA_HEBREW,
    "callback_stands": STANDING,
    "called_back": CALLED_BACK,
    "called_back_hebrew": CALLED_BACK_HEBREW,
}
"""Every moment by name, for pictures and snapshots."""
