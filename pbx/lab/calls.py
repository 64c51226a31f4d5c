"""What the messages that pass the proxy tell of calls: who rings, who talks, who ended it.

The proxy keeps no state; this is a bystander's notebook. It is never asked where a message goes, so a gap
in it can spoil a figure but no call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hub.ports.pbx import MemberState
from pbx.lab.fields import MalformedField, NameAddr, Uri
from pbx.lab.message import Message, Request, Response

Side: TypeAlias = Literal["caller", "callee"]

_MOST_CALLS = 200
_OVER = 300
"""Final answers from here on refuse (RFC 3261 §7.2)."""
_SUCCESS = 200


@dataclass(slots=True)
class Call:
    """One call, from its INVITE until its BYE or refusal. ``contact`` is empty outside of queues.

    It was ``handed_on`` where a REFER asked the caller to make it; ``referred`` is whom the last REFER in it
    asked the caller to call, and it is ``transferred`` once that call was answered.
    """

    call_id: str
    caller: str
    callee: str
    caller_tag: str
    contact: str = ""
    handed_on: bool = False
    answered: bool = False
    referred: str = ""
    transferred: bool = False
    holding: set[Side] = field(default_factory=set)

    def side(self, user: str) -> Side:
        """Which side ``user`` is on."""
        return "caller" if user == self.caller else "callee"


@dataclass(frozen=True, slots=True)
class Began:
    """An INVITE went out to the callee."""

    call: Call


@dataclass(frozen=True, slots=True)
class Answered:
    """The callee took the call (2xx)."""

    call: Call


@dataclass(frozen=True, slots=True)
class Held:
    """A side put the call on hold or took it off (RFC 3264 §8.4)."""

    call: Call


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; ``by`` who hung up, ``transfer`` where the caller was handed on before, or
    ``refused`` unanswered.
    """

    call: Call
    by: Literal["caller", "callee", "transfer", "refused"]


Change: TypeAlias = Began | Answered | Held | Ended


class CallBook:
    """Calls under way by Call-ID, at most 200: beyond that the oldest is forgotten."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}

    def of(self, user: str) -> Iterator[Call]:
        """The calls ``user`` takes part in."""
        return (call for call in self._calls.values() if user in (call.caller, call.callee))

    def device_state(self, user: str) -> MemberState:
        """How busy a registered user's phone is."""
        state = MemberState.FREE
        for call in self.of(user):
            if call.answered and call.side(user) not in call.holding:
                return MemberState.BUSY
            if call.answered:
                state = MemberState.ON_HOLD
            elif call.caller == user:
                return MemberState.BUSY
            elif state is MemberState.FREE:
                state = MemberState.RINGING
        return state

    def forget(self, contact: str) -> None:
        """Drop the calls of a contact whose caller vanished without a BYE."""
        self._calls = {key: call for key, call in self._calls.items() if call.contact != contact}

    def handed_on(self, caller: str, callee: str) -> str:
        """The contact that a call from ``caller`` to ``callee`` is for, because a REFER asked for it."""
        theirs = (call for call in self._calls.values() if call.caller == caller and call.answered)
        return next((call.contact for call in theirs if call.referred == callee), "")

    def saw(self, message: Message, contact: str = "") -> Change | None:
        """Note a forwarded message; ``contact`` is the queue's, for an INVITE it told a caller to send.

        A request is shown as it came, its URI still the callee's address of record. Returns what changed.
        """
        call = self._calls.get(message.call_id)
        if isinstance(message, Response):
            return None if call is None else self._response(call, message)
        if call is None:
            return self._first(message, contact)
        return self._request(call, message)

    def _first(self, request: Request, contact: str) -> Change | None:
        caller = NameAddr.parse(request.get("From"))
        if request.method != "INVITE" or NameAddr.parse(request.get("To")).tag:
            return None
        while len(self._calls) >= _MOST_CALLS:
            del self._calls[next(iter(self._calls))]
        user, callee = caller.uri.user, Uri.parse(request.uri).user
        handed_on = "" if contact else self.handed_on(user, callee)
        call = Call(request.call_id, user, callee, caller.tag, contact or handed_on, bool(handed_on))
        self._calls[call.call_id] = call
        return Began(call)

    def _request(self, call: Call, request: Request) -> Change | None:
        side: Side = "caller" if NameAddr.parse(request.get("From")).tag == call.caller_tag else "callee"
        if request.method == "BYE":
            del self._calls[call.call_id]
            return Ended(call, "transfer" if call.transferred else side)
        if request.method == "REFER" and side == "callee":
            call.referred = _user(request.get("Refer-To"))
        if call.answered and request.method in ("INVITE", "UPDATE") and request.body:
            return self._offer(call, side, request.body)
        return None

    def _offer(self, call: Call, side: Side, sdp: bytes) -> Change | None:
        holds = b"\na=sendonly" in sdp or b"\na=inactive" in sdp
        if holds == (side in call.holding):
            return None
        call.holding.symmetric_difference_update({side})
        return Held(call)

    def _response(self, call: Call, response: Response) -> Change | None:
        if call.answered or response.cseq[1] != "INVITE" or response.status < _SUCCESS:
            return None
        if response.status < _OVER:
            call.answered = True
            if call.handed_on:
                self._transferred_by(call)
            return Answered(call)
        del self._calls[call.call_id]
        return Ended(call, "refused")

    def _transferred_by(self, answered: Call) -> None:
        """The caller talks elsewhere now, whatever their phone may still have to say of the talks before."""
        for call in self._calls.values():
            if call.contact == answered.contact and call is not answered:
                call.transferred = True


def _user(value: str) -> str:
    """The user of a name-addr, empty where there is none to be read."""
    try:
        return NameAddr.parse(value).uri.user
    except MalformedField:
        return ""
