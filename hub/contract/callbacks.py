"""Callbacks: what an agent promises a customer, how it stands, and how the desk hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from hub.contract.base import Model


class CallbackRequest(Model):
    """Call the customer back at ``at`` or, without it, in so many ``minutes`` from now on.

    ``numbers`` may be written as people write them; they are tried home before mobile. ``mine``: it is kept
    for the agent who asks, for a while. ``customer`` is the card's, empty for somebody without one;
    ``language`` is the customer's, ``words`` what they are called about.
    """

    queue: Annotated[str, Field(max_length=80)]
    numbers: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(min_length=1, max_length=4)]
    customer: Annotated[str, Field(max_length=64)] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    language: Literal["en", "he"] = "en"
    at: AwareDatetime | None = None
    minutes: Annotated[int, Field(ge=0, le=43_200)] = 0
    mine: bool = False
    words: Annotated[str, Field(max_length=200)] = ""


class CallbackView(Model):
    """One callback. ``promised`` is when the customer expects it, ``at`` when the next try is due.

    ``agent`` is for whom it is kept, "" where anyone may call; ``made_by`` who promised it, "" where the
    caller asked for it by a key. ``result`` is how the last try went, "" before the first.

    ``crm`` is what hinders its note on the way into the company's CRM: "" nothing, ``waiting`` it is tried
    again, ``given_up`` it is not, ``unknown`` nobody knows whether it is there; the last two are an
    administrator's to decide. ``crm_words`` say why the last try failed.
    """

    id: str
    queue: str
    customer: str
    name: str
    numbers: tuple[str, ...]
    language: Literal["en", "he"]
    promised: datetime
    at: datetime
    agent: str = ""
    made_by: str = ""
    words: str = ""
    state: Literal["open", "dialling", "done", "failed", "cancelled"]
    tries: int = 0
    result: str = ""
    crm: Literal["", "waiting", "given_up", "unknown"] = ""
    crm_words: str = ""


class CallbackEvent(Model):
    """A callback that this agent promised, or that is kept for them, is another now."""

    kind: Literal["callback"] = "callback"
    callback: CallbackView
