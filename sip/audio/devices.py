"""The microphones and speakers of this machine, by the names that its settings show."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edge.text import clean
from sip.audio.port import AudioUnavailable

LONGEST_NAME: Final = 200
"""Characters by which a device is chosen."""


class NoSuchDevice(AudioUnavailable):
    """No device has the name that was asked for. ``str(error)`` names the nearest one that is there."""


class SoundPart(StrEnum):
    """One device of a profile, as its field is called."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    RINGER = "ringer"


@dataclass(frozen=True, slots=True)
class Device:
    """One device. ``key`` is what the sound system knows it by; ``default``: what the system would take."""

    key: str
    name: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Devices:
    """What is plugged in now."""

    microphones: tuple[Device, ...] = ()
    speakers: tuple[Device, ...] = ()


def called(device: Device, among: Sequence[Device]) -> str:
    """What ``device`` is chosen by: its name, or its key where another bears the same name.

    PortAudio's keys are its numbers, which go to others when something is plugged in, so they choose nothing.
    """
    alike = sum(one.name.casefold() == device.name.casefold() for one in among)
    plain = len(device.key) <= LONGEST_NAME and clean(device.key, limit=LONGEST_NAME) == device.key
    return device.key if alike > 1 and plain and not device.key.isdecimal() else device.name


def find_microphone(devices: Devices, wanted: str) -> Device | None:
    """As ``find``, among the microphones."""
    return find(devices.microphones, wanted, "microphone")


def find_speaker(devices: Devices, wanted: str) -> Device | None:
    """As ``find``, among the speakers."""
    return find(devices.speakers, wanted, "speaker")


_LACKING = {"microphone": "There is no microphone", "speaker": "There is no speaker"}
"""Whole, for a desk says the sentence in its own language."""


def find(devices: Sequence[Device], wanted: str, kind: str) -> Device | None:
    """The device that is ``named`` so; without a name the system's default, or None where it names none.

    Raises ``NoSuchDevice``.
    """
    if not wanted:
        return next((device for device in devices if device.default), None)
    found = named(devices, wanted)
    if found is None:
        raise NoSuchDevice(f"{_LACKING[kind]} {wanted!r}{_nearest(wanted.casefold(), devices)}")
    return found


def named(devices: Sequence[Device], wanted: str) -> Device | None:
    """The device of that name or key, or else the first that has ``wanted`` in its name, in any case."""
    asked = wanted.casefold()
    for device in devices:
        if asked in (device.name.casefold(), device.key.casefold()):
            return device
    return next((device for device in devices if asked in device.name.casefold()), None)


def _nearest(asked: str, devices: Sequence[Device]) -> str:
    """The end of a sentence: the likeliest name, or what is there."""
    names = {device.name.casefold(): device.name for device in devices}
    if not names:
        return "; none is plugged in."
    near = difflib.get_close_matches(asked, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {names[near[0]]!r}?"
    return f"; there is {', '.join(repr(name) for name in names.values())}."
