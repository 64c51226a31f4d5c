"""The desk while its agent looks through the calls of before: moments for pictures and tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from agent_tui.session.state import History, Link, SessionState
from hub.contract import PastCall
from sip.events import CloseReason, DialledCall, MissedCall
from tests.stubs import callback_desk, desk
from tests.stubs.history import a_past_call

CLOCK_UTC = desk.CLOCK.astimezone(UTC)


def ago(minutes: float, contact: str, **changes: Any) -> PastCall:
    """A call that the agent had so many minutes ago."""
    return a_past_call(contact, at=CLOCK_UTC - timedelta(minutes=minutes), **changes)


CALLS = (
    ago(
        4,
        "k-7",
        kind="missed",
        ended="abandoned",
        name="",
        number="+972505550199",
        talked=None,
        held=None,
        waited=38.0,
    ),
    ago(
        41,
        "k-6",
        note="Router was to arrive today.\nSent a new one by courier; promised to call when it is there.",
        disposition="follow_up",
        held=21.0,
    ),
    ago(
        95,
        "k-5",
        name="אבי פרץ",
        number="+97235550112",
        ended="transfer",
        note="הועבר למכירות: חידוש Fibre 1000",
    ),
    ago(
        190,
        "k-4",
        name="[red]Gal[/red] Stern",
        called=True,
        ended="agent",
        note="wants the contract by mail",
        crm="waiting",
        crm_words="The CRM cannot be reached",
    ),
    ago(60 * 26, "k-3", kind="missed", ended="elsewhere", name="נועה כהן", talked=None, held=None),
    ago(
        60 * 50,
        "k-2",
        name="Bartholomew Featherstonehaugh-Cholmondeley",
        talked=4_021.0,
        ended="caller",
        crm="unknown",
        crm_words="the hub ended before an answer came",
    ),
)
DIALLED = (
    DialledCall("p-1", "", "+97235550188", CloseReason.BUSY, (CLOCK_UTC - timedelta(minutes=20)).timestamp()),
    DialledCall(
        "p-2", "Noam Katz", "1102", CloseReason.NORMAL, (CLOCK_UTC - timedelta(minutes=2)).timestamp(), 35.0
    ),
)
RANG = MissedCall(
    "p-9",
    "",
    "0505550199",
    "k-7",
    "support",
    CloseReason.CANCELLED,
    (CLOCK_UTC - timedelta(minutes=3)).timestamp(),
)

_BASE = callback_desk.with_callbacks(desk.IDLE, ())
FOUND = History("key-1", "", CALLS, pages=1, asking=False)
LOOKING = replace(_BASE, history=FOUND, dialled=DIALLED, missed=(RANG,))
MORE = replace(LOOKING, history=replace(FOUND, next="c-9"))
"""The hub has older ones."""
LOOKING_HEBREW = replace(LOOKING, me=callback_desk.AGENDA_HEBREW.me)
HUB_AWAY = replace(LOOKING, history=None, hub=Link.DOWN)
NOTHING: SessionState = replace(_BASE, history=History("key-1", "umbrella", pages=1, asking=False))

MOMENTS = {
    "history": LOOKING,
    "history_hebrew": LOOKING_HEBREW,
    "history_hub_away": HUB_AWAY,
}
"""Every moment by name, for pictures: each is opened by its key."""
