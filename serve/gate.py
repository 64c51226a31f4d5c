"""The gate before everything: who asks from where, and whether they are signed in.

Any page of anywhere may have a browser send requests and open WebSockets to us. So whatever acts must come
from our own pages by its field Origin (RFC 6454 §7, RFC 6455 §10.2), the Host must be our name (a name that
was made to point here is not), and the cookie goes with requests of our pages alone (SameSite=Strict).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from serve.sessions import Session, Sessions

OPEN: Final = frozenset({"open", "form"})
"""Routes for who is not signed in: the form, its style sheet, the fonts."""
SOCKET: Final = "socket"
PAGE: Final = "desk"
SESSION: Final = web.RequestKey("session", Session)

_NO_PAGES_OF_OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src {socket}; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; sandbox allow-same-origin allow-scripts allow-forms"
)
"""xterm.js writes style sheets for its colours, which takes 'unsafe-inline' for styles; scripts are files.

It also makes a link of whatever looks like one, a customer's words among it, and opens it at a click: the
sandbox lets the page open no window (HTML §7.1.5, allow-popups).
"""
_BY_TLS_ALONE = "max-age=31536000"
"""For a year the browser comes by TLS and lets nobody past a bad certificate (RFC 6797 §6.1)."""


@dataclass(frozen=True, slots=True)
class Gate:
    """``origin`` is what browsers have in their address line: scheme, name and port (RFC 6454 §4)."""

    origin: str
    sessions: Sessions
    behind_proxy: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """Its name; ``__Host-`` has browsers take it from us alone (RFC 6265bis §4.1.3.2)."""
        return "__Host-moked" if self.secure else "moked"

    @property
    def socket(self) -> str:
        """The WebSocket's address."""
        return (
            f"{'wss' if self.secure else 'ws'}{self.origin.removeprefix('https').removeprefix('http')}/socket"
        )

    def middleware(self) -> Middleware:
        """What aiohttp calls before each handler."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._look(request, handler)

        return gate

    async def _look(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        route = request.match_info.route.name
        if request.headers.get("Host", "").lower() != urlsplit(self.origin).netloc:
            raise web.HTTPMisdirectedRequest(text=f"This desk is at {self.origin}\n")
        acts = request.method not in ("GET", "HEAD") or route == SOCKET
        if acts and request.headers.get("Origin") != self.origin:
            raise web.HTTPForbidden(text="This was not sent by a page of this desk.\n")
        session = self.sessions.of(request.cookies.get(self.cookie, ""))
        if session is not None:
            request[SESSION] = session
        elif route == PAGE:
            raise web.HTTPSeeOther("/sign-in")
        elif route not in OPEN:
            raise web.HTTPUnauthorized(text="Sign in first.\n")
        return await handler(request)

    async def guard(self, request: web.Request, response: web.StreamResponse) -> None:
        """Tell the browser what an answer of ours may do: nothing but this."""
        response.headers.update(_NO_PAGES_OF_OTHERS)
        response.headers["Content-Security-Policy"] = _POLICY.format(socket=self.socket)
        if self.secure:
            response.headers["Strict-Transport-Security"] = _BY_TLS_ALONE
        if request.match_info.route.name != "open":
            response.headers["Cache-Control"] = "no-store"
        response.headers.pop("Server", None)

    def came_from(self, request: web.Request) -> str:
        """The browser's address; a proxy on this machine says it last in X-Forwarded-For."""
        forwarded = request.headers.get("X-Forwarded-For", "") if self.behind_proxy else ""
        return forwarded.rpartition(",")[2].strip() or request.remote or ""
