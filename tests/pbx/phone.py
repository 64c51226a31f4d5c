"""A SIP phone of the tests' own: signalling over UDP, no sound, every message at hand.

What an engine can't do on purpose it can: carry any display name or number, ring for ever, refuse, show the
very headers that came.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import quote

from tests.pbx.sip_line import Headers, Line, Message, Request, address, tag

_TIMEOUT = 10.0
_SDP = (
    "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na={direction}\r\n"
)


@dataclass(slots=True)
class Call:
    """One dialog (RFC 3261 §12). ``ended`` is set by BYE or CANCEL from the other side, or by our own."""

    id: str
    local: str
    remote: str
    target: str
    sequence: int = 1
    invite: Message | None = None
    """The INVITE that rang here; None for a call we made."""
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the ACK of what we answered."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    notified: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(100))
    """Status lines that NOTIFY carried after a REFER (RFC 3515 §2.4.5)."""

    def headers(self) -> Headers:
        """What every request in this dialog carries."""
        return [("From", self.local), ("To", self.remote), ("Call-ID", self.id)]


def _sdp(port: int, version: int = 1, direction: str = "sendrecv") -> str:
    return _SDP.format(port=port, version=version, direction=direction)


class Phone:
    """One user agent of the exchange on ``127.0.0.1:port``. An async context manager.

    ``identity`` is the user part of From, ``display`` its name; ``user`` and ``password`` are its proof. It
    sends from ``host``, an address of this machine.
    """

    def __init__(
        self,
        user: str,
        password: str,
        port: int,
        *,
        identity: str = "",
        display: str = "",
        host: str = "127.0.0.1",
    ) -> None:
        self.user, self.identity, self.display = user, identity or user, display
        self.calls: dict[str, Call] = {}
        self._exchange = port
        self._line = Line(user, password, self._on_request, host)
        self._rings: asyncio.Queue[Call] = asyncio.Queue(100)

    async def __aenter__(self) -> Phone:
        await self._line.open(self._exchange)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def _aor(self, user: str) -> str:
        return f"sip:{user}@127.0.0.1:{self._exchange}"

    def _contact(self) -> tuple[str, str]:
        return ("Contact", f"<sip:{self.user}@127.0.0.1:{self._line.port}>")

    @property
    def sound_port(self) -> int:
        """Where it says that it hears (RTP, PCMA)."""
        return self._line.port + 1

    async def register(self, expires: int = 60) -> Message:
        """Register (RFC 3261 §10.2), or with ``expires`` 0 unregister; the final response."""
        aor = f"<{self._aor(self.user)}>"
        identity = [
            ("To", aor),
            ("From", f"{aor};tag={secrets.token_hex(4)}"),
            ("Call-ID", secrets.token_hex(8)),
        ]
        head = [*identity, self._contact(), ("Expires", str(expires))]
        return await self._line.transact(Request("REGISTER", f"sip:127.0.0.1:{self._exchange}", head, 1))

    async def dial(self, number: str, *extra: tuple[str, str]) -> tuple[Call, Message]:
        """INVITE ``number`` with ``extra`` headers; the call and the final response."""
        target = self._aor(number)
        shown = f'"{self.display}" ' if self.display else ""
        local = f"{shown}<{self._aor(self.identity)}>;tag={secrets.token_hex(4)}"
        call = Call(secrets.token_hex(8), local, f"<{target}>", target)
        self.calls[call.id] = call
        head = [*call.headers(), self._contact(), *extra]
        final = await self._line.transact(Request("INVITE", target, head, 1, _sdp(self.sound_port)))
        call.sequence = int(final.header("CSeq").split()[0])
        call.remote = final.header("To")
        if final.status != 200:
            call.ended.set()
            return call, final
        call.target = address(final.header("Contact"))
        self._line.send_request(Request("ACK", call.target, call.headers(), call.sequence))
        return call, final

    async def ringing(self) -> Call:
        """The next call that rings here."""
        return await asyncio.wait_for(self._rings.get(), _TIMEOUT)

    def answer(self, call: Call) -> None:
        """200 to the INVITE that rings."""
        if call.invite is not None:
            self._line.reply(
                call.invite, "200 OK", self._contact(), to=call.local, body=_sdp(self.sound_port)
            )

    def reject(self, call: Call, status: str = "486 Busy Here") -> None:
        """Decline the INVITE that rings."""
        if call.invite is not None:
            self._line.reply(call.invite, status, to=call.local)

    async def hang_up(self, call: Call) -> None:
        """BYE. Who was called waits for the ACK before (RFC 3261 §15.1.1)."""
        if call.invite is not None:
            await asyncio.wait_for(call.acknowledged.wait(), _TIMEOUT)
        await self._in_dialog(call, "BYE")
        call.ended.set()

    async def hold(self, call: Call) -> None:
        """Put the other side on hold by a re-INVITE (RFC 3264 §8.4)."""
        await self._offer(call, "sendonly")

    async def resume(self, call: Call) -> None:
        """Talk with the other side again."""
        await self._offer(call, "sendrecv")

    async def _offer(self, call: Call, direction: str) -> None:
        call.sequence += 1
        head, body = [*call.headers(), self._contact()], _sdp(self.sound_port, call.sequence, direction)
        final = await self._line.transact(Request("INVITE", call.target, head, call.sequence, body))
        call.sequence = int(final.header("CSeq").split()[0])
        self._line.send_request(Request("ACK", call.target, call.headers(), call.sequence))
        if final.status != 200:
            raise AssertionError(f"no {direction}: {final.start}")

    async def refer(self, call: Call, number: str, *, replaces: Call | None = None) -> Message:
        """REFER the other side to ``number`` (RFC 3515), there in our place in the call that it ``replaces``
        (RFC 3891 §3: the tags as that call's other end has them); the answer to the REFER itself.
        """
        headers = ""
        if replaces is not None:
            theirs, ours = tag(replaces.remote), tag(replaces.local)
            headers = "?Replaces=" + quote(f"{replaces.id};to-tag={theirs};from-tag={ours}", safe="")
        return await self._in_dialog(call, "REFER", ("Refer-To", f"<{self._aor(number)}{headers}>"))

    async def outcome(self, call: Call) -> str:
        """The last status line that NOTIFY tells of a REFER, such as ``SIP/2.0 200 OK``."""
        while True:
            told = await asyncio.wait_for(call.notified.get(), _TIMEOUT)
            if not told.startswith("SIP/2.0 1"):
                return told

    async def _in_dialog(self, call: Call, method: str, *extra: tuple[str, str]) -> Message:
        call.sequence += 1
        head = [*call.headers(), self._contact(), *extra]
        return await self._line.transact(Request(method, call.target, head, call.sequence))

    def _on_request(self, request: Message) -> None:
        call = self.calls.get(request.header("Call-ID"))
        if request.method == "INVITE":
            self._on_invite(request, call)
        elif request.method != "ACK":
            self._line.reply(request, "200 OK")
        if call is None:
            return
        if request.method == "ACK":
            call.acknowledged.set()
        if request.method == "CANCEL":
            self.reject(call, "487 Request Terminated")
        if request.method in {"CANCEL", "BYE"}:
            call.ended.set()
        if request.method == "NOTIFY":
            call.notified.put_nowait(request.body.strip())

    def _on_invite(self, request: Message, call: Call | None) -> None:
        if call is not None:  # a re-INVITE, or one sent again because our answer was slow
            call.invite = request
            if "tag=" in request.header("To"):
                self.answer(call)
            return
        to = f"{request.header('To')};tag={secrets.token_hex(4)}"
        target = address(request.header("Contact"))
        call = Call(request.header("Call-ID"), to, request.header("From"), target, invite=request)
        self.calls[call.id] = call
        self._line.reply(request, "180 Ringing", self._contact(), to=to)
        self._rings.put_nowait(call)
