"""The log: one look, ids in every line where they are known, and nothing of a customer or a secret."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy.engine import URL

from hub import logs
from hub.contract import Card
from hub.service.hub import open_hub
from hub.settings import LogFormat
from tests.databases import Databases
from tests.hub.centre import METRICS_TOKEN, NOAH, Centre, Desk, open_centre, sample_settings
from tests.hub.served import served
from tests.hub.tokens import token_of
from tests.hub.trouble import gone
from tests.stubs.crm import EmptyCrm
from tests.stubs.pbx import FakePbx

CALLER = "Noah-the-caller"
NOTE = "wants-a-fibre-line"
KEY = "key-of-the-wrap-up"
_CARD_DATA = ("נועה", "ברק", NOAH, NOAH.removeprefix("+"), "0505550101", CALLER, NOTE, KEY, METRICS_TOKEN)


def _lines(told: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


class QuotingCrm(EmptyCrm):
    """A CRM adapter with a bug that quotes what it was asked for."""

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        return await self.find(typed)

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        raise RuntimeError(f"no customer {number} of {CALLER}")

    async def healthy(self) -> bool:
        return False


async def _day(centre: Centre, databases: Databases) -> list[Desk]:
    """What is done all day and what goes wrong: a call with note and wrap-up; strangers; no database."""
    desk, other = await centre.desk("yael"), await centre.desk("daniel")
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", NOAH, CALLER)
    await centre.settle()
    await desk.http.get(f"/v1/contacts/{contact}/card")
    await asyncio.sleep(0)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    path = f"/v1/contacts/{contact}"
    await desk.http.put(f"{path}/note", json={"text": NOTE})
    await desk.http.put(f"{path}/note", json={"txt": NOTE})
    await other.http.get(f"{path}/card")
    await other.http.get(f"/v1/contacts/{NOAH}/card")
    await desk.http.get(f"/{NOAH}?name={CALLER}")
    await centre.client().get("/v1/me", headers={"Authorization": f"Bearer {NOAH}{KEY}"})
    await centre.client().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    await centre.hub.engine.dispose()
    with gone(centre.hub.engine, databases):
        await desk.http.put(f"{path}/note", json={"text": NOTE})
        centre.pbx.agent_hangs_up("1001")
        await centre.settle()
    wrap_up = {"note": NOTE, "disposition": "solved"}
    answer = await desk.http.post(f"{path}/wrap-up", json=wrap_up, headers={"Idempotency-Key": KEY})
    assert answer.status_code == 200
    return [desk, other]


@pytest.mark.parametrize("look", ["json", "console"])
@pytest.mark.parametrize("crm", [None, QuotingCrm()], ids=["found", "broken"])
async def test_a_day_leaves_no_customer_and_no_secret_in_the_log(
    told: io.StringIO, database: URL, databases: Databases, look: LogFormat, crm: QuotingCrm | None
) -> None:
    logs.set_up(look, told)
    async with open_centre(database, crm=crm) as centre:
        desks = await _day(centre, databases)
    words = told.getvalue()
    assert ("the CRM adapter broke" in words) == (crm is not None)
    assert "contact event not stored" in words
    tokens = [desk.http.headers["Authorization"].removeprefix("Bearer ") for desk in desks]
    assert [secret for secret in (*_CARD_DATA, *tokens) if secret in words] == []


async def test_each_line_bears_the_ids_that_are_known(told: io.StringIO, centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    await desk.http.get(f"/v1/contacts/{contact}/card", headers={"X-Request-ID": "desk-7.0001"})
    line = _lines(told)[-1]
    assert line == {
        "event": "request",
        "level": "info",
        "timestamp": line["timestamp"],
        "request": "desk-7.0001",
        "agent": "yael",
        "contact": contact,
        "method": "GET",
        "route": "/contacts/{contact}/card",
        "status": 200,
    }
    offered = [line for line in _lines(told) if line.get("told") == "AgentOffered"]
    assert [(line["contact"], line["agent"]) for line in offered] == [(contact, "yael")]
    await centre.client().get(f"/v1/contacts/{contact}/card")
    stranger = _lines(told)[-1]
    assert (stranger["status"], "agent" in stranger, "contact" in stranger) == (401, False, False)


async def test_monitors_that_ask_all_day_fill_no_log(
    told: io.StringIO, centre: Centre, databases: Databases
) -> None:
    http = centre.client()
    before = len(_lines(told))
    for path in ("/health/live", "/health/ready", "/metrics"):
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        assert (await http.get(path, headers=headers)).status_code == 200
    assert len(_lines(told)) == before
    await centre.hub.engine.dispose()
    with gone(centre.hub.engine, databases):
        await http.get("/health/ready")
    assert [(line["route"], line["status"]) for line in _lines(told)[before:]] == [("/health/ready", 503)]


async def test_a_failed_look_up_bears_the_request_that_began_it(told: io.StringIO, database: URL) -> None:
    async with open_centre(database, crm=QuotingCrm()) as centre:
        desk = await centre.desk("yael")
        await centre.ready("yael")
        contact = centre.pbx.caller_joins("support", NOAH)
        await centre.settle()
        asked = await desk.http.get(f"/v1/contacts/{contact}/card")
        await asyncio.sleep(0)
        broken = [line for line in _lines(told) if line["event"] == "the CRM adapter broke"]
    assert {line["contact"] for line in broken} == {contact}
    assert broken[-1]["request"] == asked.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "asked", ["", "short", "a b c d e f g h", "x" * 65, "../../etc/passwd", "-leading-dash", "id\t12345678"]
)
async def test_an_id_that_is_not_well_formed_is_replaced(centre: Centre, asked: str) -> None:
    answer = await centre.client().get("/health/live", headers={"X-Request-ID": asked})
    given = answer.headers["X-Request-ID"]
    assert given != asked
    assert len(given) == 16
    kept = await centre.client().get("/health/live", headers={"X-Request-ID": given})
    assert kept.headers["X-Request-ID"] == given


async def test_a_fault_is_logged_by_type_and_place_without_its_words(
    told: io.StringIO, database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = await open_hub(sample_settings(database), FakePbx())
    token = await token_of(hub, "yael")

    def fail(agent: str) -> None:
        raise ValueError(f"cannot show {NOAH}")

    monkeypatch.setattr(type(hub.views), "snapshot", lambda self, agent: fail(agent))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "desk-7.0001"}
        async with served(hub, listener), httpx.AsyncClient(base_url=url, headers=headers) as http:
            assert (await http.get("/v1/snapshot")).status_code == 500
    (fault,) = [line for line in _lines(told) if "exception" in line]
    assert (fault["level"], fault["request"], fault["agent"]) == ("error", "desk-7.0001", "yael")
    assert fault["exception"].startswith("builtins.ValueError\n")
    assert "in fail" in fault["exception"]
    assert NOAH not in told.getvalue()
    (request,) = [line for line in _lines(told) if line["event"] == "request"]
    assert (request["status"], request["request"]) == (500, "desk-7.0001")


async def test_what_failed_before_is_told_too(told: io.StringIO) -> None:
    before = KeyError(NOAH)
    fault = ExceptionGroup(NOTE, [OSError(CALLER), before])
    fault.__cause__ = before
    structlog.get_logger().error("broken", exc_info=fault)
    (line,) = _lines(told)
    types = [row for row in line["exception"].splitlines() if row.startswith("builtins.")]
    assert types == ["builtins.ExceptionGroup", "builtins.OSError", "builtins.KeyError", "builtins.KeyError"]
    assert [word for word in (NOAH, NOTE, CALLER) if word in told.getvalue()] == []


async def test_a_task_that_nobody_waits_for_fails_without_its_words(told: io.StringIO, database: URL) -> None:
    hub = await open_hub(sample_settings(database), FakePbx())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with served(hub, listener):
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": NOAH, "exception": ValueError(NOAH)})
    (line,) = [line for line in _lines(told) if "exception" in line]
    assert (line["event"], line["exception"]) == (
        "a task failed that nobody waits for",
        "builtins.ValueError",
    )
    assert NOAH not in told.getvalue()


def test_the_libraries_warnings_have_the_same_look(told: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").info("Started")
    (line,) = _lines(told)
    assert (line["event"], line["level"]) == ("Invalid HTTP request received.", "warning")


def test_a_person_reads_lines_and_a_machine_reads_json(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: dict[tuple[str, bool], bool] = {}
    for look in ("auto", "json", "console"):
        for terminal in (True, False):
            stream = io.StringIO()
            monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal)
            logs.set_up(look, stream)
            structlog.get_logger().info("served")
            looks[look, terminal] = stream.getvalue().startswith("{")
    structlog.reset_defaults()
    assert looks == {
        ("auto", True): False,
        ("auto", False): True,
        ("json", True): True,
        ("json", False): True,
        ("console", True): False,
        ("console", False): False,
    }
