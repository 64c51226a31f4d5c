"""Who talks with callers of queues, read from the list of all channels: QueueStatus names only who waits.

Of a talk Asterisk shows two channels in one bridge: the caller's, which is in the application Queue, and the
agent's. It tells no moment of the answer, but the whole wait (``QEHOLDTIME``, by ``setqueueentryvar`` of
queues.conf) and the age of both channels; and of each channel whether the other end has it on hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hub.adapters.ami_fields import NotOurs, caller_name, caller_number, contact_of, number
from hub.adapters.ami_wire import Message, variable
from hub.ports.pbx import TalkingCaller

_WAITED = "QEHOLDTIME"
_ON_HOLD = "CHANNEL(onhold)"
ASKED = f"{_WAITED},{_ON_HOLD}"
"""The channel variables to ask ``Status`` for."""

_AGENTS_CHANNEL = re.compile(r"PJSIP/([0-9]{1,32})-[0-9a-f]+")


def talks(channels: Sequence[Message]) -> dict[str, list[TalkingCaller]]:
    """The answer to ``Status`` as talks by queue, in Asterisk's order."""
    agents = {bridge: (agent, channel) for bridge, agent, channel in agents_channels(channels)}
    found: dict[str, list[TalkingCaller]] = {}
    for caller in channels:
        in_talk = agents.get(caller.get("BridgeID", ""))
        if caller.get("Application") != "Queue" or in_talk is None:
            continue
        try:
            talk = _talk(caller, *in_talk)
        except NotOurs:
            continue
        found.setdefault(caller.get("Data", "").partition(",")[0], []).append(talk)
    return found


def agents_channels(channels: Sequence[Message]) -> Iterator[tuple[str, str, Message]]:
    """Bridge, agent and channel of whoever could be an agent that talks."""
    for channel in channels:
        named = _AGENTS_CHANNEL.fullmatch(channel.get("Channel", ""))
        bridge = channel.get("BridgeID", "")
        if named and bridge and channel.get("Application") != "Queue":
            yield bridge, named.group(1), channel


def _talk(caller: Message, agent: str, agents_channel: Message) -> TalkingCaller:
    age, agents_age = number(caller, "Seconds"), number(agents_channel, "Seconds")
    told = number(caller, variable(_WAITED)) if caller.get(variable(_WAITED)) else None
    wait = max(0.0, age - agents_age) if told is None else told
    return TalkingCaller(
        contact=contact_of(caller),
        number=caller_number(caller),
        name=caller_name(caller),
        agent=agent,
        waited=wait,
        # a caller who chose from a menu first is older than wait and talk together
        talked=min(agents_age, max(0.0, age - wait)),
        held=caller.get(variable(_ON_HOLD)) == "1",
    )
