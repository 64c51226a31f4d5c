"""Listening in as Asterisk does it: a call to the trainer that ends in ChanSpy (listening.conf).

The trainer's leg is a Local channel into ``listening-phones``, which writes out whose phones there are. Which
channel is heard is told by the hub's own knowledge of the talk, whole and never a prefix.
"""

from __future__ import annotations

import re
from datetime import datetime

from hub.adapters.ami_wire import Message
from hub.contract import ListenMode
from hub.ports.listening import PREFIX, ListeningCall, ListeningEnded, ListeningHeard
from hub.ports.pbx import PbxRefused

_ID = re.compile(PREFIX + "[0-9a-f]{32}")
_TOKEN = re.compile("[0-9a-f]{32}")
_EXTENSION = re.compile("[0-9]{1,32}")
_CHANNEL = re.compile("PJSIP/[0-9]{1,32}-[0-9a-f]+")
_TOLD = "MokedListening"
_CONTEXT = "listening"
_LONGEST_MILLISECONDS = 20_000
"""The dialplan ends the ringing before."""


def originate(call: ListeningCall, channel: str) -> dict[str, str]:
    """The fields of the action; ``channel`` is the agent's. Raises ``PbxRefused``."""
    if not _CHANNEL.fullmatch(channel):
        raise PbxRefused("the agent does not talk in such a call")
    fields = ((call.id, _ID), (call.token, _TOKEN), (call.trainer, _EXTENSION), (call.agent, _EXTENSION))
    if not all(allowed.fullmatch(value) for value, allowed in fields):
        raise PbxRefused("a call to a trainer that is not as it should be")
    variables = {"MOKED_HEARD": channel, "MOKED_LISTENING": call.id, "__MOKED_TOKEN": call.token}
    return {
        "Channel": f"Local/{call.trainer}@listening-phones/n",
        "ChannelId": call.id,
        **_place(call.mode),
        "CallerID": call.agent,
        "Timeout": str(_LONGEST_MILLISECONDS),
        "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
        "Async": "true",
    }


def redirect(call: str, mode: ListenMode) -> dict[str, str]:
    """The fields of the action that has the call with this id go on as ``mode``. Raises ``PbxRefused``."""
    return {**hang_up(call), **_place(mode)}


def hang_up(call: str) -> dict[str, str]:
    """The fields of the action that ends the call with this id. Raises ``PbxRefused``."""
    if not _ID.fullmatch(call):
        raise PbxRefused("that is no call in which anybody listens")
    return {"Channel": call}


def told(message: Message, at: datetime) -> ListeningHeard | ListeningEnded | None:
    """What the message tells of such a call, if it does."""
    if message.get("Event") == "Hangup" and _ID.fullmatch(message.get("Uniqueid", "")):
        return ListeningEnded(message["Uniqueid"], at)
    call, mode = message.get("Listening", ""), message.get("Mode", "")
    if message.get("UserEvent") != _TOLD or not _ID.fullmatch(call) or mode not in set(ListenMode):
        return None
    return ListeningHeard(call, ListenMode(mode), at)


def _place(mode: ListenMode) -> dict[str, str]:
    return {"Context": _CONTEXT, "Exten": mode.value, "Priority": "1"}
