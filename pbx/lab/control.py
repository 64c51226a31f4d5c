"""The control socket: a private Unix socket on which the hub reads the queues and callers enter them.

One JSON object a line. ``{"id": 1, "command": "pause", "args": {…}}`` is answered by
``{"id": 1, "ok": true, "result": …}`` or ``{"id": 1, "error": {"code": …, "words": …}}``. A client that sent
``subscribe`` is sent events, ``{"event": "CallerJoined", …}``; one that sent ``enter`` is the line of that
caller: it is sent orders, ``{"order": "Dial", "agent": "1001"}`` and ``{"order": "Stop"}``, and closing it
is hanging up.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from edge.runtime import peer_is_us
from hub.ports.pbx import PbxEvent
from pbx.lab.exchange import Dial, Exchange, Order
from pbx.lab.queue import QueueFull
from pbx.lab.roster import NoSuchMember, NoSuchQueue, QueueError
from pbx.lab.wire import JsonObject, WireError, event_to_json, line, read_line, rows_to_json

_MOST_CLIENTS = 200
_MOST_UNSENT = 1000
"""Messages a slow client may be behind; then it is cut off and comes again."""
_LONGEST_COMMAND = 16 * 1024
_LONGEST_TEXT = 200

CODES: dict[type[Exception], str] = {
    NoSuchQueue: "no_such_queue",
    NoSuchMember: "no_such_member",
    QueueFull: "queue_full",
    WireError: "bad_request",
}


class _Client:
    """One connection: what it still has to be sent, and what it is."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.subscribed = False
        self.contact = ""
        self._writer = writer
        self._unsent: asyncio.Queue[bytes] = asyncio.Queue(_MOST_UNSENT)

    def send(self, message: JsonObject) -> None:
        try:
            self._unsent.put_nowait(line(message))
        except asyncio.QueueFull:
            self.cut()

    def cut(self) -> None:
        self._writer.transport.abort()

    async def write(self) -> None:
        while True:
            self._writer.write(await self._unsent.get())
            await self._writer.drain()


class ControlServer:
    """Serves one exchange on one socket. ``serving`` begins it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: set[_Client] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._commands: dict[str, Callable[[_Client, JsonObject], Any]] = {
            "subscribe": self._subscribe,
            "queues": lambda _client, _args: rows_to_json(self._exchange.rows()),
            "join": self._join,
            "leave": lambda _client, args: self._exchange.leave(_text(args, "queue"), _text(args, "agent")),
            "pause": self._pause,
            "enrol": lambda _client, args: self._exchange.enrol(_text(args, "user"), _text(args, "password")),
            "enter": self._enter,
        }

    @contextlib.asynccontextmanager
    async def serving(self, exchange: Exchange) -> AsyncIterator[None]:
        """Serve ``exchange``, for this user only, while the context is open."""
        self._exchange = exchange
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listening.bind(str(self._path))
        finally:
            os.umask(before)
        server = await asyncio.start_unix_server(self._connected, sock=listening, limit=_LONGEST_COMMAND)
        try:
            yield
        finally:
            server.close()
            for client in list(self._clients):
                client.cut()
            # Each ends by itself now; left to the end of the loop they would be cancelled with a traceback.
            await asyncio.gather(*self._connections)
            self._path.unlink(missing_ok=True)

    def publish(self, event: PbxEvent) -> None:
        """Send an event to everybody who subscribed."""
        message = event_to_json(event)
        for client in self._clients:
            if client.subscribed:
                client.send(message)

    def order(self, order: Order) -> None:
        """Send an order to the line of the caller it is for."""
        message: JsonObject = {"order": type(order).__name__}
        if isinstance(order, Dial):
            message["agent"] = order.agent
        for client in self._clients:
            if client.contact == order.contact:
                client.send(message)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not _is_us(writer) or len(self._clients) >= _MOST_CLIENTS:
            writer.close()
            return
        connection = asyncio.create_task(self._attend(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(writer)
        self._clients.add(client)
        writing = asyncio.create_task(client.write())
        try:
            await self._serve_client(client, reader)
        finally:
            writing.cancel()
            self._clients.discard(client)
            if client.contact:
                self._exchange.hang_up(client.contact)
            writer.close()

    async def _serve_client(self, client: _Client, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
            while True:
                data = await reader.readuntil(b"\n")
                self._answer(client, data)

    def _answer(self, client: _Client, data: bytes) -> None:
        number: object = None
        try:
            request = read_line(data)
            number = request.get("id")
            result = self._carry_out(client, request)
        except (QueueError, WireError) as error:
            client.send({"id": number, "error": {"code": CODES[type(error)], "words": str(error)}})
        else:
            client.send({"id": number, "ok": True, "result": result})

    def _carry_out(self, client: _Client, request: JsonObject) -> Any:
        command = self._commands.get(str(request.get("command")))
        args = request.get("args", {})
        if command is None or not isinstance(args, dict):
            raise WireError("no such command")
        return command(client, args)

    def _subscribe(self, client: _Client, _args: JsonObject) -> None:
        client.subscribed = True

    def _join(self, _client: _Client, args: JsonObject) -> None:
        paused, reason = _flag(args, "paused"), _text(args, "reason", empty=True)
        self._exchange.join(_text(args, "queue"), _text(args, "agent"), paused=paused, reason=reason)

    def _pause(self, _client: _Client, args: JsonObject) -> None:
        reason = _text(args, "reason", empty=True)
        self._exchange.pause(_text(args, "agent"), paused=_flag(args, "paused"), reason=reason)

    def _enter(self, client: _Client, args: JsonObject) -> str:
        if client.contact:
            raise WireError("a line carries one caller")
        queue, number, name = _text(args, "queue"), _text(args, "number"), _text(args, "name", empty=True)
        client.contact = secrets.token_hex(8)
        try:
            self._exchange.enter(queue, client.contact, number, name)
        except QueueError:
            client.contact = ""
            raise
        return client.contact


def _text(args: JsonObject, name: str, *, empty: bool = False) -> str:
    value = args.get(name, "" if empty else None)
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not (value or empty):
        raise WireError(f"{name} must be a text")
    return value


def _flag(args: JsonObject, name: str) -> bool:
    value = args.get(name)
    if not isinstance(value, bool):
        raise WireError(f"{name} must be true or false")
    return value


def _is_us(writer: asyncio.StreamWriter) -> bool:
    with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as connection:
        return peer_is_us(connection)
