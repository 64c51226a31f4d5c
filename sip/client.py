"""The phone as a desk commands it: attach to one that runs, or start one and attach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from sip.account import Account
from sip.audio.devices import SoundPart
from sip.engine import GET_BARESIP, NO_BARESIP
from sip.errors import PhoneError, PhoneGone
from sip.events import CallId, PhoneReport
from sip.link import PhoneLink
from sip.place import Place, Stranger
from sip.start import ALREADY_RUNS, NO_ENGINE, start
from sip.wire import ATTACH, account_document

_CONNECT_TIMEOUT = 5.0


class PhoneClient:
    """One attachment to a running phone, made by ``attach`` or ``attach_or_start``.

    Commands raise ``PhoneError``.
    """

    def __init__(self, link: PhoneLink) -> None:
        self._link = link

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

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE to a number or a ``sip:`` URI, to ask about the call ``consults``."""
        call = await self._link.ask("dial", target=target, consults=consults)
        if call is None:
            raise PhoneError("the phone did not name the call")
        return call

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._link.ask("answer", call=call)

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call."""
        await self._link.ask("reject", call=call)

    async def hangup(self, call: CallId) -> None:
        """End a call in any state."""
        await self._link.ask("hangup", call=call)

    async def hold(self, call: CallId) -> None:
        """Put a call on hold."""
        await self._link.ask("hold", call=call)

    async def resume(self, call: CallId) -> None:
        """Take a call off hold."""
        await self._link.ask("resume", call=call)

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for a call."""
        await self._link.ask("mute", call=call, muted=muted)

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer of a call."""
        await self._link.ask("transfer", call=call, target=target)

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """Join the other sides of both calls and leave them."""
        await self._link.ask("attended_transfer", call=call, consultation=consultation)

    async def merge(self, call: CallId, other: CallId) -> None:
        """Talk in both calls at once."""
        await self._link.ask("merge", call=call, other=other)

    async def part(self, call: CallId) -> None:
        """Go on with one of two merged calls alone."""
        await self._link.ask("part", call=call)

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys in a call."""
        await self._link.ask("send_dtmf", call=call, digits=digits)

    async def use_sound(self, profile: str) -> None:
        """Talk and ring through other devices from now on, in a call too."""
        await self._link.ask("use_sound", profile=profile)

    async def silence_ring(self, silent: bool) -> None:
        """Have calls that come in ring without a sound, the one that rings now among them; or heard again."""
        await self._link.ask("silence_ring", silent=silent)

    async def find_devices(self) -> None:
        """Have the phone look what is plugged in; it tells by ``DevicesSeen``."""
        await self._link.ask("find_devices")

    async def choose_device(self, part: SoundPart, device: str) -> None:
        """Use another device in the set that is used, from now on, in a call too; empty: the system's."""
        await self._link.ask("choose_device", part=part, device=device)

    async def set_ring_volume(self, volume: int) -> None:
        """Ring as loud from now on, 0 to 100; also the call that rings now."""
        await self._link.ask("set_ring_volume", volume=volume)

    async def try_sound(self, part: SoundPart | None) -> None:
        """Play a tone or a ring through a device, or hear its microphone; None ends what is being tried.

        ``SoundTried`` tells how it goes. Refused while a call is open.
        """
        await self._link.ask("try_sound", part=part or "")

    async def forget_missed(self, call: CallId = "") -> None:
        """Take a missed call off the phone's list, or all of them."""
        await self._link.ask("forget_missed", call=call)


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
