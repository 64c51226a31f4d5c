"""Whatever the hub's own schema allows, and what it does not: no request makes the hub fail, for no role.

Requests are made from the OpenAPI document that the app would show, the same ones at every run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from sqlalchemy.engine import URL
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from centre.model import Role
from centre.whatsapp import AgentTemplate, Template, Templates, WhatsApp
from edge.enrolment_code import EnrolmentCode
from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud
from hub.app import make_app
from hub.contract import CallbackRequest
from hub.db.incoming import keep_incoming
from hub.domain.passwords import hashed
from hub.ports.message_events import Incoming, SentFile, Writer
from hub.ports.messages import FileKind
from hub.requests import PREFIX
from hub.roles import MAY
from hub.service.outbox import WHATSAPP
from tests.hub.centre import METRICS_TOKEN, NOAH, Centre, open_centre, told_by_webhooks
from tests.hub.tokens import enrolled, token_of
from tests.pbx.certificates import make_certificates
from tests.stubs.some_files import JPEG
from tests.stubs.whatsapp import SENDER, TOKEN, whatsapp

_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_EXAMPLES = 12
_TRIES_FORGOTTEN = 3600.0
"""Seconds after which an address may try codes again."""
_PASSWORD = "correct horse battery"
_SUCCESS = range(200, 300)
_FORBIDDEN = 403
_FAILURE = 500
_KEY: Final = {"Idempotency-Key": "key-00000001"}
_PROGRESS: Final = {"script": "s", "revision": "1"}
Route: TypeAlias = tuple[str, str]

_SOUND: Final[Mapping[Route, dict[str, Any]]] = {
    ("PUT", "/presence"): {"json": {"presence": "ready"}},
    ("PUT", "/contacts/{contact}/script-progress"): {"json": _PROGRESS},
    ("PUT", "/contacts/{contact}/customer"): {"json": {"customer": "C-1001"}},
    ("POST", "/contacts/{contact}/customer"): {"json": {"name": "Dana Cohen"}, "headers": _KEY},
    ("PUT", "/contacts/{contact}/note"): {"json": {"text": "so far"}},
    ("POST", "/contacts/{contact}/wrap-up"): {"json": {"note": "", "disposition": "solved"}, "headers": _KEY},
    ("POST", "/callbacks"): {"json": {"queue": "sales", "numbers": [NOAH]}, "headers": _KEY},
    ("POST", "/conversations/{conversation}/templates"): {
        "json": {"template": "go_on.en_US", "agreed": True},
        "headers": _KEY,
    },
    ("PUT", "/conversations/{conversation}/seen"): {"json": {"message": "wamid.1"}},
    ("POST", "/conversations/{conversation}/messages"): {"json": {"text": "Shalom"}, "headers": _KEY},
    ("POST", "/conversations/{conversation}/files"): {
        "params": {"name": "photo.jpg"},
        "content": JPEG,
        "headers": _KEY,
    },
    ("GET", "/conversations/{conversation}/file"): {"params": {"message": "wamid.2"}},
    ("GET", "/metrics"): {"headers": {"Authorization": f"Bearer {METRICS_TOKEN}"}},
}
"""What a desk would send, where the schema alone cannot know it."""

_WHATSAPP: Final = WhatsApp(
    destinations=("+972",),
    templates=Templates(en=Template(name="waiting", language="en_US")),
    agent_templates=(
        AgentTemplate(title="Go on", name="go_on", language="en_US", body="Please answer here."),
    ),
)

_TRAINING: Final = frozenset(
    {
        ("POST", "/agents/{agent}/listening"),
        ("PUT", "/listening"),
        ("DELETE", "/listening"),
        ("POST", "/agents/{agent}/coach-notes"),
    }
)
"""What needs a talk to listen to or a desk to write to, which are none here: who may is refused by that."""


class HangsUp:
    """A desk that goes as soon as its stream of events has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, more = asyncio.Event(), True

        async def asked() -> Message:
            nonlocal more
            if more:
                message = await receive()
                more = message.get("more_body", False)
                return message
            await began.wait()
            return {"type": "http.disconnect"}

        async def told(message: Message) -> None:
            await send(message)
            began.set()

        await self._app(scope, asked, told)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Sender:
    """Asks the hub of ``centre`` as an agent of one role; keeps the status codes of each route."""

    def __init__(self, centre: Centre, token: str, known: dict[str, str]) -> None:
        self.known = known
        self.centre = centre
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(
                HangsUp(make_app(centre.hub, METRICS_TOKEN)), raise_app_exceptions=False
            ),
            base_url="http://hub",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def send(self, **request: Any) -> httpx.Response:
        answer = await self._http.request(**request)
        await self.centre.settle()
        assert answer.status_code < _FAILURE, f"{request}: {answer.text}"
        if answer.request.method == "DELETE" and answer.request.url.path == f"{PREFIX}/device":
            self._http.headers["Authorization"] = f"Bearer {await token_of(self.centre.hub, 'yael')}"
        return answer

    async def sound(self, method: str, path: str) -> httpx.Response:
        """The request of a desk that knows its contact and its code."""
        route = (method, path.removeprefix(PREFIX))
        extra = dict(_SOUND.get(route, {}))
        if route == ("POST", "/enrolment"):
            self.centre.time.passes(_TRIES_FORGOTTEN)
            code = EnrolmentCode.new(bytes(14))
            await self.centre.hub.access.devices.codes.keep(code, "yael", self.centre.time())
            extra["json"] = {"code": code.name.hex(), "secret": code.secret.hex()}
        if route == ("POST", "/enrolment/password"):
            self.centre.time.passes(_TRIES_FORGOTTEN)
            kept = hashed(_PASSWORD)
            await self.centre.hub.access.passwords.store.keep("yael", kept, self.centre.time())
            extra["json"] = {"agent": "yael", "password": _PASSWORD}
        if route[1].startswith("/conversations/"):
            await self.centre.hub.written.conversations.store.hand_over(
                self.known["conversation"], "", "yael"
            )
        return await self.send(method=method, url=path.format_map(self.known), **extra)

    async def close(self) -> None:
        await self._http.aclose()


