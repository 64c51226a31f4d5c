"""``VoIPCall``, mended: one call from its INVITE to its end."""

from __future__ import annotations

import logging
import re
import secrets
from typing import TYPE_CHECKING, Final, Protocol

from pyVoIP.RTP import TransmitType
from pyVoIP.VoIP import CallState, VoIPCall

from edge.text import clean
from sip.call_state import CallState as ShownState
from sip.engines.pyvoip.dialog import Dialog
from sip.engines.pyvoip.media import Media
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.rtp import Payloads, Rtp
from sip.engines.pyvoip.session import Session
from sip.engines.pyvoip.signals import Signals
from sip.engines.pyvoip.transactions import NoAnswer
from sip.engines.pyvoip.transfer import Transfer
from sip.engines.pyvoip.uac import Uac
from sip.engines.pyvoip.uas import Uas
from sip.errors import NoSuchCall
from sip.events import CloseReason
from sip.outcomes import Outcome, status_outcome

if TYPE_CHECKING:
    from sip.engines.pyvoip.phone import Phone

log = logging.getLogger(__name__)

_REFUSED: Final = 300
_TRYING: Final = 100
_ELSEWHERE: Final = re.compile(r"SIP\s*;.*?cause\s*=\s*200\b", re.IGNORECASE)
_ENDED_HERE: Final = {
    CallState.DIALING: CloseReason.CANCELLED,
    CallState.RINGING: CloseReason.REJECTED,
    CallState.ANSWERED: CloseReason.NORMAL,
}


