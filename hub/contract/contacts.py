"""A contact from the offer to the last note."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from hub.contract.base import Milliseconds, Model, Mos, Percent
from hub.contract.callbacks import CallbackView
from hub.contract.cards import CardAnswer, CardField
from hub.contract.scripts import ScriptProgress

DialEnd: TypeAlias = Literal["busy", "no_answer", "failed"]
"""Why nobody was reached by a number that was dialled."""


LONGEST_NOTE = 10_000
"""Characters that a note holds."""


class Offer(Model):
    """A contact offered to this agent: whose it is, from which queue, how long it waited."""

    contact: str
    queue: str
    queue_title: str
    number: str
    name: str
    waited: float
    offered_at: datetime
    facts: tuple[CardField, ...] = ()
    """What the caller did and heard before any agent, in the agent's language."""
    callback: CallbackView | None = None
    """The promise that this call keeps; None: they called by themselves."""
    writable: bool = False
    """Whether a conversation by WhatsApp can go on with the caller: the centre writes, and the number may."""


class NoteDraft(Model):
    """The note as typed so far."""

    text: Annotated[str, Field(max_length=LONGEST_NOTE)]


class VoiceQuality(Model):
    """How a talk sounded at the agent's phone: the estimated MOS on average and at its worst, packets lost to
    and from the agent, the worst jitter and round trip.
    """

    mos: Mos
    least_mos: Mos
    loss_in: Percent
    loss_out: Percent
    jitter: Milliseconds
    rtt: Milliseconds


class WrapUp(Model):
    """What the agent leaves with the contact; ``voice`` where the phone could measure it. ``script`` is what
    they did of it all in all; None where none guided the talk, and what is stored of one stays.

    ``missed``: it rang at the agent, and they did not talk with the caller. Then ``disposition`` may be "",
    and the note is the agent's own, beside whatever a colleague has with the same caller.
    """

    note: Annotated[str, Field(max_length=LONGEST_NOTE)]
    disposition: str
    customer: str = ""
    voice: VoiceQuality | None = None
    missed: bool = False
    script: ScriptProgress | None = None


class ContactRecord(Model):
    """One contact from first ring to last note.

    ``outcome`` is ``left`` when the caller left the queue neither answered nor abandoning (time-out, a key),
    or went while the exchange was out of the hub's sight. ``held`` of ``talked`` seconds the caller was on
    hold.
    """

    contact: str
    queue: str
    number: str
    customer: str = ""
    agent: str = ""
    joined_at: datetime
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    waited: float | None = None
    talked: float | None = None
    held: float | None = None
    outcome: Literal["waiting", "talking", "answered", "abandoned", "left"] = "waiting"
    note: str = ""
    disposition: str = ""
    wrapped_up_at: datetime | None = None
    script: ScriptProgress | None = None
    voice: VoiceQuality | None = None


class OpenContact(Model):
    """The contact this agent is offered, talks in, or still owes a wrap-up for."""

    offer: Offer
    phase: Literal["offered", "talking", "wrap_up"]
    since: datetime
    card: CardAnswer
    record: ContactRecord
