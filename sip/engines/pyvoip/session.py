"""The session of an answered call, modified by a re-INVITE of either side (RFC 3261 §14)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from pyVoIP.RTP import TransmitType

from sip.call_state import CallState
from sip.engines.pyvoip.media import Media
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.transactions import NoAnswer
from sip.engines.pyvoip.uac import Uac
from sip.engines.pyvoip.uas import Uas
from sip.errors import PhoneError
from sip.outcomes import Outcome, status_outcome

_REFUSED: Final = 300
_PENDING: Final = 491
_NO_CALL: Final = (408, 481)
"""Of a re-INVITE: there is no call any more (§12.2.1.2)."""
_TRIES: Final = 4


class Session:
    """What both sides want of a call's sound while it is talked in or held.

    ``gone`` is told that the other side has no such call any more.
    """

    def __init__(self, media: Media, uac: Uac, uas: Uas, gone: Callable[[Outcome], None]) -> None:
        self._media = media
        self._uac = uac
        self._uas = uas
        self._gone = gone
        self._modifies = False

    def modified(self, invite: Message) -> None:
        """A re-INVITE (§14.2): the same stream, changed. One that cannot be carried changes nothing."""
        if self._modifies:
            self._uas.answer(invite, "491 Request Pending")
        elif not self._media.acceptable(invite):
            self._uas.answer(invite, "488 Not Acceptable Here")
        else:
            self._uac.dialog.renew(invite)
            self._uas.accept(invite, self._media.answer(invite))

    async def hold(self) -> None:
        """Ask for no more sound (RFC 3264 §8.4). Raises ``PhoneError``."""
        await self._modify(TransmitType.SENDONLY)

    async def resume(self) -> None:
        """Ask for sound both ways. Raises ``PhoneError``."""
        await self._modify(TransmitType.SENDRECV)

    async def _modify(self, direction: TransmitType) -> None:
        before, self._media.direction, self._modifies = self._media.direction, direction, True
        try:
            final = await self._reinvite()
        except NoAnswer:
            self._media.direction = before
            raise PhoneError("the other side does not answer") from None
        finally:
            self._modifies = False
        if final.code in _NO_CALL:
            lost = status_outcome(final.code, CallState.ESTABLISHED)
            self._gone(lost)
            raise PhoneError(f"this call is over: {lost.words or 'the other side does not answer'}")
        if final.code >= _REFUSED:
            self._media.direction = before
            raise PhoneError(f"the other side refuses ({final.code})")

    async def _reinvite(self) -> Message:
        """Both sides at once get 491, and try again after times that differ (§14.1)."""
        for _ in range(_TRIES):
            final = await self._uac.invite(body=self._media.offer())
            if final.code != _PENDING:
                break
            await asyncio.sleep(_pause(ours=self._uac.dialog.ours))
        if final.code < _REFUSED:
            self._uac.dialog.renew(final)
            self._uac.acknowledge()
            self._media.take(final)
        return final


def _pause(*, ours: bool) -> float:
    """Seconds until a re-INVITE that met another is tried again (§14.1), longer for whose Call-ID it is."""
    chance = secrets.randbelow(1_000) / 1_000
    return 2.1 + 1.9 * chance if ours else 2.0 * chance
