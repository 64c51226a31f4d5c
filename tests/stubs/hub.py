"""A hub in memory: contacts, notes and wrap-ups by the contract's rules, and its stream of events.

``tests/contract`` runs the HTTP adapter with the real hub behind it against the same rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from agent_tui.ports import HubRefused, HubUnreachable
from hub import contract as c
from tests.stubs.callbacks import StubCallbacks
from tests.stubs.centre import StubCentre
from tests.stubs.conversations import StubConversations
from tests.stubs.customer_search import StubCustomers
from tests.stubs.floor import StubFloor
from tests.stubs.history import StubHistory, a_past_call
from tests.stubs.messages import AT, COLLEAGUES, ENTRIES, ME, SCRIPT, SUPPORT, a_record


class StubHub(StubCentre):
    """``agent_tui.ports.HubPort``, over the centre behind it that tests play.

    ``refuse`` names calls that are refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.me = ME
        self.queues: tuple[c.QueueFigures, ...] = (SUPPORT,)
        self.pbx = True
        self.directory = {one.agent: one for one in COLLEAGUES}
        self.callbacks = StubCallbacks(ME.agent, ME.queues, self.tell, self.reach)
        self.floor = StubFloor(self.reach)
        self.history_of = StubHistory()
        self.customers = StubCustomers(self.reach, self._mine, self.tell)
        self.conversations = StubConversations(ME.agent, self.tell, self.reach)
        self.scripts: dict[str, c.Script] = {"en": SCRIPT}
        self.stored: dict[str, c.ContactRecord] = {}
        self.notes: list[tuple[str, str]] = []
        self.progress: list[tuple[str, c.ScriptProgress]] = []
        self.keys: list[str] = []
        self.asked: list[str] = []
        self.refuse: dict[str, str] = {}
        self._slow_history: asyncio.Event | None = None
        self.missed: dict[str, c.ContactRecord] = {}
        """What was left with contacts that only rang, by the key."""
        self._asked_under: dict[str, c.WrapUp] = {}

    def withdraws(self, contact: str = "k-1") -> None:
        """The caller gave up before the agent answered: they are in the history."""
        super().withdraws(contact)
        self.history_of.add(a_past_call(contact, kind="missed", ended="abandoned", talked=None, held=None))

    def delay_next_history(self) -> asyncio.Event:
        """The next answer about the history waits for this."""
        self._slow_history = asyncio.Event()
        return self._slow_history

    async def events(self, cursor: str) -> AsyncIterator[c.HubEvent]:
        await self.reach("events")
        read = int(cursor)
        yield c.DirectoryEvent(whole=True, colleagues=tuple(self.directory.values()), entries=ENTRIES)
        while not self._down:
            if read < len(self._told):
                read += 1
                yield self._told[read - 1]
                continue
            self._more.clear()
            await self._more.wait()
        raise HubUnreachable("no answer")

    async def snapshot(self) -> c.Snapshot:
        await self.reach("snapshot")
        return c.Snapshot(
            cursor=str(len(self._told)),
            me=self.me,
            queues=self.queues,
            contacts=tuple(self.contacts.values()),
            callbacks=tuple(self.callbacks.open.values()),
            files=c.FileLimits(image=5 * 2**20, document=16 * 2**20) if self.me.writes else c.FileLimits(),
            pbx=self.pbx,
        )

    async def set_presence(self, presence: c.Presence, reason: str) -> c.Me:
        await self.reach("set_presence")
        self.me = self.me.model_copy(update={"presence": presence, "reason": reason})
        self.stands(self.me.agent, presence=presence)
        return self.me

    def stands(self, agent: str, **changed: object) -> None:
        """A colleague, or the agent, stands otherwise."""
        colleague = self.directory[agent].model_copy(update=changed)
        self.directory[agent] = colleague
        self.tell(c.DirectoryEvent(colleagues=(colleague,)))

    async def card(self, contact: str) -> c.CardAnswer:
        await self.reach("card")
        return self._mine(contact).card

    async def script(self, contact: str, language: str) -> c.Script:
        await self.reach(f"script {language}")
        self._mine(contact)
        if not self.scripts:
            raise HubRefused("There is no script for this queue.")
        return self.scripts.get(language) or next(iter(self.scripts.values()))

    async def save_progress(self, contact: str, progress: c.ScriptProgress) -> None:
        await self.reach("save_progress")
        self._mine(contact)
        self.progress.append((contact, progress))

    async def save_note(self, contact: str, note: c.NoteDraft) -> None:
        await self.reach("save_note")
        self._mine(contact)
        self.notes.append((contact, note.text))

    async def wrap_up(self, contact: str, wrap_up: c.WrapUp, key: str) -> c.ContactRecord:
        await self.reach("wrap_up")
        self.keys.append(key)
        if self._asked_under.setdefault(key, wrap_up) != wrap_up:
            raise HubRefused("This Idempotency-Key was used for another wrap-up.")
        if wrap_up.missed:
            return self._missed(contact, wrap_up, key)
        if contact not in self.stored:
            self._mine(contact)
            self.stored[contact] = a_record(
                contact,
                note=wrap_up.note,
                disposition=wrap_up.disposition,
                customer=wrap_up.customer,
                wrapped_up_at=AT,
                voice=wrap_up.voice,
                script=wrap_up.script,
            )
            del self.contacts[contact]
            self.history_of.add(a_past_call(contact, note=wrap_up.note, disposition=wrap_up.disposition))
        return self.stored[contact]

    def _missed(self, contact: str, wrap_up: c.WrapUp, key: str) -> c.ContactRecord:
        """A note of a ring, which is another's contact or nobody's by now."""
        if contact not in self.rang:
            raise HubRefused("This contact is not yours.")
        if key not in self.missed:
            self.missed[key] = a_record(
                contact, note=wrap_up.note, disposition=wrap_up.disposition, wrapped_up_at=AT
            )
            if contact in self.dialled:
                self.history_of.add(a_past_call(contact, kind="dialled", ended=self.dialled[contact]))
            self.history_of.note(contact, wrap_up)
        return self.missed[key]

    async def history(self, asked: c.HistoryRequest) -> c.HistoryPage:
        await self.reach(f"history {asked.words}")
        page = self.history_of.page(asked)
        gate, self._slow_history = self._slow_history, None
        if gate is not None:
            await gate.wait()
        return page

    def _mine(self, contact: str) -> c.OpenContact:
        if contact not in self.contacts:
            raise HubRefused("This contact is not yours.")
        return self.contacts[contact]

    async def reach(self, request: str) -> None:
        """A request comes in, and is refused or not answered where a test says so."""
        self.asked.append(request)
        await self._gate.wait()
        if self._down:
            raise HubUnreachable("no answer")
        if request in self.refuse:
            raise HubRefused(self.refuse[request])
