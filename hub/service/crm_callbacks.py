"""What the company's CRM is told of callbacks, by the outbox: a note of what an agent promised, another where
it is taken back, and a task where nobody was reached, for somebody has to act.

Each is stored with what it follows from, in one transaction. What a caller asked for by a key is in no note:
they keep a place for minutes, or wait again and keep none. Where they are not reached it is a task as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from centre.texts import Language
from hub.domain.callbacks import Callback, State
from hub.domain.outbox import CRM, STUCK, Message
from hub.ports.crm import Note, Task
from hub.service.callback_words import CallbackWords
from hub.service.crm_messages import aliases_of, content_of, of_number
from hub.service.outbox import Outbox
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class CrmCallbacks:
    """``notes`` and ``tasks``: whether the CRM takes them. What it does not take is put into no outbox."""

    outbox: Outbox
    roster: Roster
    zone: ZoneInfo
    notes: bool
    tasks: bool
    _hindered: dict[str, Message] = field(default_factory=dict)
    """By callback the note of its promise that a try did not bring into the CRM."""

    async def restore(self, callbacks: Collection[str]) -> None:
        """What hinders the notes of ``callbacks``, which the last hub left.

        Raises ``sqlalchemy.exc.SQLAlchemyError``.
        """
        unsent = await self.outbox.store.unsent([key_of_promise(one) for one in callbacks])
        for message in unsent.values():
            self.follow(message)

    def hindered(self, callback: str) -> Message | None:
        """The note of its promise, where a try did not bring it into the CRM."""
        return self._hindered.get(callback)

    def follow(self, message: Message) -> bool:
        """Learn how ``message`` stands; whether what hinders a promise's note is another now."""
        name = message.contact
        if message.id != key_of_promise(name):
            return False
        before = self._hindered.pop(name, None)
        if message.state in STUCK or (message.words and not message.ended):
            self._hindered[name] = message
        after = self._hindered.get(name)
        return (before and (before.state, before.words)) != (after and (after.state, after.words))

    def forget(self, callback: str) -> None:
        """It has ended."""
        self._hindered.pop(callback, None)

    def of_promise(self, callback: Callback) -> Message | None:
        """What is to be written of one that is promised."""
        return self._note(callback, "promised", callback.made_by)

    def of_end(self, callback: Callback, by: str = "") -> Message | None:
        """The same as it stands now, which the agent ``by`` brought about, if any: of its bad ends alone."""
        match callback.state:
            case State.CANCELLED:
                return self._note(callback, "cancelled", by)
            case State.FAILED:
                return self._task(callback)
        return None

    def stored(self) -> None:
        """It is in the database."""
        self.outbox.stored()

    def _note(self, callback: Callback, what: Literal["promised", "cancelled"], agent: str) -> Message | None:
        if not (self.notes and callback.made_by):
            return None
        words = self._words(callback)
        text = words.promised if what == "promised" else words.cancelled
        note = Note(self.outbox.now(), self._name(agent), text)
        return self._message(callback, _key(callback.id, what), note)

    def _task(self, callback: Callback) -> Message | None:
        if not self.tasks:
            return None
        now, words = self.outbox.now(), self._words(callback)
        task = Task(now, now, words.title, words.failed, callback.queue)
        return self._message(callback, _key(callback.id, "failed"), task)

    def _message(self, callback: Callback, key: str, what: Note | Task) -> Message:
        now, recipient = self.outbox.now(), _whose(callback)
        return Message(
            id=key,
            channel=CRM,
            recipient=recipient,
            content=content_of(what),
            contact=callback.id,
            made_at=now,
            at=now,
            aliases=aliases_of(recipient, callback.numbers),
        )

    def _words(self, callback: Callback) -> CallbackWords:
        """In the language of who promised it; of what a caller asked for, in the caller's."""
        agent = self.roster.agents.get(callback.made_by)
        spoken: Language = "he" if callback.language == "he" else "en"
        language = agent.language if agent else spoken
        queue = self.roster.title(callback.queue, language)
        return CallbackWords(callback, language, queue, self._name(callback.made_by), self.zone)

    def _name(self, agent: str) -> str:
        found = self.roster.agents.get(agent)
        return found.name if found else agent


def _whose(callback: Callback) -> str:
    """The customer, or the number where it was promised to that alone."""
    number = callback.customer in callback.numbers
    return of_number(callback.customer) if number else callback.customer


def _key(callback: str, what: str) -> str:
    return hashlib.sha256(f"{CRM} callback {callback} {what}".encode()).hexdigest()[:32]


def key_of_promise(callback: str) -> str:
    """Of what the CRM is told of a promise: once for each."""
    return _key(callback, "promised")
