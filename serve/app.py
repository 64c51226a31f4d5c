"""The pages and the WebSocket behind the gate."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import textual_serve
from aiohttp import WSMsgType, web

from edge.text import clean
from edge.tries import Tries
from serve.desk_process import DeskProcess
from serve.door import Door, HubAway, NotLetIn, TooManyTries
from serve.errand import Errand
from serve.gate import PAGE, SESSION, SOCKET, Gate
from serve.patience import Patience
from serve.sessions import Full, Overtaken, Session
from serve.settings import Settings
from serve.words import WORDS, Language, language_of

_HERE = Path(__file__).parent
_TERMINAL = Path(textual_serve.__file__).parent / "static"
_LARGEST_FORM = 16 * 1024
_FORM_WITHIN = 20.0
_LARGEST_MESSAGE = 256 * 1024
"""Bytes of one WebSocket message: what is pasted at once is no larger."""
_HEARTBEAT = 15.0
_SWEEP = 20.0
_MOST_COLUMNS, _MOST_ROWS = 500, 200
_TOLD = {
    NotLetIn: (403, "not_let_in"),
    TooManyTries: (429, "too_many"),
    HubAway: (503, "hub_away"),
    Full: (503, "full"),
    Overtaken: (409, "overtaken"),
}
"""How each refusal is answered: status and words."""
_WHY_OUTSIDE = ("over", "revoked")
"""Why somebody who was signed in stands before the form."""

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


class Pages:
    """All handlers, over one gate and its sessions."""

    def __init__(
        self, settings: Settings, gate: Gate, door: Door, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._settings = settings
        self._gate = gate
        self._door = door
        self._tries = Tries(now)
        self.patience = Patience()
        """With lines on which nothing is asked; who has the lines has it look at them."""
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True
        )

    def app(self) -> web.Application:
        """The application; ending it ends every session."""
        middlewares = [self.patience.middleware(), self._gate.middleware()]
        app = web.Application(middlewares=middlewares, client_max_size=_LARGEST_FORM)
        app.add_routes(
            [
                web.get("/", self.desk, name=PAGE),
                web.get("/socket", self.socket, name=SOCKET),
                web.post("/sign-out", self.sign_out, name="leave"),
                web.static("/terminal", _TERMINAL, name="terminal"),
                web.static("/open", _HERE / "static", name="open"),
            ]
        )
        form = app.router.add_resource("/sign-in", name="form")
        form.add_route("GET", self.form)
        form.add_route("POST", self.sign_in)
        app.on_response_prepare.append(self._gate.guard)
        app.cleanup_ctx.append(self._sweeping)
        app.on_shutdown.append(self._close)
        return app

    async def form(self, request: web.Request) -> web.StreamResponse:
        """The form by which an agent signs in."""
        told = next((words for words in _WHY_OUTSIDE if words in request.query), "")
        return self._form(_language(request), told, 200)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Ask the hub, and open a session; or the form again with the reason."""
        form = await _form_of(request)
        agent, secret = (str(form.get(name, "")) for name in ("agent", "secret"))
        address = self._gate.came_from(request)
        try:
            key = await self._let_in(agent.strip(), secret, address)
        except tuple(_TOLD) as refusal:
            status, told = _TOLD[type(refusal)]
            log.warning("not let in from %s: %s", clean(address, limit=64), type(refusal).__name__)
            return self._form(_language(request), told, status)
        if before := request.get(SESSION):  # whose page stood open here cannot sign out any more
            await self._gate.sessions.end(before)
        inside = web.HTTPSeeOther("/")
        inside.set_cookie(
            self._gate.cookie, key, path="/", httponly=True, secure=self._gate.secure, samesite="Strict"
        )
        raise inside

    async def _let_in(self, agent: str, secret: str, address: str) -> str:
        """The key of a new session. Tries are spent here first: one browser is not to use up the hub's."""
        if not self._tries.spend(address):
            raise TooManyTries
        key = await self._gate.sessions.open(await self._door.let_in(agent, secret, address))
        self._tries.forgive(address)
        return key

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the desk, the session, and the browser's device at the hub."""
        session = request[SESSION]
        await self._gate.sessions.end(session)
        outside = web.HTTPSeeOther(f"/sign-in?over&lang={session.guest.me.language}")
        outside.del_cookie(
            self._gate.cookie, path="/", httponly=True, secure=self._gate.secure, samesite="Strict"
        )
        raise outside

    async def desk(self, request: web.Request) -> web.StreamResponse:
        """The page with the terminal, in the agent's language."""
        session = request[SESSION]
        me = session.guest.me
        if await self._gate.sessions.is_revoked(session):
            raise web.HTTPSeeOther(f"/sign-in?revoked&lang={me.language}")
        return self._page("desk.html", me.language, 200, me=me, socket=self._gate.socket)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """The desk itself: it begins with the connection and ends with it."""
        session = request[SESSION]
        await self._gate.sessions.is_revoked(session)  # one that is over has no desk
        line = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LARGEST_MESSAGE)
        await line.prepare(request)
        self.patience.keep(request)
        desk = DeskProcess(self._errand(session), write=line.send_bytes, close=line.close)
        width = _size(request.query.get("width"), 80, _MOST_COLUMNS)
        height = _size(request.query.get("height"), 24, _MOST_ROWS)
        try:
            if await self._gate.sessions.use(session, desk, width, height):
                await _relay(line, desk)
        finally:
            await desk.stop()
            self._gate.sessions.left(session, desk)
            await line.close()
        return line

    def _errand(self, session: Session) -> Errand:
        hub = self._settings.hub
        return Errand(
            agent=session.agent,
            url=hub.url,
            ca_file=hub.ca_file,
            token=session.guest.token,
            desk=self._settings.desk,
        )

    def _form(self, language: Language, told: str, status: int) -> web.Response:
        return self._page("sign_in.html", language, status, told=told)

    def _page(self, name: str, language: Language, status: int, **filled: Any) -> web.Response:
        text = self._templates.get_template(name).render(language=language, words=WORDS[language], **filled)
        return web.Response(text=text, status=status, content_type="text/html")

    async def _sweeping(self, _app: web.Application) -> AsyncIterator[None]:
        async def sweep() -> None:
            while True:
                await asyncio.sleep(_SWEEP)
                await self._gate.sessions.sweep()

        sweeping = asyncio.create_task(sweep())
        yield
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping

    async def _close(self, _app: web.Application) -> None:
        await self._gate.sessions.close()


