"""A phone in memory: refuses what a phone refuses (unknown calls, resume without hold), so that a desk that
passes here has not been let through by a stub.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from sip import events as ev
from sip.audio.devices import LONGEST_NAME, Devices, SoundPart
from sip.audio.samples import SILENCE_DBFS
from sip.call_state import CallState
from sip.capability import Capability
from sip.errors import BadRequest, PhoneError, PhoneGone, WrongState
from tests.stubs.far_end import FarEnd

S = CallState


class StubPhone(FarEnd):
    """``agent_tui.ports.PhonePort``, over the other side of its calls that tests play.

    ``asked`` lists the commands taken. ``fail_next`` makes the next command of a kind raise, ``delay_next``
    has it wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []
        self.fail_next: dict[str, PhoneError] = {}
        self.delay_next: dict[str, asyncio.Event] = {}
        self.attached = 0
        self.capabilities = ~Capability(0)
        self.sound: ev.SoundChanged | None = None
        """What can be talked through."""
        self.devices = Devices()
        """What is plugged in."""
        self._tried: SoundPart | None = None

    async def attach(self) -> None:
        self._raise_if_told("attach")
        self.attached += 1
        self._events = asyncio.Queue()
        self._events.put_nowait(ev.EngineCapabilities(self.capabilities))
        self._events.put_nowait(ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))
        if self.sound is not None:
            self._events.put_nowait(self.sound)
        self._events.put_nowait(self._missed.tell())
        self._events.put_nowait(self._dialled.tell())
        self._tell_again()

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
        self._in_state(call, S.INCOMING, S.ESTABLISHED, S.HELD)
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

    async def silence_ring(self, silent: bool) -> None:
        await self._take("ring", str(silent))
        self.report(ev.RingSilenced(silent))

    async def use_sound(self, profile: str) -> None:
        await self._take("sound", profile)
        if self.sound is None or profile not in self.sound.profiles:
            raise BadRequest("no such devices")
        self._talk_through(replace(self.sound, profile=profile))

    async def find_devices(self) -> None:
        await self._take("find_devices")
        self._chosen()
        self.report(ev.DevicesSeen(self.devices))

    async def choose_device(self, part: SoundPart, device: str) -> None:
        await self._take("choose_device", part, device)
        sound, chosen = self._chosen()
        if len(device) > LONGEST_NAME:
            raise BadRequest("not the arguments of choose_device")
        self._talk_through(replace(sound, chosen=_with(chosen, part, device)))

    async def set_ring_volume(self, volume: int) -> None:
        await self._take("set_ring_volume", str(volume))
        sound, chosen = self._chosen()
        if not 0 <= volume <= 100:
            raise BadRequest("not the arguments of set_ring_volume")
        self._talk_through(replace(sound, chosen=replace(chosen, ring_volume=volume)))

    async def try_sound(self, part: SoundPart | None) -> None:
        await self._take("try_sound", part or "")
        self._chosen()
        if self._tried is not None:
            self.report(ev.SoundTried(self._tried, SILENCE_DBFS, over=True))
        if part is not None and self._calls:
            raise WrongState("nothing can be tried while a call is open")
        self._tried = part
        if part is not None:
            self.report(ev.SoundTried(part, -30.0))

    def _chosen(self) -> tuple[ev.SoundChanged, ev.ChosenDevices]:
        if self.sound is None or self.sound.chosen is None:
            raise BadRequest("this phone has no devices to choose from")
        return self.sound, self.sound.chosen

    def _talk_through(self, sound: ev.SoundChanged) -> None:
        self.sound = sound
        self.report(sound)

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


def _with(chosen: ev.ChosenDevices, part: SoundPart, device: str) -> ev.ChosenDevices:
    match part:
        case SoundPart.MICROPHONE:
            return replace(chosen, microphone=device)
        case SoundPart.SPEAKER:
            return replace(chosen, speaker=device)
        case SoundPart.RINGER:
            return replace(chosen, ringer=device)
