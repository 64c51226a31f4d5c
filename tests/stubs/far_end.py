"""The other side of a phone's calls, in memory: who calls, hangs up, or is cut off, as a test says.

Calls move by ``sip.call_state``, the table every engine is held to.
"""

from __future__ import annotations

import asyncio

from sip import events as ev
from sip.call_state import CallState, first_state, next_state
from sip.dialled import Dialled
from sip.errors import NoSuchCall, PhoneGone, WrongState
from sip.missed import Missed

S = CallState


class FarEnd:
    """Reports as a phone does. Methods named after the caller are what they do.

    ``hold_back`` keeps outcomes from being reported until ``let_go``, as a slow network does.
    """

    def __init__(self) -> None:
        self.states: dict[ev.CallId, CallState] = {}
        """How each open call stands."""
        self.parties: dict[ev.CallId, ev.CallIncoming | ev.CallDialling] = {}
        """How each of them began."""
        self._events: asyncio.Queue[ev.PhoneReport | PhoneGone] = asyncio.Queue()
        self._kept_back: list[ev.PhoneReport] | None = None
        self._made = 0
        self.missed = Missed(lambda: 1_780_000_000.0)
        self._dialled = Dialled(lambda: 1_780_000_000.0, lambda: 0.0)

    def rings(
        self,
        number: str = "+972521234567",
        name: str = "",
        contact: str = "",
        consulted: str = "",
        *,
        listening: str = "",
    ) -> ev.CallId:
        """A call comes in."""
        call = self.new_id()
        party = ev.Party(name, number, f"sip:{number}@test")
        self.begin(ev.CallIncoming(call, party, contact, consulted, listening=listening))
        return call

    def report(self, event: ev.PhoneReport) -> None:
        """The phone reports; a call event must be one the call-state table knows."""
        if self._kept_back is not None:
            self._kept_back.append(event)
            return
        if isinstance(event, ev.CallEvent) and event.call in self.states:
            if not isinstance(event, ev.CallIncoming | ev.CallDialling):
                self.states[event.call] = next_state(self.states[event.call], event)
            if isinstance(event, ev.CallClosed):
                del self.states[event.call], self.parties[event.call]
        self._events.put_nowait(event)
        if isinstance(event, ev.CallEvent) and self.missed.hear(event):
            self._events.put_nowait(self.missed.tell())
        if isinstance(event, ev.CallEvent) and self._dialled.hear(event):
            self._events.put_nowait(self._dialled.tell())

    def closes(self, call: ev.CallId, reason: ev.CloseReason = ev.CloseReason.NORMAL) -> None:
        """The other side ends the call."""
        self.report(ev.CallClosed(call, reason))

    def dies(self) -> None:
        """The phone process ends, and its calls with it."""
        self.states.clear()
        self.parties.clear()
        self._events.put_nowait(PhoneGone("the phone ended"))

    def loses_the_desk(self) -> None:
        """The socket breaks; the phone and its calls live on."""
        self._events.put_nowait(PhoneGone("the socket broke"))

    def hold_back(self) -> None:
        """Report nothing until ``let_go``."""
        self._kept_back = []

    def let_go(self) -> None:
        """Report what was held back, in order."""
        kept, self._kept_back = self._kept_back or [], None
        for event in kept:
            self.report(event)

    def overtaken_by(self, event: ev.PhoneReport) -> None:
        """What was held back never came to be: ``event`` was faster."""
        self._kept_back = None
        self.report(event)

    def begin(self, event: ev.CallIncoming | ev.CallDialling) -> None:
        """A call there was not before, either way."""
        self.states[event.call] = first_state(event)
        self.parties[event.call] = event
        self.report(event)

    def _tell_again(self) -> None:
        """What a desk that comes is told of the calls there are."""
        for call, first in self.parties.items():
            self._events.put_nowait(first)
            if self.states[call] in (S.ESTABLISHED, S.HELD):
                self._events.put_nowait(ev.CallEstablished(call))
            if self.states[call] is S.HELD:
                self._events.put_nowait(ev.CallHeld(call))

    def in_state(self, call: ev.CallId, *states: CallState) -> CallState:
        """How a call stands; refused where it is in none of ``states``."""
        if call not in self.states:
            raise NoSuchCall("The call is over.")
        if self.states[call] not in states:
            raise WrongState(f"The call is {self.states[call]}.")
        return self.states[call]

    def new_id(self) -> ev.CallId:
        """The id of the next call."""
        self._made += 1
        return f"call-{self._made}"
