"""What is talked and rung through, as a desk chooses it over the link to the phone."""

from __future__ import annotations

from sip.audio.devices import SoundPart
from sip.link import PhoneLink


class SoundClient:
    """Devices and the ring, each a command of ``sip.sound_commands``. Everything raises ``PhoneError``."""

    def __init__(self, link: PhoneLink) -> None:
        self._link = link

    async def use(self, profile: str) -> None:
        """Talk and ring through other devices from now on, in a call too."""
        await self._link.ask("use_sound", profile=profile)

    async def silence_ring(self, silent: bool) -> None:
        """Have calls that come in ring without a sound, the one that rings now among them; or heard again."""
        await self._link.ask("silence_ring", silent=silent)

    async def find(self) -> None:
        """Have the phone look what is plugged in; it tells by ``DevicesSeen``."""
        await self._link.ask("find_devices")

    async def choose(self, part: SoundPart, device: str) -> None:
        """Use another device in the set that is used, from now on, in a call too; empty: the system's."""
        await self._link.ask("choose_device", part=part, device=device)

    async def set_ring_volume(self, volume: int) -> None:
        """Ring as loud from now on, 0 to 100; also the call that rings now."""
        await self._link.ask("set_ring_volume", volume=volume)

    async def try_out(self, part: SoundPart | None) -> None:
        """Play a tone or a ring through a device, or hear its microphone; None ends what is being tried.

        ``SoundTried`` tells how it goes. Refused while a call is open.
        """
        await self._link.ask("try_sound", part=part or "")
