"""``VoIPCall``, mended: one call's signalling, from its INVITE to its end."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from pyVoIP.RTP import TransmitType
from pyVoIP.VoIP import CallState, VoIPCall

from edge.text import clean
from sip.account import Dtmf
from sip.call_state import CallState as ShownState
from sip.engines.pyvoip.client import Client, Request
from sip.engines.pyvoip.dialog import ALLOWED, Dialog, tag_of
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.referral import Referral
from sip.engines.pyvoip.rtp import Payloads, Rtp
from sip.engines.pyvoip.sdp import Sound, answering, chosen, description, sound_of, turned
from sip.engines.pyvoip.transactions import GIVEN_UP, T1, T2, NoAnswer
from sip.errors import NoSuchCall, PhoneError
from sip.events import CloseReason
from sip.outcomes import Outcome, status_outcome

if TYPE_CHECKING:
    from sip.engines.pyvoip.phone import Phone

_REFUSED: Final = 300
_TRYING: Final = 100
_PENDING: Final = 491
_NO_CALL: Final = (408, 481)
"""Of a re-INVITE: there is no call any more (RFC 3261 §12.2.1.2)."""
_TRIES: Final = 4
_KEY_MILLISECONDS: Final = 160
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
        self.client: Client = phone.sip
        self.dialog = dialog
        self.rtp = rtp
        self.RTPClients = [rtp]
        self.listener: Listener | None = None
        self._home = phone
        self.invite = invite
        self._payloads = payloads
        self._direction = TransmitType.SENDRECV
        self._version = 0
        self._tag = ""
        self._asked = "", 0
        """Branch and number of our last INVITE."""
        self._modifies = False
        self._heard_of = False
        self._given_up = False
        self._cancel: Callable[[], None] = lambda: None
        self._ack = b""
        self._acknowledged = asyncio.Event()
        self._referral: Referral | None = None

    def __del__(self) -> None:
        """Its ports go with its sockets."""

    # We call

    async def dial(self, *extra: tuple[str, str]) -> None:
        """Send the INVITE and see to what comes of it."""
        invite = self._request("INVITE", *extra, body=self._description())
        self.rtp.start()
        try:
            final = await self.client.transact(
                invite, self.dialog.next, self._sent, lambda heard: self._heard(invite, heard)
            )
        except NoAnswer:
            self._over(Outcome(CloseReason.UNREACHABLE, None, "the exchange does not answer"))
            return
        if final.code < _REFUSED:
            self.answered(final)
        else:
            self._over(status_outcome(final.code, clean(final.phrase), ShownState.DIALLING))

    def _sent(self, branch: str, number: int) -> None:
        self._asked = branch, number

    def _heard(self, invite: Request, provisional: Message) -> None:
        """A CANCEL may be sent only once something was heard (§9.1)."""
        first, self._heard_of = not self._heard_of, True
        self._cancel = lambda: self._home.run(self.client.cancel(invite, *self._asked))
        if self._given_up and first:
            self._cancel()
        elif not self._given_up and provisional.code > _TRYING and self.listener is not None:
            sound = sound_of(provisional)
            if sound is not None:
                self._connect(sound)
            self.listener.progressed(early_media=sound is not None)

    def answered(self, request: Message) -> None:  # type: ignore[override] # it makes only ours
        """Our INVITE was accepted; again where our ACK was lost (§13.2.2.4)."""
        if self._ack:
            self.client.send(self._ack)
            return
        self.dialog.begin(request)
        self._ack = self.client.acknowledge(self.dialog, self._asked[1])
        sound = sound_of(request)
        if self._given_up or sound is None:
            self._say_bye()
            self._over(Outcome(CloseReason.MEDIA_REFUSED, None, "no codec in common"))
            return
        self._connect(sound)
        self._talk()

    # They call

    def ring(self) -> bool:
        """180 and True, or 488 and False for sound that we cannot carry."""
        self._tag = tag_of(self.dialog.local)
        if self.invite.describes and sound_of(self.invite) is None:
            self._answer_invite(self.invite, "488 Not Acceptable Here")
            self._over(Outcome(CloseReason.MEDIA_REFUSED, 488))
            return False
        self.state = CallState.RINGING
        self._answer_invite(self.invite, "180 Ringing", self.client.contact)
        return True

    def answer(self) -> None:
        """200, until it is acknowledged; an INVITE without an offer gets ours."""
        if self.state is not CallState.RINGING:
            raise NoSuchCall("this call does not ring any more")
        sound = sound_of(self.invite)
        self.rtp.start()
        if sound is not None:
            self._connect(sound)
        self._accept(self.invite, sound)
        self._talk()

    def deny(self) -> None:
        """486."""
        self._answer_invite(self.invite, "486 Busy Here")
        self._over(Outcome(CloseReason.REJECTED))

    def cancelled(self, cancel: Message) -> None:
        """The caller gave up (§9.2), or somebody else took the call (RFC 3326)."""
        self.client.respond(cancel, "200 OK", tag=self._tag)
        if self.state is CallState.RINGING:
            self._answer_invite(self.invite, "487 Request Terminated")
            elsewhere = any(_ELSEWHERE.match(reason) for reason in cancel.values.get("reason", ()))
            self._over(Outcome(CloseReason.ANSWERED_ELSEWHERE if elsewhere else CloseReason.CANCELLED))

    def acknowledged(self, ack: Message) -> None:
        """Our answer arrived; where we made the offer this brings theirs."""
        self._acknowledged.set()
        sound = sound_of(ack)
        if sound is not None and self.state is CallState.ANSWERED:
            self._connect(sound)

    # In the call

    def renegotiate(self, request: Message) -> None:  # type: ignore[override] # it makes only ours
        """A re-INVITE (§14.2): the same stream, changed. One that cannot be carried changes nothing."""
        sound = sound_of(request)
        if self._modifies:
            self._answer_invite(request, "491 Request Pending")
        elif request.describes and sound is None:
            self._answer_invite(request, "488 Not Acceptable Here")
        else:
            self.dialog.renew(request)
            if sound is not None:
                self._connect(sound)
            self._accept(request, sound)

    async def hold(self) -> None:
        """Ask for no more sound (RFC 3264 §8.4)."""
        await self._modify(TransmitType.SENDONLY)

    async def resume(self) -> None:
        """Ask for sound both ways."""
        await self._modify(TransmitType.SENDRECV)

    async def _modify(self, direction: TransmitType) -> None:
        before, self._direction, self._modifies = self._direction, direction, True
        try:
            final = await self._reinvite()
        except NoAnswer:
            self._direction = before
            raise PhoneError("the other side does not answer") from None
        finally:
            self._modifies = False
        if final.code in _NO_CALL:
            lost = status_outcome(final.code, clean(final.phrase), ShownState.ESTABLISHED)
            self._over(lost)
            raise PhoneError(f"this call is over: {lost.words}")
        if final.code >= _REFUSED:
            self._direction = before
            raise PhoneError(f"the other side refuses ({final.code} {clean(final.phrase)})")

    async def _reinvite(self) -> Message:
        """Both sides at once get 491, and try again after times that differ (§14.1)."""
        for _ in range(_TRIES):
            invite = self._request("INVITE", body=self._description())
            final = await self.client.transact(invite, self.dialog.next, self._sent)
            if final.code != _PENDING:
                break
            await asyncio.sleep(_pause(ours=not self._tag))
        if final.code < _REFUSED:
            self.dialog.renew(final)
            self._ack = self.client.acknowledge(self.dialog, self._asked[1])
            sound = sound_of(final)
            if sound is not None:
                self._connect(sound)
        return final

    async def refer(self, uri: str) -> Outcome | None:
        """Have the other side call ``uri`` (REFER, RFC 3515); None once it does, else why it does not."""
        self._referral = Referral()
        refer = self._request("REFER", ("Refer-To", f"<{uri}>"), ("Referred-By", self.client.contact[1]))
        try:
            answer = await self.client.transact(refer, self.dialog.next)
            refused = await self._referral.outcome(answer)
        except NoAnswer:
            refused = Outcome(CloseReason.NO_ANSWER)
        if refused is None:
            if self.state is CallState.ANSWERED:
                self._say_bye()
            self._over(Outcome(CloseReason.TRANSFERRED))
        else:
            self._referral = None
        return refused

    def notified(self, notify: Message) -> None:
        """How the transfer goes (RFC 3515 §2.4.4)."""
        if self._referral is None:
            self.client.respond(notify, "481 Call/Transaction Does Not Exist")
        else:
            self.client.respond(notify, "200 OK")
            self._referral.notified(notify.text)

    def dtmf_callback(self, code: str) -> None:
        """The other side pressed a key."""
        if self.listener is not None:
            self.listener.pressed(code)

    async def press(self, keys: str) -> None:
        """Send telephone keys the way the account says (RFC 4733, RFC 6086); returns once they went."""
        for key in keys:
            if self._home.account.dtmf is Dtmf.INFO:
                await self._inform(key)
            else:
                await self._press(key)

    async def _press(self, key: str) -> None:
        loop, sent = asyncio.get_running_loop(), asyncio.Event()

        def done() -> None:
            with suppress(RuntimeError):  # the loop has ended before the thread did
                loop.call_soon_threadsafe(sent.set)

        self.rtp.press(key, done)
        await sent.wait()

    async def _inform(self, key: str) -> None:
        relay = f"Signal={key}\r\nDuration={_KEY_MILLISECONDS}\r\n"
        info = self._request("INFO", ("Content-Type", "application/dtmf-relay"), body=relay)
        try:
            final = await self.client.transact(info, self.dialog.next)
        except NoAnswer:
            raise PhoneError("the other side does not answer") from None
        if final.code >= _REFUSED:
            raise PhoneError(f"the other side takes no such keys ({final.code} {clean(final.phrase)})")

    # The end

    def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants; told at once, the rest is seen to."""
        reason = _ENDED_HERE.get(self.state)
        if reason is None:
            return
        if self.state is CallState.RINGING:
            self._answer_invite(self.invite, "486 Busy Here")
        elif self.state is CallState.ANSWERED:
            self._say_bye()
        else:
            self._given_up = True
            if self._heard_of:
                self._cancel()
        self._over(Outcome(reason))

    def bye(self) -> None:
        """The other side hung up, or follows where we sent it."""
        went = self._referral is not None and self._referral.accepted
        self._over(Outcome(CloseReason.TRANSFERRED if went else CloseReason.NORMAL))

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
        self._acknowledged.set()
        if self._referral is not None:
            self._referral.end()
        self._home.gone(self)
        if self.listener is not None:
            self.listener.ended(outcome)

    def _say_bye(self) -> None:
        self._home.run(self.client.transact(self._request("BYE"), self.dialog.next))

    # What all of it is made of

    def _talk(self) -> None:
        self.state = CallState.ANSWERED
        if self.listener is not None:
            self.listener.answered()

    def _connect(self, sound: Sound) -> None:
        """Their numbers of the codecs go first: they are those we send by; ours they may send by."""
        payloads = chosen(sound, self._payloads)
        self.rtp.connect(sound.address, sound.port, {**payloads, **_others(self._payloads, payloads)})
        self.rtp.expect(sound.heard and self._direction is TransmitType.SENDRECV)

    def _accept(self, invite: Message, sound: Sound | None) -> None:
        """200 to an INVITE, sent again until its ACK comes (§13.3.1.4)."""
        ours = self._description(None if sound is None else chosen(sound, self._payloads), sound)
        body = ours if sound is None else answering(ours, sound.media)
        told = (self.client.contact, ("Allow", ALLOWED))
        data = self.client.respond(invite, "200 OK", *told, tag=self._tag, body=body)
        self._acknowledged.clear()
        self._home.run(self._until_acknowledged(invite, data))

    async def _until_acknowledged(self, invite: Message, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        end, interval = loop.time() + GIVEN_UP, T1
        while not self._acknowledged.is_set() and loop.time() < end:
            try:
                async with asyncio.timeout(interval):
                    await self._acknowledged.wait()
            except TimeoutError:
                self.client.send_again(invite, data)
                interval = min(interval * 2, T2)
        if not self._acknowledged.is_set():
            self._say_bye()
            self._over(Outcome(CloseReason.FAILED, None, "the caller does not confirm our answer"))

    def _description(self, payloads: Payloads | None = None, theirs: Sound | None = None) -> str:
        self._version += 1
        way = self._direction
        if theirs is not None and way is TransmitType.SENDRECV:
            way = turned(theirs.direction)
        return description(
            self.myIP, self.rtp.inPort, payloads or self._payloads, way, (self.session_id, self._version)
        )

    def _request(self, method: str, *more: tuple[str, str], body: str = "") -> Request:
        headers = (*self.dialog.headers(), self.client.contact, ("Allow", ALLOWED), *more)
        return Request(method, self.dialog.target, headers, body)

    def _answer_invite(self, invite: Message, status: str, *more: tuple[str, str]) -> None:
        self.client.respond(invite, status, *more, tag=self._tag)


def _others(ours: Payloads, theirs: Payloads) -> Payloads:
    return {number: kind for number, kind in ours.items() if number not in theirs}


def _pause(*, ours: bool) -> float:
    """Seconds until a re-INVITE that met another is tried again (§14.1), longer for whose Call-ID it is."""
    chance = secrets.randbelow(1_000) / 1_000
    return 2.1 + 1.9 * chance if ours else 2.0 * chance
