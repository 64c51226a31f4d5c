"""A stand-in for WhatsApp's Cloud API: it holds each request to Meta's pages, and misbehaves when told.

It is a server of its own thread, so that hubs of other processes can be led to it.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

TOKEN = "a-token-of-this-run-alone"
SENDER = "106540352242922"
_WITHIN = 30.0


class _Specified(BaseModel):
    """Nothing but what is specified: a misspelt field is error 100."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Text(_Specified):
    """A parameter (docs/whatsapp/cloud-api/reference/messages, *parameter object*): its text, not empty."""

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=1024)]


class _Body(_Specified):
    """A component (the same page, *components object*): the body with its parameters in order."""

    type: Literal["body"]
    parameters: Annotated[list[_Text], Field(min_length=1)]


class _Language(_Specified):
    """*language object*: ``policy`` deterministic is the only one; ``code`` as the template has it."""

    policy: Literal["deterministic"]
    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]


class _Template(_Specified):
    """*template object*: names are of lower case letters, digits and underscores
    (docs/whatsapp/business-management-api/message-templates).
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: _Language
    components: list[_Body] = []


class Asked(_Specified):
    """The body (docs/whatsapp/cloud-api/reference/messages, *message object*).

    ``to`` has country code and, as the page on phone numbers advises, a plus; ``biz_opaque_callback_data`` is
    a string of at most 512 characters that comes back with each status.
    """

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"]
    to: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
    type: Literal["template"]
    template: _Template
    biz_opaque_callback_data: Annotated[str, Field(max_length=512)]


@dataclass(frozen=True)
class Answer:
    """What the API says next. ``status`` 0 is nothing at all: the connection ends without a word.

    ``taken`` says whether the message is on its way nevertheless. A ``held`` answer is not given until
    ``WhatsApp.go_on``.
    """

    status: int
    text: str
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
    """The API at ``address``. ``accepted`` are the messages that are on their way, ``asked`` all requests."""

    address: str
    accepted: list[Asked] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    next: deque[Answer] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _held: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Give the answers that are held."""
        self._held.set()

    def until_asked(self, times: int) -> None:
        """Wait for the request of that number."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= times, _WITHIN), self.asked

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """To one request."""
        with self._changed:
            self.asked.append(json.loads(body))
            self.agents.append(headers.get("user-agent", ""))
            said = self._said(path, headers, body)
            self._changed.notify_all()
        if said.held:
            self._held.wait(_WITHIN)
        return said

    def _said(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path != f"/v24.0/{SENDER}/messages":
            return self._complain(404, f"no such path: {path}")
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, 190, "the token is none")
        if headers.get("content-type") != "application/json":
            return self._complain(400, "application/json is needed")
        try:
            asked = Asked.model_validate_json(body)
        except ValidationError as wrong:
            return self._complain(400, str(wrong))
        said = self.next.popleft() if self.next else None
        if said is None or said.taken:
            self.accepted.append(asked)
        return said or Answer(200, json.dumps(_taken(asked, len(self.accepted))))

    def _complain(self, status: int, words: str) -> Answer:
        self.complaints.append(words)
        return error(status, 100, words)


def _taken(asked: Asked, number: int) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": asked.to, "wa_id": asked.to.removeprefix("+")}],
        "messages": [{"id": f"wamid.{number}", "message_status": "accepted"}],
    }


@contextmanager
def whatsapp() -> Iterator[WhatsApp]:
    """The API, for as long as the block runs. Whatever was asked wrongly fails here."""

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = api.answer(self.path, headers, body)
            if said.status == 0:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.text.encode())))
            self.end_headers()
            self.wfile.write(said.text.encode())

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
