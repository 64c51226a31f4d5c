"""Single fields of AMI messages in the port's words: cleaned, and only what can be ours."""

from __future__ import annotations

import re

from edge.text import clean
from hub.adapters.ami_wire import Message

_INTERFACE = re.compile(r"PJSIP/([0-9]{1,32})")
_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,128}")
_NOT_IN_NUMBERS = re.compile(r"[^0-9+]")
_LONGEST_NUMBER = 32
_TOO_MUCH = 1e9
_UNKNOWN = "<unknown>"


class NotOurs(Exception):
    """The message is about a member that is no agent, or names no contact."""


def queue_of(m: Message) -> str:
    """The queue's name."""
    return clean(m.get("Queue"), limit=64)


def contact_of(m: Message) -> str:
    """The caller's channel. Raises ``NotOurs`` when none is named."""
    contact = m.get("Uniqueid", "")
    if not _CONTACT.fullmatch(contact):
        raise NotOurs
    return contact


def contact_if_told(m: Message) -> str:
    """Empty when Asterisk had forgotten the caller's channel by the time it spoke of the agent's."""
    return contact_of(m) if "Uniqueid" in m else ""


def agent_of(m: Message) -> str:
    """The member's extension. Raises ``NotOurs`` when the member is no agent."""
    found = _INTERFACE.fullmatch(m.get("Interface") or m.get("Location", ""))
    if found is None:
        raise NotOurs
    return found.group(1)


def caller_number(m: Message) -> str:
    """The caller's number: digits and plus signs, empty when withheld."""
    return _NOT_IN_NUMBERS.sub("", m.get("CallerIDNum", ""))[:_LONGEST_NUMBER]


def caller_name(m: Message) -> str:
    """The caller's name, empty when there is none."""
    name = m.get("CallerIDName", "")
    return "" if name == _UNKNOWN else clean(name)


def number(m: Message, key: str) -> float:
    """A quantity that cannot be negative; 0 where Asterisk sent none or nonsense."""
    try:
        value = float(m.get(key, ""))
    except ValueError:
        return 0.0
    return value if 0.0 <= value < _TOO_MUCH else 0.0
