"""A stand-in for WhatsApp's Cloud API: it holds each request to Meta's pages, and misbehaves when told.

It is a server of its own thread, so that hubs of other processes can be led to it.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import ValidationError

from tests.stubs.whatsapp_api import Asked, uploaded

TOKEN = "a-token-of-this-run-alone"
SENDER = "106540352242922"
_WITHIN = 30.0


@dataclass(frozen=True)
class Answer:
    """What the API says next. ``status`` 0 is nothing at all: the connection ends without a word.

    ``taken`` says whether the message is on its way nevertheless. A ``held`` answer is not given until
    ``WhatsApp.go_on``.
    """

    status: int
    text: str | bytes
    headers: dict[str, str] = field(default_factory=dict)
    taken: bool = False
    held: bool = False


def error(status: int, code: int, details: str = "some details", **headers: str) -> Answer:
    """An error in the form of docs/whatsapp/cloud-api/support/error-codes."""
    told = {
        "message": f"(#{code}) A title that is to go",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": "AbCdEf",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps({"error": told}), named)


HTML = "<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>"


@dataclass
class WhatsApp:
    """The API of this ``version`` at ``address``. ``accepted`` are the messages that are on their way,
    ``asked`` all requests for one, ``files`` what was uploaded or sent by customers, by id with its media
    type.

    ``next`` are the answers to the next messages, ``next_file`` to whatever is asked about files.
    """

    address: str
    version: str = "v24.0"
    accepted: list[Asked] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    next: deque[Answer] = field(default_factory=deque)
    next_file: deque[Answer] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _held: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Give the answers that are held."""
        self._held.set()

    def until_asked(self, times: int) -> None:
        """Wait for the request of that number."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= times, _WITHIN), self.asked

    def keep(self, media_type: str, data: bytes) -> str:
        """Have a file, as of a customer; its id."""
        name = str(4000 + len(self.files))
        self.files[name] = (media_type, data)
        return name

    def described(self, media: str, **changes: object) -> Answer:
        """What ``GET MEDIA_ID`` tells (the page on media, *retrieve media URL*)."""
        media_type, data = self.files[media]
        told: dict[str, object] = {
            "messaging_product": "whatsapp",
            "url": f"{self.address}/files/?mid={media}",
            "mime_type": media_type,
            "sha256": hashlib.sha256(data).hexdigest(),
            "file_size": str(len(data)),
            "id": media,
        }
        return Answer(200, json.dumps({**told, **changes}))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """To one request."""
        with self._changed:
            self.agents.append(headers.get("user-agent", ""))
            said = self._said(method, path, headers, body)
            self._changed.notify_all()
        if said.held:
            self._held.wait(_WITHIN)
        return said

    def _said(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        name = path.rpartition("=" if path.startswith("/files/") else "/")[2]
        match method, path.split("/")[1:]:
            case "POST", [self.version, sender, "messages"] if sender == SENDER:
                self.asked.append(json.loads(body))
                answer = self._message
            case "POST", [self.version, sender, "media"] if sender == SENDER:
                answer = self._upload
            case "GET", [self.version | "files", _] if name in self.files:
                return self._let_in(headers) or self._file(path, name)
            case _:
                return self._complain(404, f"no such path: {method} {path}")
        return self._let_in(headers) or answer(headers, body)

    def _let_in(self, headers: dict[str, str]) -> Answer | None:
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, 190, "the token is none")
        if not re.fullmatch(r"[a-z]+/[0-9]+\.[0-9]+\.[0-9]+", headers.get("user-agent", "")):
            return self._complain(400, "the user agent has no name and version")
        return None

    def _message(self, headers: dict[str, str], body: bytes) -> Answer:
        if headers.get("content-type") != "application/json":
            return self._complain(400, "application/json is needed")
        try:
            asked = Asked.model_validate_json(body)
        except ValidationError as wrong:
            return self._complain(400, str(wrong))
        if asked.media and asked.media not in self.files:
            return self._complain(400, f"no file {asked.media}")
        said = self.next.popleft() if self.next else None
        if said is None or said.taken:
            self.accepted.append(asked)
        return said or Answer(200, json.dumps(_taken(asked, len(self.accepted))))

    def _upload(self, headers: dict[str, str], body: bytes) -> Answer:
        try:
            media_type, data = uploaded(headers.get("content-type", ""), body)
        except ValueError as wrong:
            return self._complain(400, str(wrong))
        if self.next_file:
            return self.next_file.popleft()
        return Answer(200, json.dumps({"id": self.keep(media_type, data)}))

    def _file(self, path: str, media: str) -> Answer:
        if self.next_file:
            return self.next_file.popleft()
        if not path.startswith("/files/"):
            return self.described(media)
        media_type, data = self.files[media]
        return Answer(200, data, {"Content-Type": media_type})

    def _complain(self, status: int, words: str) -> Answer:
        self.complaints.append(words)
        return error(status, 100, words)


def _taken(asked: Asked, number: int) -> dict[str, Any]:
    to = asked.to or asked.recipient or ""
    known = {"wa_id": to.removeprefix("+")} if asked.to else {"user_id": to}
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, **known}],
        "messages": [{"id": f"wamid.{number}", "message_status": "accepted"}],
    }


@contextmanager
def whatsapp() -> Iterator[WhatsApp]:
    """The API, for as long as the block runs. Whatever was asked wrongly fails here."""

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer("POST")

        def do_GET(self) -> None:
            self._answer("GET")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = api.answer(method, self.path, headers, body)
            if said.status == 0:
                self.close_connection = True
                return
            text = said.text.encode() if isinstance(said.text, str) else said.text
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nobody reads it."""

    class _Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Who asked has gone: a hub that was killed, or did not wait."""

    with _Server(("127.0.0.1", 0), _Handler) as server:
        api = WhatsApp(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield api
        finally:
            api.go_on()
            server.shutdown()
            thread.join()
    assert api.complaints == []
