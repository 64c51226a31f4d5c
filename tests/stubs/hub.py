"""A hub in memory: contacts, notes and wrap-ups by the contract's rules, and its stream of events.

``tests/contract`` runs the HTTP adapter with the real hub behind it against the same rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from agent_tui.ports import HubRefused, HubUnreachable
from hub import contract as c

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
"""The stub's wall clock: it stands still."""

ME = c.Me(
    agent="dana",
    name="Dana Levi",
    extension="1001",
    presence=c.Presence.READY,
    queues=("support",),
    members=(c.MemberView(queue="support", state="free", paused=False),),
    dispositions=(
        c.Disposition(code="solved", label="Solved"),
        c.Disposition(code="callback", label="Call back"),
    ),
    pause_reasons=("break", "lunch"),
)

SUPPORT = c.QueueFigures(
    queue="support",
    title="Support",
    waiting=2,
    longest_wait=31.0,
    agents_ready=3,
    agents_busy=2,
    service_level_seconds=20,
    today=c.QueueCounts(
        offered=41,
        answered=38,
        abandoned=3,
        service_level=92.1,
        average_wait=11.4,
        average_talk=203.0,
    ),
)

CARD = c.Card(
    customer="c-1",
    name="Noa Cohen",
    numbers=("+972521234567",),
    segment="gold",
    city="Haifa",
    fields=(c.CardField(label="Plan", value="Fibre 500"),),
    matters=(c.Matter(reference="T-77", title="Line drops in the evening", opened=AT, status="open"),),
    history=(c.PastContact(at=AT, channel="phone", summary="Asked for a technician", agent="Omer"),),
    facts={"name": "Noa Cohen", "plan": "Fibre 500"},
)

SCRIPT = c.Script(
    id="support.en",
    title="Support",
    language="en",
    revision="r1",
    steps=(
        c.Step(id="greet", title="Greet {name}", text="Thank you for calling, {name}."),
        c.Step(id="line", title="Is the line down?", answers=("yes", "no")),
        c.Step(id="restart", title="Restart the router", when=(c.Condition(answer="line", values=("yes",)),)),
        c.Step(id="close", title="Anything else?", text="{missing_fact}"),
    ),
)


def an_offer(contact: str = "k-1", number: str = "+972521234567", waited: float = 12.0) -> c.Offer:
    """A caller of the support queue is offered to the agent."""
    return c.Offer(
        contact=contact,
        queue="support",
        queue_title="Support",
        number=number,
        name="",
        waited=waited,
        offered_at=AT,
    )


def a_card(contact: str = "k-1", number: str = "+972521234567", *cards: c.Card) -> c.CardAnswer:
    """The answer of a look-up that found ``cards``, by default one."""
    found = cards or (CARD,)
    status = c.CardStatus.FOUND if len(found) == 1 else c.CardStatus.SEVERAL
    return c.CardAnswer(contact=contact, number=number, status=status, cards=found)


def a_record(contact: str = "k-1", **changes: Any) -> c.ContactRecord:
    """One contact as the hub keeps it."""
    record = c.ContactRecord(contact=contact, queue="support", number="+972521234567", joined_at=AT)
    return record.model_copy(update=changes)