class Listener(Protocol):
    """Who is told what becomes of a call, on the event loop."""

    def progressed(self, *, early_media: bool = False) -> None:
        """The called side rings, or plays sound before it answers."""
        ...

    def answered(self) -> None:
        """Either side answered."""
        ...

    def pressed(self, key: str) -> None:
        """The other side pressed a key."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """It is over. Told once, and last."""
        ...


class Call(VoIPCall):
    """One call, its dialog and its sound.

    Mended in ``VoIPCall``: an early call can be given up (CANCEL, RFC 3261 §9; nothing could end it), and
    how it came to nothing is told, whatever the status (it knew 404 and 503). An answer is sent again until
    it is acknowledged (§13.3.1.4). The caller's CANCEL ends it (§9.2; it rang on). A re-INVITE changes the
    one stream there is (§14.2, RFC 3264 §8; it opened a socket and two threads more each time), and we can
    hold by one. Sound before the answer is heard (RFC 3261 §13.2.1). What cannot be carried is refused (488;
    it warned on standard output and answered). All of it ends with the call.
    Its own still: its four states, its place among the phone's calls, its session's number.
    """

    def __init__(self, phone: Phone, invite: Message, dialog: Dialog, rtp: Rtp, payloads: Payloads) -> None:
        session = secrets.randbelow(1 << 31)
        super().__init__(phone, CallState.DIALING, invite, session, phone.myIP, {}, TransmitType.SENDRECV)
        self._media = Media(self.myIP, self.session_id, rtp, payloads)
        self.RTPClients = [rtp]
        self.rtp = rtp
        self.dialog = dialog
        self.invite = invite
        self.listener: Listener | None = None
        self._home = phone
        self._uac = Uac(phone.sip, dialog)
        self._uas = Uas(phone.sip, dialog, phone.run, self._unconfirmed)
        self.session = Session(self._media, self._uac, self._uas, self._over)
        self.signals = Signals(phone.account.dtmf, rtp, self._uac)
        self.transfer = Transfer(self._uac)
        self._given_up = False

    def __del__(self) -> None:
        """Its ports go with its sockets."""

    # We call

    async def dial(self, *extra: tuple[str, str]) -> None:
        """Send the INVITE and see to what comes of it."""
        offer = self._media.offer()
        self.rtp.start()
        try:
            final = await self._uac.invite(*extra, body=offer, on_provisional=self._heard)
        except NoAnswer:
            self._over(Outcome(CloseReason.UNREACHABLE, None, "the exchange does not answer"))
            return
        if final.code < _REFUSED:
            self.answered(final)
        else:
            log.info("not answered: %d %s", final.code, clean(final.phrase))
            self._over(status_outcome(final.code, ShownState.DIALLING))

    def _heard(self, provisional: Message) -> None:
        """A CANCEL may be sent only once something was heard (§9.1)."""
        first, self._uac.heard = not self._uac.heard, True
        if self._given_up and first:
            self._home.run(self._uac.cancel())
        elif not self._given_up and provisional.code > _TRYING and self.listener is not None:
            self.listener.progressed(early_media=self._media.take(provisional))

    def answered(self, request: Message) -> None:  # type: ignore[override] # it makes only ours
        """Our INVITE was accepted; again where our ACK was lost (§13.2.2.4)."""
        if self._uac.acknowledge_again():
            return
        self.dialog.begin(request)
        self._uac.acknowledge()
        if self._given_up or not self._media.take(request):
            self._say_bye()
            self._over(Outcome(CloseReason.MEDIA_REFUSED, None, "no codec in common"))
            return
        self._talk()

    # They call

    def ring(self) -> bool:
        """180 and True, or 488 and False for sound that we cannot carry."""
        if not self._media.acceptable(self.invite):
            self._uas.answer(self.invite, "488 Not Acceptable Here")
            self._over(Outcome(CloseReason.MEDIA_REFUSED, 488))
            return False
        self.state = CallState.RINGING
        self._uas.answer(self.invite, "180 Ringing", self._home.sip.contact)
        return True

    def answer(self) -> None:
        """200, until it is acknowledged; an INVITE without an offer gets ours."""
        if self.state is not CallState.RINGING:
            raise NoSuchCall("this call does not ring any more")
        self.rtp.start()
        self._uas.accept(self.invite, self._media.answer(self.invite))
        self._talk()

    def deny(self) -> None:
        """486."""
        self._uas.answer(self.invite, "486 Busy Here")
        self._over(Outcome(CloseReason.REJECTED))

    def cancelled(self, cancel: Message) -> None:
        """The caller gave up (§9.2), or somebody else took the call (RFC 3326)."""
        self._uas.answer(cancel, "200 OK")
        if self.state is CallState.RINGING:
            self._uas.answer(self.invite, "487 Request Terminated")
            elsewhere = any(_ELSEWHERE.match(reason) for reason in cancel.values.get("reason", ()))
            self._over(Outcome(CloseReason.ANSWERED_ELSEWHERE if elsewhere else CloseReason.CANCELLED))

    def acknowledged(self, ack: Message) -> None:
        """Our answer arrived; where we made the offer this brings theirs."""
        self._uas.acknowledged()
        if self.state is CallState.ANSWERED:
            self._media.take(ack)

    def _unconfirmed(self) -> None:
        self._say_bye()
        self._over(Outcome(CloseReason.FAILED, None, "the caller does not confirm our answer"))

    # In the call

    def renegotiate(self, request: Message) -> None:  # type: ignore[override] # it makes only ours
        """A re-INVITE."""
        self.session.modified(request)

    async def refer(self, uri: str) -> Outcome | None:
        """Have the other side call ``uri``, which ends this call; else why it does not."""
        refused = await self.transfer.refer(uri)
        if refused is None:
            if self.state is CallState.ANSWERED:
                self._say_bye()
            self._over(Outcome(CloseReason.TRANSFERRED))
        return refused

    def dtmf_callback(self, code: str) -> None:
        """The other side pressed a key."""
        if self.listener is not None:
            self.listener.pressed(code)

    # The end

    def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants; told at once, the rest is seen to."""
        reason = _ENDED_HERE.get(self.state)
        if reason is None:
            return
        if self.state is CallState.RINGING:
            self._uas.answer(self.invite, "486 Busy Here")
        elif self.state is CallState.ANSWERED:
            self._say_bye()
        else:
            self._given_up = True
            if self._uac.heard:
                self._home.run(self._uac.cancel())
        self._over(Outcome(reason))

    def bye(self) -> None:
        """The other side hung up, or follows where we sent it."""
        self._over(Outcome(CloseReason.TRANSFERRED if self.transfer.accepted else CloseReason.NORMAL))

    def lost(self) -> None:
        """The other side's sound stopped for good."""
        if self.state is CallState.ANSWERED:
            self._say_bye()
            self._over(Outcome(CloseReason.MEDIA_LOST, None, "no sound came any more"))

    def _over(self, outcome: Outcome) -> None:
        if self.state is CallState.ENDED:
            return
        self.state = CallState.ENDED
        self.rtp.stop()
        self._uas.acknowledged()
        self.transfer.end()
        self._home.gone(self)
        if self.listener is not None:
            self.listener.ended(outcome)

    def _say_bye(self) -> None:
        self._home.run(self._uac.ask("BYE"))

    def _talk(self) -> None:
        self.state = CallState.ANSWERED
        if self.listener is not None:
            self.listener.answered()
