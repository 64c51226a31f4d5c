"""The devices of a phone in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sip import events as ev
from sip.audio.devices import LONGEST_NAME, Devices, SoundPart
from sip.audio.samples import SILENCE_DBFS
from sip.errors import BadRequest, WrongState
from tests.stubs.taken import Taken


class StubSound:
    """``agent_tui.ports.SoundPort``. ``report`` tells the desk; while ``busy`` nothing can be tried."""

    def __init__(
        self, taken: Taken, report: Callable[[ev.PhoneReport], None], busy: Callable[[], bool]
    ) -> None:
        self._taken = taken
        self._report = report
        self._busy = busy
        self.now: ev.SoundChanged | None = None
        """What can be talked through."""
        self.devices = Devices()
        """What is plugged in."""
        self._tried: SoundPart | None = None

    async def silence_ring(self, silent: bool) -> None:
        await self._taken.command("ring", str(silent))
        self._report(ev.RingSilenced(silent))

    async def use(self, profile: str) -> None:
        await self._taken.command("sound", profile)
        if self.now is None or profile not in self.now.profiles:
            raise BadRequest("no such devices")
        self._talk_through(replace(self.now, profile=profile))

    async def find(self) -> None:
        await self._taken.command("find_devices")
        self._chosen()
        self._report(ev.DevicesSeen(self.devices))

    async def choose(self, part: SoundPart, device: str) -> None:
        await self._taken.command("choose_device", part, device)
        sound, chosen = self._chosen()
        if len(device) > LONGEST_NAME:
            raise BadRequest("not the arguments of choose_device")
        self._talk_through(replace(sound, chosen=_with(chosen, part, device)))

    async def set_ring_volume(self, volume: int) -> None:
        await self._taken.command("set_ring_volume", str(volume))
        sound, chosen = self._chosen()
        if not 0 <= volume <= 100:
            raise BadRequest("not the arguments of set_ring_volume")
        self._talk_through(replace(sound, chosen=replace(chosen, ring_volume=volume)))

    async def try_out(self, part: SoundPart | None) -> None:
        await self._taken.command("try_sound", part or "")
        self._chosen()
        if self._tried is not None:
            self._report(ev.SoundTried(self._tried, SILENCE_DBFS, over=True))
        if part is not None and self._busy():
            raise WrongState("nothing can be tried while a call is open")
        self._tried = part
        if part is not None:
            self._report(ev.SoundTried(part, -30.0))

    def _chosen(self) -> tuple[ev.SoundChanged, ev.ChosenDevices]:
        if self.now is None or self.now.chosen is None:
            raise BadRequest("this phone has no devices to choose from")
        return self.now, self.now.chosen

    def _talk_through(self, sound: ev.SoundChanged) -> None:
        self.now = sound
        self._report(sound)


def _with(chosen: ev.ChosenDevices, part: SoundPart, device: str) -> ev.ChosenDevices:
    match part:
        case SoundPart.MICROPHONE:
            return replace(chosen, microphone=device)
        case SoundPart.SPEAKER:
            return replace(chosen, speaker=device)
        case SoundPart.RINGER:
            return replace(chosen, ringer=device)
