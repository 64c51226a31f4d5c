"""The phone as the desk uses it: one attachment after another to the phone process, one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeAlias

from agent_tui.adapters.own_secret import Ask
from agent_tui.ports import Attached, CallsPort, SoundPort
from agent_tui.text.catalogue import _
from sip.account import Account
from sip.errors import PhoneGone, RegistrarUnreachable, RegistrationRefused
from sip.events import PhoneReport

_ATTACHED_WITHIN = 30.0
"""Seconds a phone may take to start, on a slow machine with its first look at the sound card."""

_UNLOCKED_WITHIN = 5.0
"""Seconds after which whoever waits for a keyring is told what for; it is waited for on."""


class Attachment(Attached, Protocol):
    """One attachment to a running phone process: what ``sip.client.PhoneClient`` is."""

    async def register(self, account: Account) -> None:
        """Have the phone register as ``account``, and keep it registered."""
        ...

    async def close(self) -> None:
        """Leave the phone; it goes on with its calls."""
        ...


Attach: TypeAlias = Callable[[], Awaitable[Attachment]]
"""Reaches the phone, starting it where none runs. Raises ``PhoneError``."""


class Phone:
    """``agent_tui.ports.PhonePort`` over whichever attachment holds now.

    ``password`` tells that of ``account`` where it is not known yet.
    """

    def __init__(self, account: Account, attach: Attach, password: Ask | None = None) -> None:
        self._account = account
        self._attach = attach
        self._password = password
        self._attachment: Attachment | None = None

    async def attach(self) -> None:
        """Reach the phone and have it register. Whether the registrar agrees is told by an event."""
        await self.detach()
        if self._password is not None:
            self._account = replace(self._account, password=await _unlocked(self._password))
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

    @property
    def calls(self) -> CallsPort:
        """What can be done with the calls of the phone."""
        return self._phone.calls

    @property
    def sound(self) -> SoundPort:
        """What the phone talks and rings through."""
        return self._phone.sound

    @property
    def _phone(self) -> Attachment:
        if self._attachment is None:
            raise PhoneGone(_("The phone is not there at the moment."))
        return self._attachment


async def _unlocked(password: Ask) -> str:
    try:
        async with asyncio.timeout(_UNLOCKED_WITHIN):
            return await password()
    except TimeoutError:
        raise PhoneGone(_("this machine's keyring is locked: unlock it where it asks you")) from None
