"""What the agent can do with the phone: with the calls that are open, and with those that were missed."""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from sip.events import CallId


@message
class Answer:
    """Answer the call that rings; the one being talked in is put on hold first."""


@message
class HangUp:
    """End the active call; while it rings here, decline it. After a consultation the first call goes on."""


@message
class ToggleHold:
    """Hold the active call, or take it off hold."""


@message
class ToggleMute:
    """Shut or open the microphone in the active call."""


@message
class Swap:
    """Hold the active call and go on with the other one."""


@message
class SelectCall:
    """Make a call the active one."""

    call: CallId


@message
class Transfer:
    """Blind transfer of the active call to a number."""

    target: str


@message
class AttendedTransfer:
    """Join the customer with the colleague who was asked, and leave both calls."""


@message
class Merge:
    """Talk in both calls at once: three hear each other."""


@message
class Part:
    """Go on with the active one of two merged calls; the other is held."""


@message
class SendKeys:
    """Send ``0-9*#`` in the active call."""

    digits: str


@message
class Dial:
    """Call a number."""

    number: str


@message
class CallBack:
    """Call the newest missed caller, who is then missed no longer."""


@message
class ClearMissed:
    """The agent has seen the missed calls."""


OfCalls: TypeAlias = (
    Answer
    | HangUp
    | ToggleHold
    | ToggleMute
    | Swap
    | SelectCall
    | Transfer
    | AttendedTransfer
    | Merge
    | Part
    | SendKeys
    | Dial
    | CallBack
    | ClearMissed
)
