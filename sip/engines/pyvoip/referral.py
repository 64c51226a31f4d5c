"""What becomes of a REFER: its own answer, then what NOTIFY tells (RFC 3515 §2.4)."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from edge.text import clean
from sip.engines.pyvoip.message import Message
from sip.events import CloseReason
from sip.outcomes import Outcome, reason_of_status

_WITHIN: Final = 45.0
"""Seconds that the other side may take to reach the target."""
_FINAL, _REFUSED = 200, 300
_STATUS: Final = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?")


class Referral:
    """One REFER under way."""

    def __init__(self) -> None:
        self.accepted = False
        """The other side said that it will do it."""
        self._told: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def notified(self, fragment: str) -> None:
        """The status line that a NOTIFY carries (§2.4.5)."""
        found = _STATUS.match(fragment.lstrip())
        if found is not None and int(found[1]) >= _FINAL and not self._told.done():
            self._told.set_result((int(found[1]), found[2] or ""))

    def end(self) -> None:
        """The call is over, and with it what was to be told."""
        if not self._told.done():
            self._told.set_result((_FINAL, ""))

    async def outcome(self, answer: Message) -> Outcome | None:
        """None when the other side reached the target, else why not. ``answer`` is the REFER's own."""
        if answer.code >= _REFUSED:
            return _refused(answer.code, answer.phrase)
        self.accepted = True
        try:
            async with asyncio.timeout(_WITHIN):
                status, phrase = await self._told
        except TimeoutError:
            self.accepted = False
            return Outcome(CloseReason.NO_ANSWER)
        self.accepted = status < _REFUSED
        return None if self.accepted else _refused(status, phrase)


def _refused(status: int, phrase: str) -> Outcome:
    return Outcome(reason_of_status(status), status, clean(phrase))
