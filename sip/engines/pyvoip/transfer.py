"""Handing the other side of a call on (REFER, RFC 3515), one try at a time."""

from __future__ import annotations

from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.referral import Referral
from sip.engines.pyvoip.transactions import NoAnswer
from sip.engines.pyvoip.uac import Uac
from sip.events import CloseReason
from sip.outcomes import Outcome


class Transfer:
    """The other side of a call, sent elsewhere."""

    def __init__(self, uac: Uac) -> None:
        self._uac = uac
        self._referral: Referral | None = None

    @property
    def accepted(self) -> bool:
        """Whether the other side follows where we sent it."""
        return self._referral is not None and self._referral.accepted

    async def refer(self, uri: str) -> Outcome | None:
        """Have the other side call ``uri``; None once it does, else why it does not."""
        self._referral = Referral()
        us = self._uac.client.contact[1]
        try:
            answer = await self._uac.ask("REFER", ("Refer-To", f"<{uri}>"), ("Referred-By", us))
            refused = await self._referral.outcome(answer)
        except NoAnswer:
            refused = Outcome(CloseReason.NO_ANSWER)
        if refused is not None:
            self._referral = None
        return refused

    def notified(self, notify: Message) -> None:
        """How it goes (RFC 3515 §2.4.4)."""
        if self._referral is None:
            self._uac.client.respond(notify, "481 Call/Transaction Does Not Exist")
        else:
            self._uac.client.respond(notify, "200 OK")
            self._referral.notified(notify.text)

    def end(self) -> None:
        """The call is over."""
        if self._referral is not None:
            self._referral.end()
