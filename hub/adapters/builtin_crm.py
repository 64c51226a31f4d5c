"""The built-in CRM: customers in the hub's own database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import Card, CardField, Matter, PastContact
from hub.db.customers import CustomerStore, Found
from hub.ports.crm import CrmDown


@dataclass(frozen=True, slots=True)
class BuiltinCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``agents`` names agents by id, for the hub's own contacts."""

    store: CustomerStore
    agents: Mapping[str, str]

    async def find(self, number: str) -> tuple[Card, ...]:
        """The customers who have ``number``."""
        try:
            found = await self.store.with_number(number)
        except SQLAlchemyError as error:
            raise CrmDown("the customer database does not answer") from error
        return tuple(self._card(customer) for customer in found)

    async def named(self, typed: str) -> tuple[Card, ...]:
        """The customers whose id, or a matter of theirs, has these digits."""
        try:
            found = await self.store.with_digits(typed)
        except SQLAlchemyError as error:
            raise CrmDown("the customer database does not answer") from error
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
            fields=tuple(CardField(label=label, value=value) for label, value in row["fields"]),
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
