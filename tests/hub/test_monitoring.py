"""What monitors are told: alive, ready, figures. Never a name, a number or a secret."""

from __future__ import annotations

import socket

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import URL

from hub.app import make_app
from hub.service.floor import CONNECTING
from hub.service.hub import open_hub
from tests.databases import Databases
from tests.hub.centre import METRICS_TOKEN, NOAH, Centre, sample_settings
from tests.hub.served import events, served
from tests.hub.tokens import token_of
from tests.hub.trouble import gone
from tests.stubs.pbx import FakePbx

_BEARER = {"Authorization": f"Bearer {METRICS_TOKEN}"}


async def _figures(http: httpx.AsyncClient) -> dict[str, float]:
    """Each series of the page, as Prometheus writes it, with its value."""
    page = (await http.get("/metrics", headers=_BEARER)).text
    return {
        sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_a_hub_that_answers_is_alive_without_its_database(centre: Centre, databases: Databases) -> None:
    http = centre.client()
    await centre.hub.engine.dispose()
    with gone(centre.hub.engine, databases):
        alive = await http.get("/health/live")
        ready = await http.get("/health/ready")
    assert (alive.status_code, alive.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (
        503,
        {"ready": False, "database": False, "exchange": True, "words": "the database does not answer"},
    )
    assert (await http.get("/health/ready")).status_code == 200


async def test_a_hub_is_ready_once_it_knows_how_the_exchange_stands(centre: Centre) -> None:
    http = centre.client()
    told = await http.get("/health/ready")
    assert (told.status_code, told.json()) == (
        200,
        {"ready": True, "database": True, "exchange": True, "words": ""},
    )
    centre.hub.floor.link = CONNECTING
    told = await http.get("/health/ready")
    assert (told.status_code, told.json()["words"]) == (503, "the exchange has not been reached yet")
    centre.pbx.link_down()
    await centre.settle()
    told = await http.get("/health/ready")
    assert (told.status_code, told.json()["exchange"]) == (200, False)
    assert told.json()["words"] == "there is no line to the exchange"


async def test_the_figures_need_a_token_of_their_own(centre: Centre) -> None:
    desk = await centre.desk("yael")
    http = centre.client()
    for authorization in ("", "Bearer", "Bearer x", f"Basic {METRICS_TOKEN}", "Bearer " + "\x80" * 9):
        headers = {b"Authorization": authorization.encode("latin-1")}
        answer = await http.get("/metrics", headers=headers)
        assert (answer.status_code, "moked_hub" in answer.text) == (401, False)
    assert (await desk.http.get("/metrics")).status_code == 401, "an agent's token is for desks"
    assert (await http.get("/metrics", headers=_BEARER)).status_code == 200
    assert (await http.get("/v1/me", headers=_BEARER)).status_code == 401


async def test_without_a_token_there_are_no_figures(centre: Centre) -> None:
    transport = httpx.ASGITransport(make_app(centre.hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
            assert (await http.get("/metrics", headers=headers)).status_code == 404


async def test_the_figures_tell_the_floor(centre: Centre) -> None:
    http = centre.client()
    centre.pbx.caller_joins("support", NOAH)
    centre.pbx.caller_joins("support", "")
    await centre.settle()
    await centre.ready("yael")
    centre.pbx.caller_joins("support", NOAH)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    told = await _figures(http)
    assert told["moked_hub_waiting_callers queue=support"] == 2
    assert told["moked_hub_waiting_callers queue=sales"] == 0
    assert told["moked_hub_exchange_up"] == 1
    assert told["moked_hub_exchange_events_total kind=CallerJoined"] == 3
    centre.pbx.link_down()
    await centre.settle()
    assert (await _figures(http))["moked_hub_exchange_up"] == 0


async def test_the_figures_count_what_the_database_refuses(centre: Centre, databases: Databases) -> None:
    desk = await centre.desk("yael")
    before = (await _figures(desk.http))["moked_hub_database_errors_total"]
    await centre.hub.engine.dispose()
    with gone(centre.hub.engine, databases):
        await desk.http.get("/v1/me")
    after = (await _figures(desk.http))["moked_hub_database_errors_total"]
    assert (before, after) == (0, 1)


async def test_requests_are_counted_by_template_whatever_is_asked(centre: Centre) -> None:
    desk = await centre.desk("yael")
    for number in range(20):
        await desk.http.get(f"/v1/contacts/{NOAH}-{number}/card")
        await desk.http.get(f"/{NOAH}/{number}")
        await desk.http.request(f"BREW{number}", "/v1/me")
    page = (await desk.http.get("/metrics", headers=_BEARER)).text
    assert NOAH not in page
    assert "BREW" not in page
    told = await _figures(desk.http)
    counted = {
        name: value for name, value in told.items() if name.startswith("moked_hub_http_requests_total")
    }
    name = "moked_hub_http_requests_total method={} route={} status={}".format
    assert counted == {
        name("GET", "/contacts/{contact}/card", 404): 20,
        name("GET", "none", 404): 20,
        name("none", "/me", 405): 20,
        name("GET", "/metrics", 200): 1,
    }


async def test_open_streams_are_counted_while_they_are_open(database: URL) -> None:
    hub = await open_hub(sample_settings(database), FakePbx())
    token = await token_of(hub, "yael")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            served(hub, listener, metrics_token=METRICS_TOKEN),
            httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http,
            events(http) as stream,
        ):
            await anext(stream)
            told = await _figures(http)
    assert told["moked_hub_open_streams"] == 1
    assert told["moked_hub_http_requests_total method=GET route=/events status=200"] == 1
