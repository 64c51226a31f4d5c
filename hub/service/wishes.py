"""What the exchange should hold of each agent now, and when that becomes another by itself."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from hub.contract import Presence
from hub.domain.presence import Membership, wanted
from hub.service.desks import Desks
from hub.service.floor import Floor
from hub.service.reservations import REASON, Reservations
from hub.service.wrap_ups import WrapUps

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wish follows from what an agent chose, what they have in hand, whether their desk is there, and
    whether they are kept for a callback.
    """

    floor: Floor
    wrap_ups: WrapUps
    desks: Desks
    reservations: Reservations

    def of(self, agent: str) -> Membership | None:
        """How ``agent`` should stand in each of their queues; None while they never chose anything."""
        wish = self._without_callbacks(agent)
        call = self.reservations.held(agent)
        if wish is None or not _is_free(wish) or call is None or call.joined:
            return wish
        return Membership(member=True, paused=True, reason=REASON)

    def reserved(self, agent: str) -> str:
        """The queue in which ``agent`` is kept for one customer, from now on if that is their turn; or ""."""
        wish = self._without_callbacks(agent)
        call = self.reservations.take(agent) if wish is not None and _is_free(wish) else None
        return "" if call is None else call.callback.queue

    def _without_callbacks(self, agent: str) -> Membership | None:
        intent = self.floor.intent(agent)
        if intent is None:
            return None
        return wanted(intent, working=self.wrap_ups.busy(agent), lost=self.desks.lost(agent))

    def seconds_left(self) -> float | None:
        """Until a wish changes by itself; None: none does."""
        left = [one for one in (self.wrap_ups.seconds_left(), self.desks.seconds_left()) if one is not None]
        return min(left, default=None)

    def turned(self) -> set[str]:
        """Whose wish may be another since this was last asked, though nothing was told of them."""
        turned = {agent for agent in self.desks.turned() if self._ready(agent)}
        for agent in sorted(turned):
            log.info("desk", agent=agent, lost=self.desks.lost(agent))
        return self.wrap_ups.newly_over() | turned

    def _ready(self, agent: str) -> bool:
        intent = self.floor.intent(agent)
        return intent is not None and intent.presence is Presence.READY


def _is_free(wish: Membership) -> bool:
    return wish.member and not wish.paused
