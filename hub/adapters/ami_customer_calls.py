"""Calls to customers as Asterisk makes them: AMI's Originate into the profile's contexts (callbacks.conf).

The customer's leg is a Local channel into ``callback-customer``, which knows whom the centre may call; what
answers goes on in ``callback-answered``. Nothing but digits and words of ours is in the action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from hub.adapters.ami_wire import Message
from hub.ports.pbx import CallEnd, CustomerCall, CustomerCallEnded, PbxRefused

_CONTACT = re.compile(r"callback-[0-9a-f]{32}")
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "contact": _CONTACT,
    "number": re.compile(r"\+[1-9][0-9]{6,14}"),
    "queue": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "entry": re.compile(r"\+?[0-9*#]{1,32}"),
    "language": re.compile(r"[a-z]{2}"),
}
_LONGEST_MILLISECONDS = 180_000
"""The dialplan ends the ringing long before."""
_ENDS: Mapping[str, CallEnd] = {
    "16": CallEnd.HUNG_UP,
    "17": CallEnd.BUSY,
    "18": CallEnd.NO_ANSWER,
    "19": CallEnd.NO_ANSWER,
    "21": CallEnd.BUSY,
}
"""Q.850 causes."""


def originate(call: CustomerCall) -> dict[str, str]:
    """The fields of the action. Raises ``PbxRefused`` for what would be more than it says."""
    for name, allowed in _FIELDS.items():
        if not allowed.fullmatch(getattr(call, name)):
            raise PbxRefused(f"a call to a customer with no usable {name}")
    variables = {
        "MOKED_NUMBER": call.number,
        "MOKED_QUEUE": call.queue,
        "__MOKED_ENTRY": call.entry,
        "MOKED_LANGUAGE": call.language,
        "MOKED_PLACE": str(call.place),
    }
    return {
        "Channel": f"Local/{call.number}@callback-customer/n",
        "ChannelId": call.contact,
        "Context": "callback-answered",
        "Exten": "s",
        "Priority": "1",
        "Timeout": str(_LONGEST_MILLISECONDS),
        "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
        "Async": "true",
    }


def ended(message: Message, at: datetime) -> CustomerCallEnded | None:
    """The end of a call to a customer, if the message tells one."""
    contact = message.get("Uniqueid", "")
    if message.get("Event") != "Hangup" or not _CONTACT.fullmatch(contact):
        return None
    return CustomerCallEnded(contact, _ENDS.get(message.get("Cause", ""), CallEnd.FAILED), at)
