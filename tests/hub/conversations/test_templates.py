"""Templates that agents send by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.whatsapp import AgentTemplate, Template, Templates, WhatsApp
from hub.ports.messages import Template as WireTemplate
from hub.service.outbox import WHATSAPP
from tests.hub.centre import Centre, Desk, open_centre, told_by_webhooks
from tests.hub.conversations.acts import in_a_call, inside, leaves, only, thread
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
)
from tests.stubs.written import FakeMessages

_GO_ON = AgentTemplate(
    title="Go on in writing",
    name="go_on",
    language="en_US",
    body="Hello {{1}}, this is {{2}}. Please answer here, {{1}}.",
    parameters=("name", "agent"),
)


@pytest.fixture
async def templated(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    """A centre whose agents have a template; two a day go to one number."""
    settings = told_by_webhooks(database)
    whatsapp = WhatsApp(
        destinations=("+9725",),
        templates=Templates(en=Template(name="waiting_caller", language="en_US")),
        number_limit=2,
        agent_templates=(_GO_ON,),
    )
    settings = settings.model_copy(
        update={"centre": settings.centre.model_copy(update={"whatsapp": whatsapp})}
    )
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as opened:
        yield opened


async def _send(
    desk: Desk, name: str, number: int = 1, *, agreed: bool = True, filled: tuple[str, ...] = ("Noah", "Yael")
) -> httpx.Response:
    asked = {"template": "go_on.en_US", "parameters": filled, "agreed": agreed}
    headers = {"Idempotency-Key": f"template-key-{number}"}
    return await desk.http.post(f"/v1/conversations/{name}/templates", json=asked, headers=headers)


async def test_a_template_begins_to_write_once_and_reads_as_it_was_shown(
    templated: Centre, provider: FakeMessages
) -> None:
    yael, name = await in_a_call(templated)
    (offered,) = (await yael.http.get("/v1/snapshot")).json()["templates"]
    assert (offered["title"], offered["parameters"]) == ("Go on in writing", ["name", "agent"])
    first, again = await _send(yael, name), await _send(yael, name)
    assert (first.status_code, again.json()) == (200, first.json())
    assert first.json()["text"] == "Hello Noah, this is Yael. Please answer here, Noah."
    await leaves(templated)
    await leaves(templated)
    (sent,) = provider.accepted
    assert (sent.to, sent.content) == (f"+{NOAH_ID}", WireTemplate("go_on", "en_US", ("Noah", "Yael")))
    assert (await only(yael)).can.opted_in
    assert [one.kind for one in (await thread(yael, name)).messages] == ["template"]


async def test_who_has_not_agreed_gets_none(templated: Centre, provider: FakeMessages) -> None:
    yael, name = await in_a_call(templated)
    refused = await _send(yael, name, agreed=False)
    assert (refused.status_code, "ask them first" in refused.json()["detail"]) == (409, True)
    await leaves(templated)
    assert (provider.accepted, (await only(yael)).can.opted_in) == ([], False)


@pytest.mark.parametrize("filled", [("Noah",), ("Noah", " "), ("Noah", "Yael", "more"), ("", "Yael")])
async def test_a_template_is_filled_wholly(templated: Centre, filled: tuple[str, ...]) -> None:
    yael, name = await in_a_call(templated)
    assert (await _send(yael, name, filled=filled)).status_code == 422


async def test_templates_are_counted_by_number_and_by_who_may_be_written_to(templated: Centre) -> None:
    yael, name = await in_a_call(templated)
    answers = [await _send(yael, name, number) for number in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    other = await templated.desk(await inside(templated))
    assert (await _send(other, name, 9)).status_code == 404


async def test_a_number_abroad_gets_none(templated: Centre) -> None:
    yael, name = await in_a_call(templated, "+15005550006")
    assert (await _send(yael, name)).status_code == 422
