"""The built-in CRM: customers in the hub's own database.

The hub's own contacts are in that database, and on the card, without being logged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.adapters.crm_fields import field_of
from hub.adapters.crm_words import words_of
from hub.contract import Card, Matter, PastContact
from hub.db.customers import CustomerRow, CustomerStore, Found, MatterRow, PastRow
from hub.ports.crm import CrmBusy, CrmDown, CrmRefused, LoggedContact, NewCustomer, NoSuchCustomer, Note, Task

_Answer = TypeVar("_Answer")
_REFERENCE = 64
_LONGEST_NAME = 200
_ID_SIGNS = 12


@dataclass(frozen=True, slots=True)
class BuiltinCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``agents`` names agents by id, for the hub's own contacts."""

    takes_notes: ClassVar[bool] = True
    takes_tasks: ClassVar[bool] = True
    store: CustomerStore
    agents: Mapping[str, str]
    creates: bool = True

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers who have ``number``, always whole: the database is the hub's."""
        return self._cards(await _asked(self.store.with_number(number)))

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers whose id, or a matter of theirs, has these digits."""
        return self._cards(await _asked(self.store.with_digits(typed)))

    async def search(self, name: str) -> tuple[Card, ...]:
        """By each word of the name."""
        return self._cards(await _asked(self.store.with_words(name.split())))

    async def card(self, customer: str) -> Card | None:
        """By id."""
        cards = self._cards(await _asked(self.store.with_id(customer)))
        return cards[0] if cards else None

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """As a past contact."""
        past = PastRow(customer, contact.at, "call", clean(words_of(contact), limit=1000), contact.agent)
        return await self._put(customer, past, key)

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """As a past contact without a call."""
        past = PastRow(customer, note.at, "note", clean(note.text, limit=1000), note.agent)
        return await self._put(customer, past, key)

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """As an open matter, until its queue has talked with the customer; the key is its reference."""
        title = clean(f"{task.title}: {task.text}" if task.text else task.title, limit=300)
        due = f"due {task.due:%Y-%m-%d}"
        matter = MatterRow(customer, key[:_REFERENCE], title, task.at, due, task.queue)
        return await self._put(customer, matter, key)

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        """The id is made of the key, so the same key is the same customer."""
        if not self.creates:
            raise CrmRefused("The settings do not let customers be created")
        name = clean(customer.name, limit=_LONGEST_NAME)
        language = "he" if any("\u0590" <= sign <= "\u05ff" for sign in name) else "en"
        made = _made_of(key)
        numbers = (customer.number,) if customer.number else ()
        await _asked(self.store.put((CustomerRow(made, name, language, numbers),)))
        return made

    async def created(self, key: str) -> str | None:
        """By the id that is made of the key."""
        made = _made_of(key)
        return made if await _asked(self.store.with_id(made)) else ""

    async def close(self) -> None:
        """The database is the hub's."""

    async def _put(self, customer: str, row: PastRow | MatterRow, key: str) -> str:
        """Raises ``CrmBusy`` where the database does not answer: the same again replaces its own row."""
        past, open_matters = ((row,), ()) if isinstance(row, PastRow) else ((), (row,))
        try:
            if not await _asked(self.store.with_id(customer)):
                raise NoSuchCustomer("There is no such customer")
            await _asked(self.store.put((), open_matters, past))
        except CrmDown as error:
            raise CrmBusy(str(error)) from error
        return key

    def _cards(self, found: tuple[Found, ...]) -> tuple[Card, ...]:
        return tuple(self._card(customer) for customer in found)

    async def healthy(self) -> bool:
        """Whether the database answers."""
        try:
            await self.store.count()
        except SQLAlchemyError:
            return False
        return True

    def _card(self, found: Found) -> Card:
        row = found.customer
        return Card(
            customer=row["id"],
            name=row["name"],
            language="he" if row["language"] == "he" else "en",
            numbers=found.numbers,
            segment=row["segment"],
            personal_agent=row["facts"].get("personal_agent", ""),
            city=row["city"],
            fields=tuple(field_of(label, value) for label, value in row["fields"]),
            matters=tuple(
                Matter(
                    reference=matter["reference"],
                    title=matter["title"],
                    opened=matter["opened"],
                    status=matter["status"],
                )
                for matter in found.matters
            ),
            history=tuple(
                PastContact(
                    at=past["at"],
                    channel=past["channel"],
                    summary=clean(past["summary"], limit=300),
                    agent=self.agents.get(past["agent"], past["agent"]),
                )
                for past in found.history
            ),
            facts=_facts(found),
        )


def _made_of(key: str) -> str:
    return f"N-{hashlib.sha256(key.encode()).hexdigest()[:_ID_SIGNS]}"


async def _asked(answer: Awaitable[_Answer]) -> _Answer:
    """Raises ``CrmDown`` where the database does not answer."""
    try:
        return await answer
    except SQLAlchemyError as error:
        raise CrmDown("the customer database does not answer") from error


def _facts(found: Found) -> dict[str, str]:
    """What scripts may ask and fill in: the customer's own facts and a few that every card has."""
    row = found.customer
    facts = {
        "customer": row["id"],
        "name": row["name"],
        "first_name": row["name"].partition(" ")[0],
        "segment": row["segment"],
        "city": row["city"],
    }
    if found.matters:
        facts["matter"] = found.matters[0]["reference"]
        facts["matter_title"] = found.matters[0]["title"]
    return {name: value for name, value in {**facts, **row["facts"]}.items() if value}
