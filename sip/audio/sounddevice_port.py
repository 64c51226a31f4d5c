"""The machine's own microphone and speaker, as the agent's settings choose them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sip.audio import portaudio
from sip.audio.devices import Device, Devices, NoSuchDevice, find_microphone, find_speaker
from sip.audio.port import BLOCKS_PER_SECOND, AudioUnavailable, Unplugged
from sip.audio.samples import silence
from sip.audio.silence_port import Pacer

_LOOK_AGAIN: Final = 1.0


class OnUnplug(StrEnum):
    """What is used while a chosen device is not there."""

    MUTE = "mute"
    """Nothing: neither side hears the other until it is back, or another is chosen."""
    DEFAULT = "default"
    """What the system takes by default; a microphone that was cut off stays muted all the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Devices by name or part of it; empty is the system's default. Without ``listens`` only a speaker.

    ``turn`` grows with every choice, so that the same one chosen again is a new one.
    """

    microphone: str = ""
    speaker: str = ""
    on_unplug: OnUnplug = OnUnplug.MUTE
    listens: bool = True
    turn: int = 0


@dataclass(frozen=True, slots=True)
class _Pair:
    """A microphone and a speaker; None where the system names no default."""

    microphone: Device | None = None
    speaker: Device | None = None

    def missing(self, present: Devices) -> Device | None:
        """One of the two that is not there any more."""
        for device, there in ((self.microphone, present.microphones), (self.speaker, present.speakers)):
            if device is not None and device.key not in {one.key for one in there}:
                return device
        return None


class SoundDevicePort:
    """An ``AudioPort`` on PortAudio devices. ``wanted`` is asked at each ``open``; it may change."""

    def __init__(self, wanted: Callable[[], Wanted] = Wanted) -> None:
        self._asked = wanted
        self._wanted = wanted()
        self.dead = False
        self._in_use = _Pair()
        self._cut_off = _Pair()
        """What was in use when one of it was unplugged."""
        self._microphone: portaudio.Microphone | None = None
        self._speaker: portaudio.Speaker | None = None
        self._pacer = Pacer()
        self._frames = 0
        self._return: _Return | None = None

    @property
    def starved(self) -> int:
        """How often the speaker that is open had nothing to play."""
        return 0 if self._speaker is None else self._speaker.starved

    def open(self, rate: int) -> str:
        """Take the devices. What is told is that others are used than were asked for.

        Raises ``AudioUnavailable`` when they cannot be had; ``stale`` tells when to try again.
        """
        self.close()
        asked = self._asked()
        if asked != self._wanted:
            self._wanted, self._cut_off = asked, _Pair()
        self._frames = rate // BLOCKS_PER_SECOND
        present = portaudio.devices()
        remark = ""
        try:
            self._in_use = self._choose(present)
        except NoSuchDevice as missing:
            self._return = _Return(self._choose)
            if asked.on_unplug is OnUnplug.MUTE:
                what_now = "There is no sound until it is plugged in, or another is chosen."
                raise AudioUnavailable(f"{missing} {what_now}") from missing
            self._in_use = self._meanwhile(present)
            remark = f"{missing} The system's own devices are used meanwhile."
        try:
            self._take(rate)
        except AudioUnavailable:
            self._let_go()
            self._return = self._return or _Return(self._choose)
            raise
        if not remark:
            self._cut_off = _Pair()
        return remark

    def exchange(self, speaker: bytes) -> bytes:
        """Play and hear one block; the microphone keeps the time."""
        if self._speaker is None:
            raise AudioUnavailable("the sound broke off; check the headset")
        try:
            self._speaker.write(speaker)
            if self._microphone is not None:
                heard = self._microphone.read(self._frames)
                self.dead = not heard.strip(b"\0")
                return heard
        except AudioUnavailable as error:
            gone = self._gone()
            self._let_go()
            if gone is None:
                raise
            self._cut_off = self._in_use
            raise Unplugged(gone.name) from error
        self._pacer.wait()
        return silence(self._frames)

    def stale(self) -> bool:
        """Whether other devices were chosen, or the one that was missing is back."""
        return self._asked() != self._wanted or (self._return is not None and self._return.happened)

    def close(self) -> None:
        """Let the devices go, so that no microphone stays open between calls."""
        self._let_go()
        if self._return is not None:
            self._return.give_up()
            self._return = None

    def _choose(self, present: Devices) -> _Pair:
        """What is wanted, of what is there. Raises ``NoSuchDevice``.

        Where the rule is to wait, what was cut off is waited for, though only "the default" was asked for:
        the system's next choice may be a loudspeaker in a room with others.
        """
        wanted, missing = self._wanted, self._cut_off.missing(present)
        waits = wanted.on_unplug is OnUnplug.MUTE or wanted.microphone or wanted.speaker
        if missing is not None and waits:
            raise NoSuchDevice(f"{missing.name} is unplugged.")
        microphone = find_microphone(present, wanted.microphone) if wanted.listens else None
        return _Pair(microphone, find_speaker(present, wanted.speaker))

    def _meanwhile(self, present: Devices) -> _Pair:
        """The system's own in the place of what is missing."""
        pair = _Pair(find_microphone(present, ""), find_speaker(present, ""))
        with suppress(NoSuchDevice):
            pair = replace(pair, microphone=find_microphone(present, self._wanted.microphone))
        with suppress(NoSuchDevice):
            pair = replace(pair, speaker=find_speaker(present, self._wanted.speaker))
        return pair

    def _take(self, rate: int) -> None:
        self._speaker = portaudio.Speaker(self._in_use.speaker, rate)
        if self._wanted.listens:
            self._microphone = portaudio.Microphone(self._in_use.microphone, rate)
            self._microphone.start()
        self._speaker.start()
        self._pacer = Pacer()

    def _let_go(self) -> None:
        streams, self._microphone, self._speaker = (self._microphone, self._speaker), None, None
        for stream in streams:
            if stream is not None:
                stream.close()

    def _gone(self) -> Device | None:
        try:
            return self._in_use.missing(portaudio.devices())
        except AudioUnavailable:
            return None


class _Return:
    """Looks once a second, in a thread of its own, whether all that was wanted is there again."""

    def __init__(self, choose: Callable[[Devices], _Pair]) -> None:
        self.happened = False
        self._choose = choose
        self._given_up = threading.Event()
        threading.Thread(target=self._look, name="devices", daemon=True).start()

    def give_up(self) -> None:
        """Look no more."""
        self._given_up.set()

    def _look(self) -> None:
        while not self._given_up.wait(_LOOK_AGAIN):
            with suppress(AudioUnavailable):
                self._choose(portaudio.devices())
                self.happened = True
                return
