"""``VoIPPhone``, mended: one account at one registrar, and the calls that go by it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from pyVoIP.VoIP import PhoneStatus, VoIPCall, VoIPPhone

from sip.account import Account
from sip.engines.pyvoip.calls import Call
from sip.engines.pyvoip.client import Client, Request
from sip.engines.pyvoip.dialog import ALLOWED, Dialog
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.rtp import Rtp
from sip.engines.pyvoip.sdp import offered_payloads
from sip.engines.pyvoip.transactions import NoAnswer
from sip.places import Place

log = logging.getLogger(__name__)

_GONE: Final = "481 Call/Transaction Does Not Exist"
_GOODBYE: Final = 3.0
"""Seconds that last words get when the phone closes."""
_MOST_CALLS: Final = 16
"""Calls at once before an INVITE gets 486 without anybody being told; engines refuse earlier."""
RTP_TIMEOUT: Final = 60.0
"""Seconds without a packet before the call counts as lost; a far end that saves silence sends some sooner."""


class Phone(VoIPPhone):
    """What rings and what is dialled.

    Mended in ``VoIPPhone``: an INVITE is told at once (it waited a second) and answered on the event loop.
    CANCEL, OPTIONS, NOTIFY and what nobody knows get their answers (RFC 3261 §8.2, §9.2, §11.2). BYE is
    answered on either side (§15.1.2). Nothing is left of a call that ended: its ports were chosen by
    chance, taken again while still in use, and its timer kept.
    Its own still: the account, its calls by their ids, and its status.
    """

    calls: dict[str, Call]  # type: ignore[assignment] # it makes only ours

    def __init__(self, account: Account, place: Place, here: str, rings: Callable[[Call], None]) -> None:
        super().__init__("", place.port, account.user, account.password, here, None, 0)
        self.account = account
        self.sip: Client = Client(self, here)
        self.find(place)
        self._rings = rings
        self._tasks: set[asyncio.Task[Any]] = set()

    def find(self, place: Place) -> None:
        """The registrar is there from now on."""
        self.server = self.sip.server = place.addresses[0] if place.addresses else ""

    async def open(self) -> None:
        """Have a socket. Raises ``OSError``."""
        await self.sip.open()

    async def close(self) -> None:
        """Say what is still to be said, and close every socket. Safe to call twice."""
        for call in tuple(self.calls.values()):
            call.hangup()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GOODBYE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.sip.stop()
        self._status = PhoneStatus.INACTIVE

    def run(self, doing: Coroutine[Any, Any, object]) -> None:
        """Do it beside all else; where nobody answers, nothing more can be done about it."""

        async def done() -> None:
            with suppress(NoAnswer):
                await doing

        task = asyncio.get_running_loop().create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def dialled(self, uri: str) -> Call:
        """A call to ``uri`` that has not begun. Raises ``PhoneError`` without ports."""
        sip, account = self.sip, self.account
        name = "".join(char for char in account.display_name if char.isprintable() and char not in '"\\<>')
        us = f'"{name}" <sip:{account.user}@{account.domain}>;tag={sip.gen_tag()}'
        dialog = Dialog(sip.gen_call_id(), us, f"<{uri}>", uri, 0, ours=True)
        invite = sip.written(Request("INVITE", uri, dialog.headers()), sip.gen_branch(), 0)
        return self._made(Message(invite), dialog)

    def gone(self, call: VoIPCall) -> None:
        """The call is over."""
        self.calls.pop(call.call_id, None)

    # What the registrar's side says

    def callback(self, request: Message) -> None:  # type: ignore[override] # it makes only ours
        """One request, or an answer that came again."""
        call = self.calls.get(request.call_id)
        if request.code:
            if call is not None and request.code < 300 and request.sequence[1] == "INVITE":  # noqa: PLR2004
                call.answered(request)
        elif request.method == "INVITE":
            self._callback_MSG_Invite(request)
        elif request.method == "OPTIONS":
            self.sip.respond(request, "200 OK", self.sip.contact, ("Allow", ALLOWED))
        elif request.method not in ALLOWED.split(", "):
            self.sip.respond(request, "405 Method Not Allowed", ("Allow", ALLOWED))
        elif call is not None:
            self._in_call(call, request)
        elif request.method != "ACK":
            self.sip.respond(request, _GONE)

    def _in_call(self, call: Call, request: Message) -> None:
        if request.method == "ACK":
            call.acknowledged(request)
        elif request.method == "CANCEL":
            call.cancelled(request)
        elif not call.dialog.takes(request):
            self.sip.respond(request, _GONE)
        elif request.method == "BYE":
            self.sip.respond(request, "200 OK")
            call.bye()
        else:
            call.transfer.notified(request)

    def _callback_MSG_Invite(self, request: Message) -> None:  # type: ignore[override] # noqa: N802 - its name
        call = self.calls.get(request.call_id)
        if request.tag("to"):
            if call is None or not call.dialog.takes(request):
                self.sip.respond(request, _GONE)
            else:
                call.renegotiate(request)
        elif call is not None:
            self.sip.respond(request, "482 Loop Detected")
        elif len(self.calls) >= _MOST_CALLS:
            self.sip.respond(request, "486 Busy Here")
        else:
            self._create_Call(request, 0)

    def _create_Call(self, request: Message, sess_id: int) -> None:  # type: ignore[override] # noqa: N802
        """A call rings, where it can be carried."""
        del sess_id
        call = self._made(request, Dialog.of_caller(request, self.sip.gen_tag()))
        if call.ring():
            self._rings(call)

    def _made(self, invite: Message, dialog: Dialog) -> Call:
        loop = asyncio.get_running_loop()

        def tell(told: Callable[..., None], *what: str) -> None:
            with suppress(RuntimeError):  # the loop has ended before the thread did
                loop.call_soon_threadsafe(told, *what)

        rtp = Rtp(self.myIP, lambda key: tell(call.dtmf_callback, key), lambda: tell(call.lost), RTP_TIMEOUT)
        call = Call(self, invite, dialog, rtp, offered_payloads(self.account.codecs))
        self.calls[call.call_id] = call
        return call