class StubHub:
    """``agent_tui.ports.HubPort``, and the centre behind it for tests.

    ``down`` makes every request fail as an unreachable hub does; ``refuse`` names calls that are refused.
    """

    def __init__(self) -> None:
        self.me = ME
        self.queues: tuple[c.QueueFigures, ...] = (SUPPORT,)
        self.pbx = True
        self.contacts: dict[str, c.OpenContact] = {}
        self.scripts: dict[str, c.Script] = {"en": SCRIPT}
        self.stored: dict[str, c.ContactRecord] = {}
        self.notes: list[tuple[str, str]] = []
        self.progress: list[tuple[str, c.ScriptProgress]] = []
        self.keys: list[str] = []
        self.asked: list[str] = []
        self.refuse: dict[str, str] = {}
        self._down = False
        self._gate = asyncio.Event()
        self._gate.set()
        self._told: list[c.HubEvent] = []
        self._asked_under: dict[str, c.WrapUp] = {}
        self._more = asyncio.Event()

    # The port.

    async def events(self, cursor: str) -> AsyncIterator[c.HubEvent]:
        await self._reach("events")
        read = int(cursor)
        while not self._down:
            if read < len(self._told):
                read += 1
                yield self._told[read - 1]
                continue
            self._more.clear()
            await self._more.wait()
        raise HubUnreachable("no answer")

    async def snapshot(self) -> c.Snapshot:
        await self._reach("snapshot")
        return c.Snapshot(
            cursor=str(len(self._told)),
            me=self.me,
            queues=self.queues,
            contacts=tuple(self.contacts.values()),
            pbx=self.pbx,
        )

    async def set_presence(self, presence: c.Presence, reason: str) -> c.Me:
        await self._reach("set_presence")
        self.me = self.me.model_copy(update={"presence": presence, "reason": reason})
        return self.me

    async def card(self, contact: str) -> c.CardAnswer:
        await self._reach("card")
        return self._mine(contact).card

    async def script(self, contact: str, language: str) -> c.Script:
        await self._reach(f"script {language}")
        self._mine(contact)
        if not self.scripts:
            raise HubRefused("There is no script for this queue.")
        return self.scripts.get(language) or next(iter(self.scripts.values()))

    async def save_progress(self, contact: str, progress: c.ScriptProgress) -> None:
        await self._reach("save_progress")
        self._mine(contact)
        self.progress.append((contact, progress))

    async def save_note(self, contact: str, note: c.NoteDraft) -> None:
        await self._reach("save_note")
        self._mine(contact)
        self.notes.append((contact, note.text))

    async def wrap_up(self, contact: str, wrap_up: c.WrapUp, key: str) -> c.ContactRecord:
        await self._reach("wrap_up")
        self.keys.append(key)
        if self._asked_under.setdefault(key, wrap_up) != wrap_up:
            raise HubRefused("This Idempotency-Key was used for another wrap-up.")
        if contact not in self.stored:
            self._mine(contact)
            self.stored[contact] = a_record(
                contact,
                note=wrap_up.note,
                disposition=wrap_up.disposition,
                customer=wrap_up.customer,
                wrapped_up_at=AT,
                voice=wrap_up.voice,
            )
            del self.contacts[contact]
        return self.stored[contact]

    # The centre, for tests.

    def offers(self, offer: c.Offer | None = None, card: c.CardAnswer | None = None) -> None:
        """The exchange offers a caller to the agent."""
        offer = offer or an_offer()
        card = card or a_card(offer.contact, offer.number)
        self.contacts[offer.contact] = c.OpenContact(
            offer=offer, phase="offered", since=AT, card=card, record=a_record(offer.contact)
        )
        self.tell(c.OfferedEvent(offer=offer, card=card))

    def connects(self, contact: str = "k-1") -> None:
        """Agent and caller talk."""
        self._phase(contact, "talking")
        self.tell(c.ConnectedEvent(contact=contact, at=AT))

    def ends(self, contact: str = "k-1") -> None:
        """The talk is over."""
        self._phase(contact, "wrap_up")
        self.tell(c.ContactEndedEvent(contact=contact, ended_by="caller", at=AT))

    def withdraws(self, contact: str = "k-1") -> None:
        """The caller gave up before the agent answered."""
        del self.contacts[contact]
        self.tell(c.OfferEndedEvent(contact=contact, abandoned=True, at=AT))

    def tell(self, event: c.HubEvent) -> None:
        """Send an event to the desk; a hub that is down tells nothing."""
        if not self._down:
            self._told.append(event)
            self._more.set()

    @property
    def is_down(self) -> bool:
        """Whether it does not answer now."""
        return self._down

    def goes_down(self) -> None:
        """The hub stops answering, and its stream breaks."""
        self._down = True
        self._more.set()

    def comes_back(self) -> None:
        """The hub answers again."""
        self._down = False

    def stalls(self) -> None:
        """Requests wait until ``flows``."""
        self._gate.clear()

    def flows(self) -> None:
        """Requests that wait go on."""
        self._gate.set()

    def _phase(self, contact: str, phase: str) -> None:
        self.contacts[contact] = self.contacts[contact].model_copy(update={"phase": phase})

    def _mine(self, contact: str) -> c.OpenContact:
        if contact not in self.contacts:
            raise HubRefused("This contact is not yours.")
        return self.contacts[contact]

    async def _reach(self, request: str) -> None:
        self.asked.append(request)
        await self._gate.wait()
        if self._down:
            raise HubUnreachable("no answer")
        if request in self.refuse:
            raise HubRefused(self.refuse[request])