async def _form_of(request: web.Request) -> Mapping[str, object]:
    try:
        async with asyncio.timeout(_FORM_WITHIN):
            return await request.post()
    except (LookupError, ValueError):
        raise web.HTTPBadRequest(text="This is no form.\n") from None
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The form did not come in time.\n") from None


async def _relay(line: web.WebSocketResponse, desk: DeskProcess) -> None:
    """What the browser says, to the desk: keys, its size, whether it is looked at. Nothing else is heard."""
    async for message in line:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            said = json.loads(message.data)
        except (ValueError, RecursionError):
            continue
        match said:
            case ["stdin", str(keys)]:
                await desk.send_bytes(keys.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await desk.set_terminal_size(_size(width, 80, _MOST_COLUMNS), _size(height, 24, _MOST_ROWS))
            case ["ping", str(told)]:
                await line.send_json(["pong", told])
            case ["blur", *_]:
                await desk.blur()
            case ["focus", *_]:
                await desk.focus()


def _size(told: str | int | None, usual: int, most: int) -> int:
    """A number of columns or rows that a terminal can have."""
    try:
        return max(1, min(int(told), most)) if told is not None else usual
    except ValueError:
        return usual


def _language(request: web.Request) -> Language:
    return language_of(request.query.get("lang", ""), request.headers.get("Accept-Language", ""))
