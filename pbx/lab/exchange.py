"""The lab exchange without its sockets: what SIP shows moves the queues, what the queues decide is ordered.

A queued caller really calls: the queue tells them whom to dial, their phone sends the INVITE, and what the
proxy sees pass (ringing, answer, BYE, refusal) moves the queue. So the queue believes SIP, not the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from hub.ports.pbx import AgentOffered, OfferEnded, PbxEvent, QueueRow
from pbx.lab.calls import Answered, Change, Ended, Held
from pbx.lab.fields import Address
from pbx.lab.queue import Queues, QueueSettings
from pbx.lab.switch import Datagram, Switch
from pbx.lab.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Dial:
    """Tells a waiting caller to call ``agent`` now."""

    contact: str
    agent: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Tells a caller to give up the call it was told to make, if it has not ended by itself."""

    contact: str


Order: TypeAlias = Dial | Stop


class Exchange:
    """Switch and queues over one clock.

    ``publish`` gets every event, in order; ``order`` what a waiting caller is told. Both are called at once
    and must not block. What is asked of the queues raises ``pbx.lab.roster.QueueError``.
    """

    def __init__(
        self,
        address: Address,
        queues: Iterable[QueueSettings],
        clock: Callable[[], float],
        publish: Callable[[PbxEvent], None],
        order: Callable[[Order], None],
    ) -> None:
        self._clock = clock
        self._publish = publish
        self._order = order
        self._queues = Queues(queues, Timeline.starting(clock()))
        self._switch = Switch(address, clock, self._queues.contact_for, self._call_changed)

    def datagram(self, data: bytes, source: Address) -> Datagram | None:
        """Handle one datagram of SIP; what to send, if anything. Never raises."""
        return self._switch.datagram(data, source)

    def tick(self) -> None:
        """Do what is due: registrations and rings that ran out, members who rested long enough."""
        self._switch.expire()
        self._tell(self._queues.expire(self._clock()))
        self._settle()

    def enrol(self, user: str, password: str) -> None:
        """Let a user register with ``password``."""
        self._switch.enrol(user, password)

    def enter(self, queue: str, contact: str, number: str, name: str) -> None:
        """A caller begins to wait. ``contact`` is a new id, ``number`` is also their SIP user."""
        self._tell(self._queues.enter(queue, contact, number, name, self._clock()))
        self._settle()

    def hang_up(self, contact: str) -> None:
        """A caller is gone, whatever they were doing."""
        self._switch.forget(contact)
        self._tell(self._queues.hang_up(contact, self._clock()))
        self._settle()

    def join(self, queue: str, agent: str, *, paused: bool, reason: str) -> None:
        """Make an agent a member of a queue."""
        device, now = self._switch.device_state(agent), self._clock()
        self._tell(self._queues.members.join(queue, agent, now, paused=paused, reason=reason, device=device))
        self._settle()

    def leave(self, queue: str, agent: str) -> None:
        """Take an agent out of a queue."""
        self._tell(self._queues.members.leave(queue, agent, self._clock()))

    def pause(self, agent: str, *, paused: bool, reason: str) -> None:
        """Pause or unpause an agent in every queue."""
        self._tell(self._queues.members.pause(agent, self._clock(), paused=paused, reason=reason))
        self._settle()

    def rows(self) -> tuple[QueueRow, ...]:
        """How the queues stand."""
        return self._queues.rows(self._clock())

    def _call_changed(self, change: Change | None) -> None:
        if change is not None and change.call.contact:
            self._tell(self._moved(change))
        self._settle()

    def _moved(self, change: Change) -> list[PbxEvent]:
        contact, agent, now = change.call.contact, change.call.callee, self._clock()
        if isinstance(change, Answered):
            taken = self._queues.handed_on if change.call.handed_on else self._queues.answered
            return taken(contact, agent, now)
        if isinstance(change, Held):
            return self._queues.held(contact, agent, now, held="callee" in change.call.holding)
        if not isinstance(change, Ended) or change.by == "transfer":
            return []
        if change.by == "refused":
            return self._queues.refused(contact, agent, now)
        by = "agent" if change.by == "callee" else change.by
        return self._queues.ended(contact, agent, by, now)

    def _settle(self) -> None:
        """Bring members up to how their phones stand now, then offer."""
        now = self._clock()
        for agent in self._queues.members.agents():
            self._tell(self._queues.members.device(agent, self._switch.device_state(agent), now))
        self._tell(self._queues.offer(now))

    def _tell(self, events: Iterable[PbxEvent]) -> None:
        for event in events:
            self._publish(event)
            if isinstance(event, AgentOffered):
                self._order(Dial(event.contact, event.agent))
            elif isinstance(event, OfferEnded):
                self._order(Stop(event.contact))