@asynccontextmanager
async def _sender(database: URL, directory: Path, role: Role) -> AsyncIterator[Sender]:
    """Yael has ``role`` and talks to a customer."""
    settings = told_by_webhooks(database)
    agents = tuple(
        one.model_copy(update={"role": role if one.id == "yael" else one.role})
        for one in settings.centre.agents
    )
    changed = {
        "centre": settings.centre.model_copy(update={"agents": agents, "whatsapp": _WHATSAPP}),
        "hub": settings.hub.model_copy(update={"ca_file": make_certificates(directory).ca}),
    }
    with whatsapp() as api:
        senders = {WHATSAPP: WhatsAppCloud(Account(SENDER, TOKEN, api.address), httpx.Timeout(5.0))}
        changed_settings = settings.model_copy(update=changed)
        async with open_centre(database, senders=senders, settings=changed_settings) as centre:
            sender = await _yael(centre, api.keep("image/jpeg", JPEG))
            yield sender
            await sender.close()


async def _yael(centre: Centre, photo: str) -> Sender:
    """Yael in a talk with a customer, who wrote, and sent ``photo``."""
    contact = await centre.talk(NOAH)
    await centre.cards_arrive()
    device, _ = await enrolled(centre.hub, "daniel")
    asked = CallbackRequest(queue="support", numbers=(NOAH,), minutes=60)
    promised = await centre.hub.promises.make("yael", asked, "key-of-yaels")
    known = {"contact": contact, "agent": "daniel", "device": device.id, "callback": promised.id}
    noah = Writer(NOAH, "", "Noah")
    text = Incoming("wamid.1", centre.time(), noah, "text", "Shalom")
    file = SentFile(photo, FileKind.IMAGE, "image/jpeg", "photo.jpg")
    image = Incoming("wamid.2", centre.time(), noah, "image", file=file)
    async with centre.hub.engine.begin() as connection:
        known["conversation"] = await keep_incoming(connection, text, "support")
        await keep_incoming(connection, image, "support")
    return Sender(centre, await token_of(centre.hub, "yael"), known)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop that stays while a generator of requests asks for one after the other."""
    with asyncio.Runner() as opened:
        yield opened


def _requests(operation: Any, known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Requests for ``operation``: sound and unsound by its schema, half of them of things that are there."""
    ways = [operation.as_strategy()]
    if operation.path_parameters:
        names = {one.name for one in operation.path_parameters}
        ways.append(operation.as_strategy(path_parameters={name: known[name] for name in names}))
    if operation.body:
        ways.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    return st.one_of(ways)


@pytest.mark.parametrize("role", _ROLES)
def test_no_request_of_the_schema_makes_the_hub_fail_and_each_role_gets_what_it_may(
    database: URL, tmp_path: Path, runner: asyncio.Runner, role: Role
) -> None:
    opened = _sender(database, tmp_path, role)
    sender = runner.run(opened.__aenter__())
    schema = schemathesis.openapi.from_dict(make_app(sender.centre.hub, METRICS_TOKEN).openapi())
    try:
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            served = _statuses(runner, sender, operation)
            route = (operation.method.upper(), operation.path.removeprefix(PREFIX))
            may = role in MAY.get(route, _ROLES)
            if route in _TRAINING:
                assert (_FORBIDDEN not in served) == may, (route, served)
                continue
            assert any(status in _SUCCESS for status in served) == may, (route, served)
    finally:
        runner.run(opened.__aexit__(None, None, None))


def _statuses(runner: asyncio.Runner, sender: Sender, operation: Any) -> set[int]:
    served: set[int] = set()

    @limits(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_requests(operation, sender.known))
    def ask(case: Any) -> None:
        asked = case.as_transport_kwargs(base_url="http://hub")
        names = {"data": "content"} if isinstance(asked.get("data"), bytes | str) else {}
        request = {names.get(name, name): value for name, value in asked.items() if name != "cookies"}
        served.add(runner.run(sender.send(**request)).status_code)

    ask()
    served.add(runner.run(sender.sound(operation.method.upper(), operation.path)).status_code)
    return served
