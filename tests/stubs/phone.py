"""A phone in memory: keeps real call states by the call-state table and reports as a phone does.

It refuses what a phone refuses (unknown calls, resume without hold), so that a desk that passes here has
not been let through by a stub. Its calls move by ``sip.call_state``, the table every engine is held to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sip import events as ev
from sip.call_state import CallState, first_state, next_state
from sip.capability import Capability
from sip.errors import BadRequest, NoSuchCall, PhoneError, PhoneGone, WrongState
from sip.missed import Missed

S = CallState


class StubPhone:
    """``agent_tui.ports.PhonePort``, and the other side of its calls for tests.

    ``asked`` lists the commands taken. ``fail_next`` makes the next command of a kind raise, ``delay_next``
    has it wait. ``hold_back`` keeps outcomes from being reported until ``let_go``, as a slow network does.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fail_next: dict[str, PhoneError] = {}
        self.delay_next: dict[str, asyncio.Event] = {}
        self.attached = 0
        self.capabilities = ~Capability(0)
        self.sound: ev.SoundChanged | None = None
        """What can be talked through."""
        self._calls: dict[ev.CallId, CallState] = {}
        self._parties: dict[ev.CallId, ev.CallIncoming | ev.CallDialling] = {}
        self._events: asyncio.Queue[ev.PhoneReport | PhoneGone] = asyncio.Queue()
        self._kept_back: list[ev.PhoneReport] | None = None
        self._made = 0
        self._missed = Missed(lambda: 1_780_000_000.0)

    # The port.

    async def attach(self) -> None:
        self._raise_if_told("attach")
        self.attached += 1
        self._events = asyncio.Queue()
        self._events.put_nowait(ev.EngineCapabilities(self.capabilities))
        self._events.put_nowait(ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))
        if self.sound is not None:
            self._events.put_nowait(self.sound)
        self._events.put_nowait(self._missed.tell())
        for call, first in self._parties.items():
            self._tell_again(call, first)

    async def refresh(self) -> None:
        await self._take("refresh")

    async def events(self) -> AsyncIterator[ev.PhoneReport]:
        while True:
            event = await self._events.get()
            if isinstance(event, PhoneGone):
                raise event
            yield event

    async def dial(self, target: str, consults: ev.CallId = "") -> ev.CallId:
        await self._take("dial", target, *([consults] if consults else []))
        call = self._new_id()
        self._begin(ev.CallDialling(call, ev.Party("", target, f"sip:{target}@test"), consults))
        return call

    async def answer(self, call: ev.CallId) -> None:
        await self._take("answer", call)
        self._in_state(call, S.INCOMING)
        self.report(ev.CallEstablished(call))

    async def hangup(self, call: ev.CallId) -> None:
        await self._take("hangup", call)
        state = self._in_state(call, *S)
        reason = ev.CloseReason.REJECTED if state is S.INCOMING else ev.CloseReason.NORMAL
        self.report(ev.CallClosed(call, reason))

    async def hold(self, call: ev.CallId) -> None:
        await self._take("hold", call)
        self._in_state(call, S.ESTABLISHED)
        self.report(ev.CallHeld(call))

    async def resume(self, call: ev.CallId) -> None:
        await self._take("resume", call)
        self._in_state(call, S.HELD)
        self.report(ev.CallResumed(call))

    async def mute(self, call: ev.CallId, muted: bool) -> None:
        await self._take("mute", call, str(muted))
        self._in_state(call, S.ESTABLISHED, S.HELD)
        self.report(ev.CallMuted(call, muted))

    async def transfer(self, call: ev.CallId, target: str) -> None:
        await self._take("transfer", call, target)
        self._in_state(call, S.ESTABLISHED, S.HELD)
        self.report(ev.CallTransferring(call, target))

    async def attended_transfer(self, call: ev.CallId, consultation: ev.CallId) -> None:
        await self._take("attended_transfer", call, consultation)
        for one in (call, consultation):
            self._in_state(one, S.ESTABLISHED, S.HELD)
        asked = self._parties[consultation].party.number
        self.report(ev.CallTransferring(call, asked, consultation))

    async def merge(self, call: ev.CallId, other: ev.CallId) -> None:
        await self._take("merge", call, other)
        for one in (call, other):
            if self._in_state(one, S.ESTABLISHED, S.HELD) is S.HELD:
                self.report(ev.CallResumed(one))
        for one in (call, other):
            self.report(ev.CallMerged(one, merged=True))

    async def part(self, call: ev.CallId) -> None:
        await self._take("part", call)
        self._in_state(call, S.ESTABLISHED)
        talks = [one for one, state in self._calls.items() if state is S.ESTABLISHED]
        for one in talks:
            self.report(ev.CallMerged(one, merged=False))
        for one in talks:
            if one != call:
                self.report(ev.CallHeld(one))

    async def forget_missed(self, call: ev.CallId = "") -> None:
        await self._take("forget_missed", call)
        if self._missed.forget(call):
            self.report(self._missed.tell())

    async def send_dtmf(self, call: ev.CallId, digits: str) -> None:
        await self._take("keys", call, digits)
        self._in_state(call, S.ESTABLISHED)
        self.report(ev.DtmfSent(call, digits))

    async def use_sound(self, profile: str) -> None:
        await self._take("sound", profile)
        if self.sound is None or profile not in self.sound.profiles:
            raise BadRequest("no such devices")
        self.sound = ev.SoundChanged(profile, self.sound.profiles)
        self.report(self.sound)

    # The other side, for tests.

    def rings(
        self, number: str = "+972521234567", name: str = "", contact: str = "", consulted: str = ""
    ) -> ev.CallId:
        """A call comes in."""
        call = self._new_id()
        party = ev.Party(name, number, f"sip:{number}@test")
        self._begin(ev.CallIncoming(call, party, contact, consulted))
        return call

    def report(self, event: ev.PhoneReport) -> None:
        """The phone reports; a call event must be one the call-state table knows."""
        if self._kept_back is not None:
            self._kept_back.append(event)
            return
        if isinstance(event, ev.CallEvent) and event.call in self._calls:
            if not isinstance(event, ev.CallIncoming | ev.CallDialling):
                self._calls[event.call] = next_state(self._calls[event.call], event)
            if isinstance(event, ev.CallClosed):
                del self._calls[event.call], self._parties[event.call]
        self._events.put_nowait(event)
        if isinstance(event, ev.CallEvent) and self._missed.hear(event):
            self._events.put_nowait(self._missed.tell())

    def closes(self, call: ev.CallId, reason: ev.CloseReason = ev.CloseReason.NORMAL) -> None:
        """The other side ends the call."""
        self.report(ev.CallClosed(call, reason))

    def dies(self) -> None:
        """The phone process ends, and its calls with it."""
        self._calls.clear()
        self._parties.clear()
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

    def _begin(self, event: ev.CallIncoming | ev.CallDialling) -> None:
        self._calls[event.call] = first_state(event)
        self._parties[event.call] = event
        self.report(event)

    def _tell_again(self, call: ev.CallId, first: ev.CallIncoming | ev.CallDialling) -> None:
        self._events.put_nowait(first)
        if self._calls[call] in (S.ESTABLISHED, S.HELD):
            self._events.put_nowait(ev.CallEstablished(call))
        if self._calls[call] is S.HELD:
            self._events.put_nowait(ev.CallHeld(call))

    async def _take(self, *command: str) -> None:
        delay = self.delay_next.pop(command[0], None)
        if delay is not None:
            await delay.wait()
        self.asked.append(command)
        self._raise_if_told(command[0])

    def _raise_if_told(self, command: str) -> None:
        error = self.fail_next.pop(command, None)
        if error is not None:
            raise error

    def _in_state(self, call: ev.CallId, *states: CallState) -> CallState:
        if call not in self._calls:
            raise NoSuchCall("The call is over.")
        if self._calls[call] not in states:
            raise WrongState(f"The call is {self._calls[call]}.")
        return self._calls[call]

    def _new_id(self) -> ev.CallId:
        self._made += 1
        return f"call-{self._made}"
