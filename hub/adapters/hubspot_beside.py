"""What stands beside a contact in HubSpot: tickets as matters, calls and notes as history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.adapters.crm_http import CrmHttp
from hub.adapters.crm_values import UNREAD_TICKETS, Draft, known, matter, newest, text
from hub.adapters.hubspot_wire import Properties, object_of, owners_of, past_of, results_of, stages_of
from hub.contract import Matter

_MOST_INPUTS = 100
"""Of a batch read."""
_STAGES_SECONDS = 600.0


@dataclass(slots=True)
class HubSpotBeside:
    """Asked for many contacts at once."""

    http: CrmHttp
    _stages: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _stages_until: float = 0.0

    async def add_tickets(self, drafts: Sequence[Draft]) -> None:
        """Those that are not closed. Raises ``CrmError``."""
        wanted = ("subject", "createdate", "hs_pipeline_stage")
        found, stages = await asyncio.gather(self._beside("tickets", wanted, drafts), self._known_stages())
        for draft in drafts:
            open_ones = [
                self._ticket(name, properties, stages)
                for name, properties in found.get(draft.customer, [])
                if stages.get(text(properties.get("hs_pipeline_stage")), ("", True))[1]
            ]
            draft.matters += known(open_ones, UNREAD_TICKETS, draft.missing)

    def _ticket(
        self, name: str, properties: Properties, stages: Mapping[str, tuple[str, bool]]
    ) -> Matter | None:
        stage = text(properties.get("hs_pipeline_stage"))
        status = stages.get(stage, (stage, True))[0]
        return matter(name, properties.get("subject"), properties.get("createdate"), status)

    async def _known_stages(self) -> Mapping[str, tuple[str, bool]]:
        if time.monotonic() >= self._stages_until:
            told = await self.http.ask("GET", "/crm/v3/pipelines/tickets")
            self._stages = dict(stages_of(results_of(told)))
            self._stages_until = time.monotonic() + _STAGES_SECONDS
        return self._stages

    async def add_history(self, drafts: Sequence[Draft]) -> None:
        """Calls and notes, the newest. Raises ``CrmError``."""
        calls, notes = await asyncio.gather(
            self._beside("calls", ("hs_timestamp", "hs_call_title", "hs_call_body"), drafts),
            self._beside("notes", ("hs_timestamp", "hs_note_body"), drafts),
        )
        for draft in drafts:
            own = [*calls.get(draft.customer, []), *notes.get(draft.customer, [])]
            draft.history += newest(past_of(properties) for _name, properties in own)

    async def _beside(
        self, kind: str, properties: Sequence[str], drafts: Sequence[Draft]
    ) -> dict[str, list[tuple[str, Properties]]]:
        """By contact the objects of ``kind`` that belong to it: the newest, which have the largest ids."""
        inputs = [{"id": draft.customer} for draft in drafts]
        told = await self.http.ask(
            "POST", f"/crm/v4/associations/contacts/{kind}/batch/read", {"inputs": inputs}
        )
        owners = dict(owners_of(results_of(told)))
        wanted = sorted(owners, key=lambda name: (len(name), name), reverse=True)[:_MOST_INPUTS]
        if not wanted:
            return {}
        body = {"inputs": [{"id": name} for name in wanted], "properties": list(properties)}
        found = results_of(await self.http.ask("POST", f"/crm/v3/objects/{kind}/batch/read", body))
        by_owner: dict[str, list[tuple[str, Properties]]] = {}
        for name, read in map(object_of, found):
            for owner in owners.get(name, ()):
                by_owner.setdefault(owner, []).append((name, read))
        return by_owner
