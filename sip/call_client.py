"""The calls of a phone, as a desk commands them over the link."""

from __future__ import annotations

from sip.errors import PhoneError
from sip.events import CallId
from sip.link import PhoneLink


class CallClient:
    """What can be done with calls, each a command of ``sip.service``. Everything raises ``PhoneError``."""

    def __init__(self, link: PhoneLink) -> None:
        self._link = link

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

    async def forget_missed(self, call: CallId = "") -> None:
        """Take a missed call off the phone's list, or all of them."""
        await self._link.ask("forget_missed", call=call)
