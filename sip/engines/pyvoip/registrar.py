"""``sip.supervisor.Registrar`` on pyVoIP: one phone's REGISTER with one registrar (RFC 3261 §10)."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Final

from pyVoIP.VoIP import PhoneStatus

from edge.text import clean
from sip.engines.pyvoip.client import Request
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.phone import Phone
from sip.engines.pyvoip.transactions import NoAnswer
from sip.events import RegistrationChanged, RegistrationState
from sip.outcomes import answered_outcome
from sip.places import Place

log = logging.getLogger(__name__)

_ANSWER_TIMEOUT: Final = 4.0
"""Seconds before the registrar counts as silent; the REGISTER is still sent again meanwhile."""
_LEAVE_TIMEOUT: Final = 3.0
_EARLY: Final = 0.885
"""Part of the time that a contact stands after which it is put anew, as baresip does."""
_LEAST_INTERVAL: Final = 10
_OK, _TOO_BRIEF = 200, 423
_DIGITS: Final = 10
_EXPIRES: Final = re.compile(r";\s*expires\s*=\s*(\d{1,9})", re.IGNORECASE)

_STANDS = RegistrationChanged(RegistrationState.REGISTERED, _OK)
_SILENT = RegistrationChanged(
    RegistrationState.UNREACHABLE, None, "the registrar does not answer (no reply); trying again"
)

News = Callable[["PyvoipRegistrar", RegistrationChanged | None], None]


class PyvoipRegistrar:
    """Puts one phone's contact there, renews it in time, and takes it away.

    pyVoIP gave up for ever after three failures, asked again at once where it was told to wait, and took the
    first datagram that came for the registrar's answer. ``on_news`` gets what nobody waited for any more.
    Never two REGISTERs at once (§10.2): one that is unanswered is waited for.
    """

    gone = False
    """That nothing listens there is found out by OPTIONS."""

    def __init__(self, phone: Phone, place: Place, on_news: News) -> None:
        self.phone = phone
        self._place = place
        self._on_news = on_news
        self._call_id = phone.sip.gen_call_id()
        self._tag = phone.sip.gen_tag()
        self._interval = max(phone.account.register_interval, _LEAST_INTERVAL)
        self._asking: asyncio.Task[Message] | None = None
        self._waited_for = False
        self._renewing: asyncio.Task[None] | None = None
        self._holds = False

    @property
    def place(self) -> Place:
        """Where it is."""
        return self._place

    @place.setter
    def place(self, place: Place) -> None:
        self._place = place
        self.phone.find(place)

    async def register(self) -> RegistrationChanged:
        """Put our contact there."""
        self._stop_renewing()
        if not self.place.addresses:
            words = f"no address for {clean(self.place.account.domain)}: check domain, or the network"
            return RegistrationChanged(RegistrationState.UNREACHABLE, None, f"{words}; trying again")
        return await self._outcome()

    async def leave(self) -> None:
        """Take our contact away."""
        self._stop_renewing()
        if self._asking is not None:
            self._asking.cancel()
            self._holds = True  # it may have arrived
            self._asking = None
        if self._holds and self.place.addresses:
            self._holds = False
            try:
                async with asyncio.timeout(_LEAVE_TIMEOUT):
                    await self._ask(0)
            except (TimeoutError, NoAnswer):
                return  # the contact runs out by itself
        self.phone._status = PhoneStatus.INACTIVE  # noqa: SLF001 - pyVoIP's own

    def broken(self) -> bool:
        """UDP has no connection."""
        return False

    def reset(self) -> None:
        """UDP has none to let go of."""

    async def close(self) -> None:
        """End the phone and what it waits for."""
        self._stop_renewing()
        if self._asking is not None:
            self._asking.cancel()
        await self.phone.close()

    # What is asked and answered

    async def _outcome(self) -> RegistrationChanged:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(self._interval))
            self._asking.add_done_callback(self._answered)
        asking, self._waited_for = self._asking, True
        await asyncio.wait((asking,), timeout=_ANSWER_TIMEOUT)
        self._waited_for = False
        return self._take(asking) if asking.done() else _SILENT

    def _answered(self, asking: asyncio.Task[Message]) -> None:
        if self._asking is asking:
            self._asking = None
        if not asking.cancelled() and asking.exception() is None and not self._waited_for:
            self._on_news(self, self._take(asking))

    def _take(self, asking: asyncio.Task[Message]) -> RegistrationChanged:
        """What an answer says of our contact, which is renewed from then on."""
        if asking.cancelled() or isinstance(asking.exception(), NoAnswer):
            return _SILENT
        answer = asking.result()
        self._holds = answer.code == _OK
        if not self._holds:
            self.phone._status = PhoneStatus.FAILED  # noqa: SLF001 - pyVoIP's own
            log.info("REGISTER failed: %d %s", answer.code, clean(answer.phrase))
            return answered_outcome(answer.code)
        self.phone._status = PhoneStatus.REGISTERED  # noqa: SLF001 - pyVoIP's own
        self._stop_renewing()
        self._renewing = asyncio.create_task(self._renew(_EARLY * self._granted(answer)))
        return _STANDS

    async def _renew(self, after: float) -> None:
        await asyncio.sleep(after)
        self._renewing = None
        outcome = await self._outcome()
        if outcome != _STANDS:
            self._on_news(self, outcome)

    def _stop_renewing(self) -> None:
        if self._renewing is not None and self._renewing is not asyncio.current_task():
            self._renewing.cancel()
        self._renewing = None

    async def _ask(self, interval: int) -> Message:
        answer = await self._send(interval)
        least = answer.first("min-expires")
        if answer.code == _TOO_BRIEF and least.isascii() and least.isdecimal() and len(least) < _DIGITS:
            self._interval = int(least)
            answer = await self._send(self._interval)
        return answer

    async def _send(self, interval: int) -> Message:
        sip, account = self.phone.sip, self.place.account
        us = f"<sip:{account.user}@{account.domain}>"
        headers = (
            ("From", f"{us};tag={self._tag}"),
            ("To", us),
            ("Call-ID", self._call_id),
            sip.contact,
            ("Expires", str(interval)),
        )
        return await sip.transact(
            Request("REGISTER", f"sip:{account.domain}", headers), sip.registerCounter.next
        )

    def _granted(self, answer: Message) -> float:
        """Seconds that our contact stands (§10.3): our own among all, else of the answer, else as asked."""
        ours = self.phone.sip.contact[1]
        for contact in answer.values.get("contact", ()):
            told = _EXPIRES.search(contact)
            if told is not None and contact.startswith(ours):
                return max(_LEAST_INTERVAL, float(told[1]))
        told_of_all = answer.first("expires")
        if told_of_all.isascii() and told_of_all.isdecimal() and len(told_of_all) < _DIGITS:
            return max(_LEAST_INTERVAL, float(told_of_all))
        return float(self._interval)
