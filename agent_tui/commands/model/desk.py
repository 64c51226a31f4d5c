"""What the agent can do with the desk itself: presence, sound, notices, and this device at the hub."""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from hub.contract import Presence
from sip.audio.devices import SoundPart


@message
class SetPresence:
    """Choose to be ready or away."""

    presence: Presence
    reason: str = ""


@message
class LogIn:
    """Enrol this device at the hub again, which knows it no more; the desk itself does it."""


@message
class UseSound:
    """Talk and ring through another set of devices."""

    profile: str


@message
class FindDevices:
    """Have the phone look what is plugged in."""


@message
class ChooseDevice:
    """Use another device in the set that is talked through; empty: the system's own choice."""

    part: SoundPart
    device: str


@message
class SetRingVolume:
    """Ring as loud from now on, 0 to 100."""

    volume: int


@message
class TrySound:
    """Hear a device, or be heard by it; None ends what is being tried."""

    part: SoundPart | None


@message
class ToggleRing:
    """Have calls ring without a sound, bell and ring tone alike, or heard again. They come all the same."""


@message
class DismissNotice:
    """The agent read it."""

    topic: str


OfDesk: TypeAlias = (
    SetPresence
    | LogIn
    | UseSound
    | FindDevices
    | ChooseDevice
    | SetRingVolume
    | TrySound
    | ToggleRing
    | DismissNotice
)
