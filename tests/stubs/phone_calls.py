"""The calls of a phone in memory: refused is what a phone refuses (unknown calls, resume without hold)."""

from __future__ import annotations

from sip import events as ev
from sip.call_state import CallState
from tests.stubs.far_end import FarEnd
from tests.stubs.taken import Taken

S = CallState


class StubCalls:
    """``agent_tui.ports.CallsPort``, over the other side of the calls."""

    def __init__(self, far_end: FarEnd, taken: Taken) -> None:
        self._far_end = far_end
        self._taken = taken

    async def dial(self, target: str, consults: ev.CallId = "") -> ev.CallId:
        await self._taken.command("dial", target, *([consults] if consults else []))
        call = self._far_end.new_id()
        self._far_end.begin(ev.CallDialling(call, ev.Party("", target, f"sip:{target}@test"), consults))
        return call

    async def answer(self, call: ev.CallId) -> None:
        await self._taken.command("answer", call)
        self._far_end.in_state(call, S.INCOMING)
        self._far_end.report(ev.CallEstablished(call))

    async def hangup(self, call: ev.CallId) -> None:
        await self._taken.command("hangup", call)
        state = self._far_end.in_state(call, *S)
        reason = ev.CloseReason.REJECTED if state is S.INCOMING else ev.CloseReason.NORMAL
        self._far_end.report(ev.CallClosed(call, reason))

    async def hold(self, call: ev.CallId) -> None:
        await self._taken.command("hold", call)
        self._far_end.in_state(call, S.ESTABLISHED)
        self._far_end.report(ev.CallHeld(call))

    async def resume(self, call: ev.CallId) -> None:
        await self._taken.command("resume", call)
        self._far_end.in_state(call, S.HELD)
        self._far_end.report(ev.CallResumed(call))

    async def mute(self, call: ev.CallId, muted: bool) -> None:
        await self._taken.command("mute", call, str(muted))
        self._far_end.in_state(call, S.INCOMING, S.ESTABLISHED, S.HELD)
        self._far_end.report(ev.CallMuted(call, muted))

    async def transfer(self, call: ev.CallId, target: str) -> None:
        await self._taken.command("transfer", call, target)
        self._far_end.in_state(call, S.ESTABLISHED, S.HELD)
        self._far_end.report(ev.CallTransferring(call, target))

    async def attended_transfer(self, call: ev.CallId, consultation: ev.CallId) -> None:
        await self._taken.command("attended_transfer", call, consultation)
        for one in (call, consultation):
            self._far_end.in_state(one, S.ESTABLISHED, S.HELD)
        asked = self._far_end.parties[consultation].party.number
        self._far_end.report(ev.CallTransferring(call, asked, consultation))

    async def merge(self, call: ev.CallId, other: ev.CallId) -> None:
        await self._taken.command("merge", call, other)
        for one in (call, other):
            if self._far_end.in_state(one, S.ESTABLISHED, S.HELD) is S.HELD:
                self._far_end.report(ev.CallResumed(one))
        for one in (call, other):
            self._far_end.report(ev.CallMerged(one, merged=True))

    async def part(self, call: ev.CallId) -> None:
        await self._taken.command("part", call)
        self._far_end.in_state(call, S.ESTABLISHED)
        talks = [one for one, state in self._far_end.states.items() if state is S.ESTABLISHED]
        for one in talks:
            self._far_end.report(ev.CallMerged(one, merged=False))
        for one in talks:
            if one != call:
                self._far_end.report(ev.CallHeld(one))

    async def forget_missed(self, call: ev.CallId = "") -> None:
        await self._taken.command("forget_missed", call)
        if self._far_end.missed.forget(call):
            self._far_end.report(self._far_end.missed.tell())

    async def send_dtmf(self, call: ev.CallId, digits: str) -> None:
        await self._taken.command("keys", call, digits)
        self._far_end.in_state(call, S.ESTABLISHED)
        self._far_end.report(ev.DtmfSent(call, digits))
