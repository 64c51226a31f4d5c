"""The phone as a desk commands it: attach to one that runs, or start one and attach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from sip.account import Account
from sip.call_client import CallClient
from sip.engine import GET_BARESIP, NO_BARESIP
from sip.errors import PhoneGone
from sip.events import PhoneReport
from sip.link import PhoneLink
from sip.place import Place, Stranger
from sip.sound_client import SoundClient
from sip.start import ALREADY_RUNS, NO_ENGINE, start
from sip.wire import ATTACH, account_document

_CONNECT_TIMEOUT = 5.0


class PhoneClient:
    """One attachment to a running phone, made by ``attach`` or ``attach_or_start``.

    Commands raise ``PhoneError``. ``calls`` are its calls, ``sound`` what is talked and rung through.
    """

    def __init__(self, link: PhoneLink) -> None:
        self._link = link
        self.calls = CallClient(link)
        self.sound = SoundClient(link)

    async def close(self) -> None:
        """Leave the phone; its calls go on. Safe to call twice."""
        await self._link.close()

    def events(self) -> AsyncIterator[PhoneReport]:
        """How the phone stands, then what it reports; ends with ``PhoneGone`` when the phone is lost.

        ``TakenAway`` comes last when another desk takes the phone.
        """
        return self._link.events()

    async def register(self, account: Account) -> None:
        """Have the phone register as ``account``, and keep it registered."""
        await self._link.ask("register", **account_document(account))

    async def refresh(self) -> None:
        """Have the phone register anew now."""
        await self._link.ask("refresh")

    async def unregister(self) -> None:
        """Take our contact off the registrar."""
        await self._link.ask("unregister")


async def attach(place: Place) -> PhoneClient:
    """Attach to the phone that serves ``place``, in the place of another desk if there is one.

    Raises ``PhoneGone`` when no phone is there.
    """
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            reader, writer = await place.connect()
    except (OSError, TimeoutError, Stranger):
        raise PhoneGone("no phone process answers") from None
    link = PhoneLink(reader, writer)
    try:
        await link.ask(ATTACH)
    except BaseException:
        await link.close()
        raise
    return PhoneClient(link)


async def attach_or_start(place: Place, arguments: Sequence[str]) -> PhoneClient:
    """Attach to the phone at ``place``; where none runs, start ``python -m sip`` with ``arguments`` first.

    The phone outlives the desk. Raises ``PhoneGone`` with what to do.
    """
    with suppress(PhoneGone):
        return await attach(place)
    status = await asyncio.to_thread(start, [*place.arguments, *arguments])
    if status == NO_ENGINE:
        raise PhoneGone(f"{NO_BARESIP}: {GET_BARESIP}")
    if status not in (0, ALREADY_RUNS):
        raise PhoneGone("the phone process did not start; its log says why")
    return await attach(place)
