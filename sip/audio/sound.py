"""The sets of devices that an agent may talk through, and the one that is used now."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from sip.audio.devices import SoundPart
from sip.audio.port import AudioPort, AudioUnavailable
from sip.audio.silenced_port import SilencedPort
from sip.audio.sounddevice_port import OnUnplug, SoundDevicePort, Wanted
from sip.audio.treatment import UNTREATED, TreatedPort, Treatment, load


@dataclass(frozen=True, slots=True)
class Profile:
    """Microphone, speaker and ringer by name or part of it, empty for the system's; and the treatment."""

    name: str = "System sound"
    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    treatment: Treatment = UNTREATED


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What the agent set: at least one profile, and the first is used at first. ``ring_volume``: 0 to 100."""

    profiles: tuple[Profile, ...] = (Profile(),)
    on_unplug: OnUnplug = OnUnplug.MUTE
    ring_volume: int = 70


class NoSuchProfile(Exception):
    """There is no profile of that name. ``str(error)`` names those there are."""


class Sound:
    """Gives the ports of calls and of the ring; a choice reaches ports that are open."""

    def __init__(self, settings: SoundSettings) -> None:
        self._settings = settings
        self._profiles = {profile.name: profile for profile in settings.profiles}
        self._profile = settings.profiles[0]
        self._turn = 0
        self.ring_volume = settings.ring_volume
        """From 0, silent, to 100; a ring asks with each block."""
        self.ring_silent = False
        """Whether a ring is not heard, from its next block on."""
        self._take(self._profile)

    @property
    def profile(self) -> Profile:
        """The profile that is used."""
        return self._profile

    @property
    def profiles(self) -> tuple[str, ...]:
        """All there are."""
        return tuple(self._profiles)

    def use(self, name: str) -> None:
        """Talk and ring through this profile from now on, in a call too. Raises ``NoSuchProfile``."""
        if name not in self._profiles:
            raise NoSuchProfile(f"there is no sound {name!r}: there is {', '.join(self.profiles)}")
        self._turn += 1
        self._take(self._profiles[name])

    def choose(self, part: SoundPart, device: str) -> None:
        """Have the profile that is used use this device, by name or part of it, from now on, in a call too;
        an empty one is the system's, and for the ringer that calls are heard through.
        """
        chosen = _with(self._profile, part, device)
        self._profiles[chosen.name] = chosen
        self._take(chosen)

    def talking(self) -> AudioPort:
        """A port for calls."""
        return TreatedPort(SoundDevicePort(lambda: self._of_calls), lambda: self._profile.treatment)

    def ringing(self) -> AudioPort:
        """A port for the ring, which opens no microphone."""
        return SilencedPort(SoundDevicePort(lambda: self._of_ring), lambda: self.ring_silent)

    def tried(self, part: SoundPart) -> AudioPort:
        """A port for who tries this device: the ring's is heard, though calls ring without a sound."""
        return SoundDevicePort(lambda: self._of_ring) if part is SoundPart.RINGER else self.talking()

    def _take(self, profile: Profile) -> None:
        """Say what is wanted now, once: open ports ask with every block. Load what the treatment needs."""
        self._profile = profile
        rule = self._settings.on_unplug
        self._of_calls = Wanted(profile.microphone, profile.speaker, rule, turn=self._turn)
        # a ring that is not heard is worse than one that others hear
        ringer = profile.ringer or profile.speaker
        self._of_ring = Wanted("", ringer, OnUnplug.DEFAULT, listens=False, turn=self._turn)
        if profile.treatment:
            threading.Thread(target=_load, name="treatment", daemon=True).start()


def _load() -> None:
    with suppress(AudioUnavailable):
        load()


def _with(profile: Profile, part: SoundPart, device: str) -> Profile:
    match part:
        case SoundPart.MICROPHONE:
            return replace(profile, microphone=device)
        case SoundPart.SPEAKER:
            return replace(profile, speaker=device)
        case SoundPart.RINGER:
            return replace(profile, ringer=device)
