"""How the agents of the centre stand, for who leads them."""

from __future__ import annotations

from datetime import datetime

from hub.contract.agents import MemberView, Presence
from hub.contract.base import Model


class AgentStanding(Model):
    """One agent: what they chose, how the exchange has them, and whether a desk of theirs is there.

    Who is ready and has been without a desk for too long is paused there as ``no desk``.
    """

    agent: str
    name: str
    presence: Presence
    reason: str = ""
    presence_since: datetime | None = None
    desk: bool
    members: tuple[MemberView, ...] = ()
