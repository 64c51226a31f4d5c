"""Calls that agents dialled by hand and that nobody answered: the Hangup of an agent's own channel that never
left the state Ring (ChannelState 4), in the profile's context ``from-agents``.

A channel that the exchange rings is Ringing (5) instead, and one that was answered Up (6). Where a number is
outside the dialplan (404) there is no channel, and nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from hub.adapters.ami_fields import NotOurs, contact_of
from hub.adapters.ami_wire import Message
from hub.ports.pbx import CallEnd, DialFailed

_AGENTS_CHANNEL = re.compile(r"PJSIP/([0-9]{1,32})-[0-9a-f]+")
_NUMBER = re.compile(r"\+?[0-9*#]{1,64}")
_RING = "4"
_CONTEXT = "from-agents"
_ENDS: Mapping[str, CallEnd] = {
    "0": CallEnd.NO_ANSWER,
    "16": CallEnd.NO_ANSWER,
    "17": CallEnd.BUSY,
    "18": CallEnd.NO_ANSWER,
    "19": CallEnd.NO_ANSWER,
    "21": CallEnd.BUSY,
    "127": CallEnd.NO_ANSWER,
}
"""Q.850 causes. The agent gave up at 16, 127 and 0."""


def failed(message: Message, at: datetime) -> DialFailed | None:
    """The end of a call that an agent dialled in vain, if the message tells one."""
    agent = _AGENTS_CHANNEL.fullmatch(message.get("Channel", ""))
    number = message.get("Exten", "")
    rang = message.get("Event") == "Hangup" and message.get("ChannelState") == _RING
    if not rang or message.get("Context") != _CONTEXT or agent is None or not _NUMBER.fullmatch(number):
        return None
    end = _ENDS.get(message.get("Cause", ""), CallEnd.FAILED)
    try:
        return DialFailed(contact_of(message), agent.group(1), number, end, at)
    except NotOurs:
        return None
