"""What the exchange should hold of an agent, from what the agent chose and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.contract import Presence

WRAP_UP = "wrap-up"
"""The named automatic pause: a wrapping agent gets no call."""

NO_DESK = "no desk"
"""The same of an agent whose desk is gone for too long: the card of a call would come to nobody."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the agent chose and when, kept over restarts of desk and hub."""

    presence: Presence = Presence.OFFLINE
    reason: str = ""
    since: datetime | None = None
    """None before the first choice."""


@dataclass(frozen=True, slots=True)
class Membership:
    """How an agent should stand in each of their queues."""

    member: bool
    paused: bool = False
    reason: str = ""


def wanted(intent: Intent, *, working: bool, lost: bool) -> Membership:
    """The membership that fits ``intent``; ``working``: the agent talks with a customer or owes a wrap-up;
    ``lost``: their desk is gone for too long.

    The wrap-up pause begins with the talk, not after it: between the end of a talk and a pause sent then, the
    exchange would have time to offer the next caller.
    """
    match intent.presence:
        case Presence.OFFLINE:
            return Membership(member=False)
        case Presence.AWAY:
            return Membership(member=True, paused=True, reason=intent.reason)
        case Presence.READY if lost:
            return Membership(member=True, paused=True, reason=NO_DESK)
        case Presence.READY if working:
            return Membership(member=True, paused=True, reason=WRAP_UP)
        case Presence.READY:
            return Membership(member=True)
