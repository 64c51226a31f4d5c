"""What a desk may choose of the phone's sound, and try: devices, the volume and silence of the ring."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from sip import events as ev
from sip.audio import portaudio, trial
from sip.audio.devices import LONGEST_NAME, Device, Devices, SoundPart, called
from sip.audio.port import AudioUnavailable
from sip.audio.samples import SILENCE_DBFS
from sip.audio.sound import NoSuchProfile, Sound
from sip.errors import BadRequest, PhoneError, WrongState
from sip.wire import LONGEST_LINE, WireError, text_of

Command: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Report: TypeAlias = ev.SoundChanged | ev.RingSilenced | ev.DevicesSeen | ev.SoundTried

_ROOM: Final = LONGEST_LINE // 2 - 100
"""Bytes for the devices of a kind: both go into one line of the socket."""
_LOUDEST: Final = 100


class SoundCommands:
    """The commands over ``sound``, None where nobody talks through devices. ``report`` tells the desk.

    ``busy``: whether a call is open; then nothing is tried, for the devices are the call's.
    """

    def __init__(
        self, sound: Sound | None, busy: Callable[[], bool], report: Callable[[Report], None]
    ) -> None:
        self._of_phone = sound
        self._busy = busy
        self._report = report
        self._trial: tuple[trial.Trial, asyncio.Task[None]] | None = None
        self._one_trial = asyncio.Lock()
        self.silent = False
        """Whether calls ring without a sound."""
        self.commands: dict[str, Command] = {
            "use_sound": self._use,
            "choose_device": self._choose,
            "set_ring_volume": self._set_volume,
            "silence_ring": self._silence,
            "find_devices": self._find,
            "try_sound": self._try,
        }

    def tell(self) -> None:
        """What is talked through."""
        sound = self._of_phone
        if sound is not None:
            used = sound.profile
            chosen = ev.ChosenDevices(used.microphone, used.speaker, used.ringer, sound.ring_volume)
            self._report(ev.SoundChanged(used.name, sound.profiles, chosen))

    def make_way(self) -> None:
        """A call is open: what is being tried ends within a block of sound."""
        if self._trial is not None:
            self._trial[0].stop()

    async def stop_trial(self) -> None:
        """The same, and wait until the devices are let go."""
        if self._trial is not None:
            tried, running = self._trial
            tried.stop()
            await asyncio.gather(running, return_exceptions=True)

    @property
    def _sound(self) -> Sound:
        if self._of_phone is None:
            raise BadRequest("this phone has no devices to choose from")
        return self._of_phone

    async def _use(self, args: dict[str, Any]) -> None:
        try:
            self._sound.use(text_of(args, "profile"))
        except NoSuchProfile as error:
            raise BadRequest(str(error)) from error
        self.tell()

    async def _choose(self, args: dict[str, Any]) -> None:
        device = text_of(args, "device")
        if len(device) > LONGEST_NAME:
            raise WireError(f"device is a text of at most {LONGEST_NAME} characters")
        self._sound.choose(_part(args), device)
        self.tell()

    async def _set_volume(self, args: dict[str, Any]) -> None:
        volume = args.get("volume")
        if isinstance(volume, bool) or not isinstance(volume, int) or not 0 <= volume <= _LOUDEST:
            raise WireError("volume is a number from 0 to 100")
        self._sound.ring_volume = volume
        self.tell()

    async def _silence(self, args: dict[str, Any]) -> None:
        """Of the sound alone: the call comes, and the desk shows it. It holds for the desks to come, too."""
        silent = args.get("silent")
        if not isinstance(silent, bool):
            raise WireError("silent is true or false")
        self.silent = silent
        if self._of_phone is not None:
            self._of_phone.ring_silent = silent
        self._report(ev.RingSilenced(silent))

    async def _find(self, _args: dict[str, Any]) -> None:
        _have = self._sound
        try:
            found = await asyncio.to_thread(portaudio.devices)
        except AudioUnavailable as error:
            raise PhoneError(str(error)) from error
        self._report(ev.DevicesSeen(Devices(_told(found.microphones), _told(found.speakers))))

    async def _try(self, args: dict[str, Any]) -> None:
        """One at a time: another one ends the first."""
        sound = self._sound
        part = _part(args) if text_of(args, "part") else None
        async with self._one_trial:
            await self.stop_trial()
            if part is None:
                return
            if self._busy():
                raise WrongState("nothing can be tried while a call is open")
            self._trial = self._begin(sound, part)

    def _begin(self, sound: Sound, part: SoundPart) -> tuple[trial.Trial, asyncio.Task[None]]:
        loop = asyncio.get_running_loop()

        def tell(level: float) -> None:
            loop.call_soon_threadsafe(self._report, ev.SoundTried(part, round(level, 1)))

        tried = trial.Trial(sound.tried(part), _blocks(part, sound), tell)

        async def run() -> None:
            words = await asyncio.to_thread(tried.run)
            self._trial = None
            self._report(ev.SoundTried(part, SILENCE_DBFS, over=True, words=words))

        return tried, asyncio.create_task(run())


def _blocks(part: SoundPart, sound: Sound) -> Iterator[bytes]:
    match part:
        case SoundPart.MICROPHONE:
            return trial.listening_blocks()
        case SoundPart.SPEAKER:
            return trial.tone_blocks()
        case SoundPart.RINGER:
            return trial.ring_blocks(lambda: sound.ring_volume)


def _told(found: Sequence[Device]) -> tuple[Device, ...]:
    """As the desk is told of them: ``key`` is what each is chosen by. As many as there is room for."""
    told: list[Device] = []
    room = _ROOM
    for one in found:
        device = Device(called(one, found), one.name, one.default)
        room -= len(json.dumps(dataclasses.asdict(device))) + 1
        if room < 0:
            break
        told.append(device)
    return tuple(told)


def _part(args: dict[str, Any]) -> SoundPart:
    try:
        return SoundPart(text_of(args, "part"))
    except ValueError:
        raise WireError(f"part is one of {', '.join(SoundPart)}") from None
