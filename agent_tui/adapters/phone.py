"""The phone as the desk uses it: one attachment after another to the phone process, one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeAlias

from agent_tui.ports import Calls
from agent_tui.text.catalogue import _
from sip.account import Account
from sip.audio.devices import SoundPart
from sip.errors import PhoneGone, RegistrarUnreachable, RegistrationRefused
from sip.events import CallId, PhoneReport

_ATTACHED_WITHIN = 30.0
"""Seconds a phone may take to start, on a slow machine with its first look at the sound card."""


class Attachment(Calls, Protocol):
    """One attachment to a running phone process: what ``sip.client.PhoneClient`` is."""

    async def register(self, account: Account) -> None:
        """Have the phone register as ``account``, and keep it registered."""
        ...

    async def refresh(self) -> None:
        """Have the phone register anew now."""
        ...

    async def close(self) -> None:
        """Leave the phone; it goes on with its calls."""
        ...


Attach: TypeAlias = Callable[[], Awaitable[Attachment]]
"""Reaches the phone, starting it where none runs. Raises ``PhoneError``."""


class Phone:
    """``agent_tui.ports.PhonePort`` over whichever attachment holds now."""

    def __init__(self, account: Account, attach: Attach) -> None:
        self._account = account
        self._attach = attach
        self._attachment: Attachment | None = None

    async def attach(self) -> None:
        """Reach the phone and have it register. Whether the registrar agrees is told by an event."""
        await self.detach()
        try:
            async with asyncio.timeout(_ATTACHED_WITHIN):
                self._attachment = await self._attach()
                with suppress(RegistrationRefused, RegistrarUnreachable):
                    await self._attachment.register(self._account)
        except TimeoutError:
            raise PhoneGone(_("it did not answer in time")) from None

    async def detach(self) -> None:
        """Leave the phone; its calls go on. Safe to call twice."""
        left, self._attachment = self._attachment, None
        if left is not None:
            await left.close()

    async def refresh(self) -> None:
        """Have the phone register anew now."""
        await self._phone.refresh()

    def events(self) -> AsyncIterator[PhoneReport]:
        """What the phone reports; begins with how it stands now."""
        return self._phone.events()

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE, to ask about the call ``consults`` where one is named."""
        return await self._phone.dial(target, consults)

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._phone.answer(call)

    async def hangup(self, call: CallId) -> None:
        """End a call in any state."""
        await self._phone.hangup(call)

    async def hold(self, call: CallId) -> None:
        """Put a call on hold."""
        await self._phone.hold(call)

    async def resume(self, call: CallId) -> None:
        """Take a call off hold."""
        await self._phone.resume(call)

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for a call."""
        await self._phone.mute(call, muted)

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer."""
        await self._phone.transfer(call, target)

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """Join the other sides of both calls and leave them."""
        await self._phone.attended_transfer(call, consultation)

    async def merge(self, call: CallId, other: CallId) -> None:
        """Talk in both calls at once."""
        await self._phone.merge(call, other)

    async def part(self, call: CallId) -> None:
        """Go on with one of two merged calls alone."""
        await self._phone.part(call)

    async def forget_missed(self, call: CallId = "") -> None:
        """Take one missed call off the phone's list, or all."""
        await self._phone.forget_missed(call)

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send telephone keys."""
        await self._phone.send_dtmf(call, digits)

    async def use_sound(self, profile: str) -> None:
        """Talk and ring through other devices."""
        await self._phone.use_sound(profile)

    async def find_devices(self) -> None:
        """Have the phone tell what is plugged in."""
        await self._phone.find_devices()

    async def choose_device(self, part: SoundPart, device: str) -> None:
        """Use another device in the set that is used."""
        await self._phone.choose_device(part, device)

    async def set_ring_volume(self, volume: int) -> None:
        """Ring as loud from now on."""
        await self._phone.set_ring_volume(volume)

    async def try_sound(self, part: SoundPart | None) -> None:
        """Try a device, or end that."""
        await self._phone.try_sound(part)

    async def silence_ring(self, silent: bool) -> None:
        """Have calls ring without a sound, or heard again."""
        await self._phone.silence_ring(silent)

    @property
    def _phone(self) -> Attachment:
        if self._attachment is None:
            raise PhoneGone(_("The phone is not there at the moment."))
        return self._attachment
