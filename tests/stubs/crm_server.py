"""What the stand-ins of CRMs share: a server of its own thread, its people, and how it misbehaves."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from tests.pbx.certificates import CertificateFiles

SECRET = "a-secret-of-this-run-alone"
HTML = "<!DOCTYPE html><html><body>Please log in.</body></html>"
_WITHIN = 30.0
_ENDLESS = 100_000


@dataclass
class Person:
    """A customer in a CRM; ``matters`` are (reference, title, opened, status), ``past`` are (at, words)."""

    id: str
    first: str
    last: str
    numbers: list[str]
    language: str = "he"
    city: str = ""
    segment: str = ""
    reference: str = ""
    balance: float = 0.0
    currency: str = "ILS"
    renewal: str = ""
    matters: list[tuple[str, str, datetime, str]] = field(default_factory=list)
    past: list[tuple[datetime, str]] = field(default_factory=list)
    key: str = ""
    """The hub's own, where the CRM has a place for it."""


@dataclass(frozen=True)
class Written:
    """Something that the hub wrote: ``note``, ``call`` or ``task``."""

    kind: str
    customer: str
    words: str
    key: str = ""


@dataclass(frozen=True)
class Request:
    """As it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What is said. ``status`` 0 is nothing: the connection ends. A ``held`` one waits for the test's end."""

    status: int
    text: str | bytes = ""
    headers: dict[str, str] = field(default_factory=dict)
    held: bool = False
    drips: bool = False
    """It comes byte by byte, and never to an end."""
    taken: bool = False
    """It is carried out nevertheless."""


def said(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value))


class Wrong(Exception):
    """The request is not as the specification has it."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


Tell: TypeAlias = Callable[["CrmApi", Request], Answer]
"""What a CRM says to a request."""


@dataclass
class CrmApi:
    """A CRM at ``address``. ``troubles`` is what it says next instead; ``broken`` paths never work."""

    address: str
    tell: Tell
    people: dict[str, Person] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    created: list[Person] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    troubles: deque[Answer] = field(default_factory=deque)
    broken: dict[str, Answer] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    """What a stand-in keeps beside."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _held: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.asked.append(request)
            trouble = self.troubles.popleft() if self.troubles else None
            if trouble is None:
                trouble = next((it for path, it in self.broken.items() if path in request.path), None)
            right = self._right(request) if trouble is None or trouble.taken else None
        if trouble is not None and trouble.held:
            self._held.wait(_WITHIN)
        return trouble or right or Answer(500)

    def over(self, seconds: float) -> bool:
        """Whether the test ends within that time."""
        return self._held.wait(seconds)

    def go_on(self) -> None:
        self._held.set()

    def _right(self, request: Request) -> Answer:
        try:
            return self.tell(self, request)
        except Wrong as wrong:
            self.complaints.append(f"{request.method} {request.path}: {wrong}")
            return said({"message": str(wrong)}, wrong.status)

    def create(self, first: str, last: str, number: str, key: str = "") -> Person:
        """Somebody new, as often as it is asked for."""
        made = Person(str(5000 + len(self.people)), first, last, [number] if number else [], key=key)
        self.people[made.id] = made
        self.created.append(made)
        return made

    def with_id(self, name: object) -> Person | None:
        return self.people.get(str(name))


def sample(number: str = "050-555-0101") -> dict[str, Person]:
    """Three people, two of whom share a number, and one whose every field is hostile."""
    opened = datetime(2026, 5, 12, 9, tzinfo=UTC)
    evil = "\x1b[2J\u202eevil [bold red]\x07" + "x" * 5000
    people = [
        Person(
            "1001",
            *("נועה", "ברק"),
            numbers=[number, "03-555-0199"],
            city="חיפה",
            segment="gold",
            reference="4711",
            balance=-1234.5,
            renewal="2026-11-28",
            matters=[("501", "הנתב מאתחל את עצמו", opened, "ממתין")],
            past=[(opened, "ביקשה הצעת מחיר")],
        ),
        Person("1002", "Dan", "Levi", ["+97235550112"], language="en"),
        Person("1003", "Gila", "Levi", ["+972505550199", "+97235550112"]),
        Person(
            "1666",
            *(evil, evil),
            numbers=["+972505550166", evil, "+" + "9" * 400],
            language=evil,
            city=evil,
            segment=evil,
            currency=evil,
            renewal=evil,
            matters=[("502", evil, opened, evil)],
            past=[(opened, evil)],
        ),
    ]
    return {person.id: person for person in people}


class _Server(ThreadingHTTPServer):
    """Serves ``api``, by TLS where there is a certificate."""

    daemon_threads = True

    def __init__(
        self, tell: Tell, people: dict[str, Person], certificate: CertificateFiles | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate.chain, certificate.key)
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        scheme = "https" if certificate else "http"
        self.api = CrmApi(f"{scheme}://127.0.0.1:{self.server_address[1]}", tell, people)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked did not wait."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""

    def _answer(self) -> None:
        assert isinstance(self.server, _Server)
        api = self.server.api
        told = api.answer(self._request())
        if told.status == 0:
            self.close_connection = True
            return
        self._say(told)
        while told.drips and not api.over(0.02):
            self.wfile.write(b" ")

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("who asked has gone before all was said")
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, parts.path, query, headers, body)

    def _say(self, told: Answer) -> None:
        text = told.text.encode() if isinstance(told.text, str) else told.text
        self.send_response(told.status)
        for name, value in {"Content-Type": "application/json", **told.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(_ENDLESS if told.drips else len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def serving(
    tell: Tell, people: dict[str, Person], certificate: CertificateFiles | None = None
) -> Iterator[CrmApi]:
    """For as long as the block runs. Whatever was asked wrongly fails here."""
    with _Server(tell, people, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.api
        finally:
            server.api.go_on()
            server.shutdown()
            thread.join()
    assert not server.api.complaints, server.api.complaints
