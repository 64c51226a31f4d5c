"""Commands that choose what is talked and rung through, and try it, through the phone."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.commands.act import Act
from agent_tui.ports import PhonePort
from agent_tui.session.store import Store


class SoundCommands:
    """Makes acts of the commands about devices and the ring."""

    def __init__(self, store: Store, phone: PhonePort) -> None:
        self._store = store
        self._phone = phone

    def use(self, command: do.UseSound) -> Act:
        """Talk through another set of devices, from the next block of sound on."""

        async def run() -> None:
            await self._phone.sound.use(command.profile)

        return Act(("sound",), run, queues=True)

    def find(self, _command: do.FindDevices) -> Act:
        """See what is plugged in."""

        async def run() -> None:
            await self._phone.sound.find()

        return Act(("devices",), run)

    def choose(self, command: do.ChooseDevice) -> Act:
        """Use one device, from the next block of sound on."""

        async def run() -> None:
            await self._phone.sound.choose(command.part, command.device)

        return Act(("sound",), run, queues=True)

    def set_volume(self, command: do.SetRingVolume) -> Act:
        """Ring as loud, also the call that rings now."""

        async def run() -> None:
            await self._phone.sound.set_ring_volume(command.volume)

        return Act(("volume",), run, queues=True)

    def try_out(self, command: do.TrySound) -> Act:
        """Hear a device, or be heard by it."""

        async def run() -> None:
            await self._phone.sound.try_out(command.part)

        return Act(("trial",), run, queues=True)

    def toggle_ring(self, _command: do.ToggleRing) -> Act:
        """Silence the ring, or let it be heard again."""
        silent = not self._store.state.rings_silently

        async def run() -> None:
            await self._phone.sound.silence_ring(silent)

        return Act(("ring",), run)
