"""An agent's own contacts of before, in pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model
from hub.contract.contacts import DialEnd

MOST_OF_A_PAGE = 50


class HistoryRequest(Model):
    """Which of the agent's contacts. Each of ``words`` is in the caller's name or in the agent's own note, or
    all of them together are a piece of the number. ``before`` is ``next`` of the page before, or "".
    """

    words: Annotated[str, Field(max_length=100)] = ""
    before: Annotated[str, Field(max_length=256)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_OF_A_PAGE)] = MOST_OF_A_PAGE


class PastCall(Model):
    """One contact as this agent had it; times in seconds.

    ``at`` is when it was answered here or, of a missed one, when it rang here last. ``called``: the centre
    called the customer, as was promised. ``ended`` of an answered one is who ended it (``unknown``: out of
    the hub's sight), of a missed one what became of the caller: ``abandoned`` they gave up, ``elsewhere`` a
    colleague has talked with them, ``left`` neither, ``waiting`` they wait still. A ``dialled`` one is a
    number that the agent did not reach and noted of; ``ended`` says why. ``note`` and ``disposition`` are the
    agent's own.

    ``crm`` is what the company's CRM lacks of it: "" nothing that is owed, ``waiting`` it is written in its
    turn, ``given_up`` it is not, ``unknown`` nobody knows whether it is; the last two are an administrator's
    to decide. ``crm_words`` say why the last try failed.
    """

    contact: str
    visit: int
    at: datetime
    kind: Literal["answered", "missed", "dialled"]
    called: bool = False
    queue: str
    queue_title: str
    number: str
    name: str
    customer: str = ""
    waited: float | None = None
    talked: float | None = None
    held: float | None = None
    ended: (
        Literal["caller", "agent", "transfer", "unknown", "abandoned", "elsewhere", "left", "waiting"]
        | DialEnd
    )
    note: str = ""
    disposition: str = ""
    crm: Literal["", "waiting", "given_up", "unknown"] = ""
    crm_words: str = ""


class HistoryPage(Model):
    """The newest first. ``next`` asks for the page after this one; "" when there is none."""

    calls: tuple[PastCall, ...] = ()
    next: str = ""
