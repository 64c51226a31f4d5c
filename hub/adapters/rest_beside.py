"""What stands beside a customer in any CRM: matters and history, as the settings describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub.adapters.crm_details import Read
from hub.adapters.crm_http import CrmHttp
from hub.adapters.crm_values import MOST_HISTORY, UNREAD_MATTERS, Draft, known, matter, newest, past, several
from hub.adapters.rest_pages import look, pages
from hub.contract import Matter, PastContact
from hub.crm_settings import HistoryLookup, Lookup, MatterLookup, RestSettings


@dataclass(frozen=True, slots=True)
class RestBeside:
    """``own`` is each customer's own record, by their id."""

    settings: RestSettings
    http: CrmHttp
    own: Mapping[str, object]

    def reads(self) -> dict[str, Read]:
        """Those that the settings describe."""
        reads: dict[str, Read] = {}
        if self.settings.matters:
            reads["open matters"] = partial(self._add_matters, self.settings.matters)
        if self.settings.history:
            reads["earlier contacts"] = partial(self._add_history, self.settings.history)
        return reads

    async def _add_matters(self, asked: MatterLookup, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            found = await self._of(asked, draft)
            draft.matters += known((_matter(asked, one) for one in found), UNREAD_MATTERS, draft.missing)

    async def _add_history(self, asked: HistoryLookup, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            found = await self._of(asked, draft)
            draft.history += newest(_past(asked, one) for one in found)

    async def _of(self, asked: Lookup, draft: Draft) -> list[Any]:
        """From the customer's own record, or by a question of its own."""
        if not asked.path:
            return several(look(asked.items, self.own[draft.customer]))[:MOST_HISTORY]
        return await pages(self.http, asked, {"customer": draft.customer}, MOST_HISTORY)


def _matter(asked: MatterLookup, one: object) -> Matter | None:
    return matter(*(look(place, one) for place in (asked.reference, asked.title, asked.opened, asked.status)))


def _past(asked: HistoryLookup, one: object) -> PastContact | None:
    return past(*(look(place, one) for place in (asked.at, asked.channel, asked.summary, asked.agent)))
