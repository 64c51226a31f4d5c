"""What the profile's announcements tell of themselves: a caller heard their place (announcements.conf)."""

from __future__ import annotations

from datetime import datetime

from hub.adapters.ami_fields import NotOurs, contact_of, number, queue_of
from hub.adapters.ami_wire import Message
from hub.ports.pbx import CallerTold

_TOLD = "MokedTold"


def told(message: Message, at: datetime) -> CallerTold | None:
    """The announcement that the message tells of, if any."""
    if message.get("Event") != "UserEvent" or message.get("UserEvent") != _TOLD:
        return None
    try:
        contact = contact_of({"Uniqueid": message.get("Contact", "")})
    except NotOurs:
        return None
    place, minutes = int(number(message, "Place")), int(number(message, "Minutes"))
    return CallerTold(queue_of(message), contact, place, minutes, at)
