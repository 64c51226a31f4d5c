"""An agent's own contacts of before, looked through by name, number or own note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from hub.contract import DialEnd, HistoryPage, HistoryRequest, PastCall
from hub.db.contacts import ContactStore
from hub.db.history import HistoryStore, PastVisit
from hub.db.outbox import OutboxStore
from hub.domain.callbacks import is_called_back
from hub.domain.contacts import State
from hub.domain.history import Place, read_place, sought, told_place
from hub.domain.outbox import Message
from hub.domain.outbox import State as OutboxState
from hub.refusals import NotStored, Unprocessable
from hub.service.crm_log import key_of
from hub.service.floor import Floor
from hub.service.roster import Roster

Ended = (
    Literal["caller", "agent", "transfer", "unknown", "abandoned", "elsewhere", "left", "waiting"] | DialEnd
)

_BY: dict[str, Ended] = {
    "caller": "caller",
    "agent": "agent",
    "transfer": "transfer",
    "busy": "busy",
    "no_answer": "no_answer",
    "failed": "failed",
}
_BECAME: dict[State, Ended] = {
    State.WAITING: "waiting",
    State.TALKING: "elsewhere",
    State.WRAP_UP: "elsewhere",
    State.DONE: "elsewhere",
    State.ABANDONED: "abandoned",
    State.LEFT: "left",
}
_LACKS: dict[OutboxState, Literal["waiting", "given_up", "unknown"]] = {
    OutboxState.WAITING: "waiting",
    OutboxState.SENDING: "waiting",
    OutboxState.GIVEN_UP: "given_up",
    OutboxState.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class History:
    """Each agent's own alone. Raises ``hub.refusals.Refusal``. ``country`` reads numbers that are typed."""

    roster: Roster
    floor: Floor
    contacts: ContactStore
    store: HistoryStore
    outbox: OutboxStore
    country: str

    async def page(self, agent: str, asked: HistoryRequest) -> HistoryPage:
        """One page. What the hub knows already is in it: it waits until that is stored."""
        before = _place(asked.before)
        what = sought(asked.words, self.country)
        ringing = [one.id for one in self.floor.in_hands(agent) if one.ring_at(agent)]
        try:
            await self.contacts.caught_up()
            found = await self.store.of(agent, what, before, asked.limit + 1, ringing)
            unsent = await self.outbox.unsent([key_of(one.contact, one.visit) for one in found])
        except SQLAlchemyError as error:
            raise NotStored("The hub's database does not answer; try again.") from error
        shown = found[: asked.limit]
        more = told_place(shown[-1].place) if len(found) > len(shown) else ""
        return HistoryPage(calls=tuple(self._call(one, agent, unsent) for one in shown), next=more)

    def _call(self, had: PastVisit, agent: str, unsent: Mapping[str, Message]) -> PastCall:
        lacks = unsent.get(key_of(had.contact, had.visit)) if had.kind == "answered" else None
        return PastCall(
            contact=had.contact,
            visit=had.visit,
            at=had.at,
            kind=had.kind,
            called=is_called_back(had.contact),
            queue=had.queue,
            queue_title=self.roster.title(had.queue, self.roster.agents[agent].language),
            number=had.number,
            name=had.name,
            customer=had.customer,
            waited=had.waited,
            talked=had.talked,
            held=had.held,
            ended=_BECAME[had.state] if had.kind == "missed" else _BY.get(had.ended_by, "unknown"),
            note=had.note,
            disposition=had.disposition,
            crm=_LACKS[lacks.state] if lacks else "",
            crm_words=lacks.words if lacks else "",
        )


def _place(told: str) -> Place | None:
    try:
        return read_place(told) if told else None
    except ValueError:
        raise Unprocessable("The list does not go on there; read it again from its beginning.") from None
