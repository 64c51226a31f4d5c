"""A contact of HubSpot as a customer: which properties are asked for, and where they stand on the card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.adapters.crm_fields import fields_of, names_of
from hub.adapters.crm_values import Draft, numbers_of, text
from hub.adapters.hubspot_wire import object_of
from hub.crm_settings import HubSpotSettings
from hub.ports.crm import CrmGarbled

_PROPERTIES = ("firstname", "lastname", "phone", "mobilephone", "city", "hs_language")


@dataclass(frozen=True, slots=True)
class HubSpotContacts:
    """``country`` reads numbers without a country code."""

    settings: HubSpotSettings
    country: str

    def properties(self) -> tuple[str, ...]:
        """What is asked for."""
        chosen = self.settings
        own = (chosen.customer_number, chosen.segment, chosen.personal_agent, *names_of(chosen.fields))
        return tuple(dict.fromkeys((*_PROPERTIES, *(name for name in own if name))))

    def drafts(self, found: Iterable[object]) -> list[Draft]:
        """Those that have an id. Raises ``CrmGarbled`` where none has."""
        listed = list(found)
        read = [draft for one in listed if (draft := self._draft(one)) is not None]
        if listed and not read:
            raise CrmGarbled("HubSpot answers with contacts that have no id")
        return read

    def _draft(self, found: object) -> Draft | None:
        name, properties = object_of(found)
        if not name:
            return None
        chosen = self.settings
        names = (text(properties.get("firstname")), text(properties.get("lastname")))
        facts = {"customer_number": properties.get(chosen.customer_number or "")}
        return Draft(
            customer=name,
            name=" ".join(part for part in names if part),
            numbers=[properties.get("mobilephone"), properties.get("phone")],
            language=properties.get("hs_language"),
            segment=properties.get(chosen.segment or ""),
            personal_agent=properties.get(chosen.personal_agent or ""),
            city=properties.get("city"),
            fields=fields_of(chosen.fields, properties.get),
            facts=facts,
        )

    def has(self, draft: Draft, number: str) -> bool:
        """Not another country's number with the same digits. What cannot be read is believed to HubSpot."""
        readable = numbers_of(draft.numbers, self.country)
        return not readable or number in readable
