"""The routes: each one by the contract's table, closed to whoever has no business there."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub import contract
from hub.app import make_app
from tests.hub.centre import METRICS_TOKEN, NOAH, Centre, Desk
from tests.hub.tokens import token_of

_PROGRESS = {"script": "support.en", "revision": "abc", "done": ["greet"], "answers": {"greet": "yes"}}
_TOO_MUCH = {**_PROGRESS, "done": [str(n) for n in range(501)]}
_VOICE = {"mos": 4.1, "least_mos": 2.9, "loss_in": 1.5, "loss_out": 0.5, "jitter": 31.0, "rtt": 120.0}
_KEY = {"Idempotency-Key": "key-00000001"}

TABLE: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", "/me"): {},
    ("GET", "/snapshot"): {},
    ("GET", "/events"): {},
    ("PUT", "/presence"): {"json": {"presence": "away", "reason": "Lunch"}},
    ("GET", "/contacts/{id}/card"): {},
    ("POST", "/contacts/{id}/customers"): {"json": {"words": "noa"}},
    ("PUT", "/contacts/{id}/customer"): {"json": {"customer": "C-1001"}},
    ("POST", "/contacts/{id}/customer"): {"json": {"name": "Dana Cohen"}, "headers": _KEY},
    ("GET", "/contacts/{id}/script"): {},
    ("PUT", "/contacts/{id}/script-progress"): {"json": _PROGRESS},
    ("PUT", "/contacts/{id}/note"): {"json": {"text": "so far"}},
    ("POST", "/contacts/{id}/wrap-up"): {
        "json": {"note": "done", "disposition": "solved"},
        "headers": _KEY,
    },
    ("GET", "/contacts/{id}"): {},
    ("GET", "/callbacks"): {},
    ("GET", "/conversations"): {},
    ("POST", "/history"): {"json": {"words": "noah"}},
    ("POST", "/callbacks"): {"json": {"queue": "support", "numbers": [NOAH]}, "headers": _KEY},
}
"""Every route with a token, and a request that would do."""

_WRAP_UP = ("POST", "/contacts/{id}/wrap-up")

OPEN = {("GET", "/health"), ("GET", "/authority"), ("POST", "/enrolment"), ("POST", "/enrolment/password")}
"""Every route without one."""

OTHERS = {
    ("GET", "/floor"),
    ("GET", "/agents"),
    ("GET", "/agents/{id}/devices"),
    ("DELETE", "/agents/{id}/devices/{device}"),
    ("PUT", "/agents/{id}/presence"),
    ("GET", "/audit"),
    ("POST", "/agents/{id}/listening"),
    ("POST", "/agents/{id}/coach-notes"),
    ("PUT", "/listening"),
    ("DELETE", "/listening"),
}
"""Every route that agents are refused; ``test_roles`` has the rest of it."""

OWN = {
    ("POST", "/contacts/{id}/conversation"),
    ("DELETE", "/callbacks/{callback}"),
    ("DELETE", "/device"),
    ("GET", "/conversations/{id}"),
    ("PUT", "/conversations/{id}/agent"),
    ("DELETE", "/conversations/{id}/agent"),
    ("PUT", "/conversations/{id}/seen"),
    ("POST", "/conversations/{id}/messages"),
    ("POST", "/conversations/{id}/templates"),
    ("POST", "/conversations/{id}/files"),
    ("GET", "/conversations/{id}/file"),
}
"""What needs something of the agent's own: ``test_callbacks``, ``conversations``, ``test_roles``."""

OF_CONTACTS = {route: request for route, request in TABLE.items() if "{id}" in route[1]}
PLAIN = {route: request for route, request in TABLE.items() if route != ("GET", "/events")}


_NO_UPDATE = {
    "sqlite": ("CREATE TRIGGER no BEFORE UPDATE ON contacts BEGIN SELECT RAISE(ABORT, 'no'); END",),
    "postgresql": (
        "CREATE FUNCTION no() RETURNS trigger AS $$ BEGIN RAISE 'no'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER no BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION no()",
    ),
}
_UPDATE_AGAIN = {"sqlite": ("DROP TRIGGER no",), "postgresql": ("DROP TRIGGER no ON contacts",)}


async def _call(
    http: httpx.AsyncClient, route: tuple[str, str], contact: str, **request: Any
) -> httpx.Response:
    method, path = route
    return await http.request(method, "/v1" + path.replace("{id}", contact), **request)


async def _talking(centre: Centre) -> tuple[Desk, str]:
    """Yael's desk, and the contact she talks in."""
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    await centre.settle()
    return desk, contact


def _is_problem(answer: httpx.Response, status: int) -> contract.Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = contract.Problem.model_validate_json(answer.content)
    assert problem.status == status
    assert problem.detail
    return problem


async def test_the_app_serves_the_contracts_table_and_nothing_else(centre: Centre) -> None:
    promised = set(re.findall(r"^(GET|PUT|POST|DELETE) +(/\S+)", contract.__doc__ or "", re.MULTILINE))
    assert promised == {*TABLE, *OPEN, *OTHERS, *OWN}
    monitoring = {("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/metrics")}
    served = {
        (method.upper(), re.sub(r"\{(contact|agent|conversation)\}", "{id}", path))
        for path, operations in make_app(centre.hub, METRICS_TOKEN).openapi()["paths"].items()
        for method in operations
    }
    assert served == {(method, f"/v1{path}") for method, path in promised} | monitoring


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
async def test_no_route_without_a_token_that_speaks_for_somebody(
    centre: Centre, route: tuple[str, str]
) -> None:
    http = centre.client()
    unusable = ("Bearer", "Bearer x", "Basic eWFlbDp5YWVs", "Bearer " + "\x80" * 43, "Bearer a b")
    for authorization in ("", *unusable, "Bearer " + "a" * 43):
        headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}
        answer = await _call(http, route, "fake-1", headers=headers)
        _is_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_token_speaks_for_nobody(centre: Centre) -> None:
    desk = await centre.desk("yael")
    assert (await desk.http.get("/v1/me")).status_code == 200
    await centre.hub.access.devices.store.revoke("yael", centre.time())
    _is_problem(await desk.http.get("/v1/me"), 401)


async def test_the_database_holds_no_token(centre: Centre) -> None:
    token = await token_of(centre.hub, "yael")
    async with centre.hub.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM devices")).all()
    assert rows
    assert token not in str(rows)


@pytest.mark.parametrize("route", OF_CONTACTS, ids=" ".join)
async def test_another_agents_contact_looks_like_none(centre: Centre, route: tuple[str, str]) -> None:
    _desk, contact = await _talking(centre)
    other = await centre.desk("daniel")
    request = OF_CONTACTS[route]
    theirs = _is_problem(await _call(other.http, route, contact, **request), 404)
    if route == _WRAP_UP:  # of a talk that nobody saw the agent's word is taken (test_gap)
        return
    unknown = _is_problem(await _call(other.http, route, "no-such-contact", **request), 404)
    assert theirs == unknown


@pytest.mark.parametrize("route", PLAIN, ids=" ".join)
async def test_the_agent_in_the_call_is_served(centre: Centre, route: tuple[str, str]) -> None:
    desk, contact = await _talking(centre)
    answer = await _call(desk.http, route, contact, **PLAIN[route])
    assert answer.status_code in {200, 204}, answer.text


async def test_health_needs_no_token_and_names_nobody(centre: Centre) -> None:
    answer = await centre.client().get("/v1/health")
    assert contract.Health.model_validate_json(answer.content) == contract.Health(ok=True, pbx=True, crm=True)


async def test_what_the_desk_keeps_is_in_the_next_snapshot(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    note = "שורה ראשונה\nline two [/red] \x1b]0;x\x07\u202e"
    await desk.http.put(f"/v1/contacts/{contact}/note", json={"text": note})
    await desk.http.put(f"/v1/contacts/{contact}/script-progress", json=_PROGRESS)
    record = (await desk.snapshot()).contacts[0].record
    assert record.note == "שורה ראשונה\nline two [/red] ]0;x"
    assert record.script == contract.ScriptProgress.model_validate(_PROGRESS)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("note", {"text": "x" * 10_001}, 422),
        ("note", {"text": "x", "more": 1}, 422),
        ("note", {"text": "x" * 300_000}, 413),
        ("script-progress", _TOO_MUCH, 422),
    ],
)
async def test_what_is_too_much_is_refused_in_words_without_the_text(
    centre: Centre, path: str, body: dict[str, Any], status: int
) -> None:
    desk, contact = await _talking(centre)
    answer = await desk.http.put(f"/v1/contacts/{contact}/{path}", json=body)
    assert "xxx" not in _is_problem(answer, status).detail


@pytest.mark.parametrize("followed", [None, {**_PROGRESS, "done": ["greet", "verify\x1b[2J"]}])
async def test_a_wrap_up_says_what_was_done_of_the_script_or_leaves_it_as_it_is(
    centre: Centre, followed: dict[str, Any] | None
) -> None:
    desk, contact = await _talking(centre)
    await desk.http.put(f"/v1/contacts/{contact}/script-progress", json=_PROGRESS)
    asked = {"note": "one", "disposition": "solved", "script": followed}
    answer = await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=_KEY)
    stored = contract.ContactRecord.model_validate(answer.json()).script
    assert stored is not None
    assert stored.done == (("greet", "verify[2J") if followed else tuple(_PROGRESS["done"]))


async def test_a_wrap_up_sent_again_is_stored_once(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    path, asked = f"/v1/contacts/{contact}/wrap-up", {"note": "one", "disposition": "solved"}
    first = await desk.http.post(path, json=asked, headers=_KEY)
    centre.time.passes(5)
    again = await desk.http.post(path, json=asked, headers=_KEY)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert (await desk.kinds()).count("wrapped_up") == 1
    _is_problem(await desk.http.post(path, json={**asked, "note": "two"}, headers=_KEY), 422)
    another_key = {"Idempotency-Key": "key-00000002"}
    _is_problem(await desk.http.post(path, json=asked, headers=another_key), 409)


@pytest.mark.parametrize(
    ("asked", "headers", "status"),
    [
        ({"note": "", "disposition": "no_such"}, _KEY, 422),
        ({"note": "", "disposition": "solved"}, {}, 422),
        ({"note": "", "disposition": "solved"}, {"Idempotency-Key": "short"}, 422),
        ({"note": "x" * 10_001, "disposition": "solved"}, _KEY, 422),
        ({"note": "", "disposition": "solved", "script": _TOO_MUCH}, _KEY, 422),
        ({"note": "", "disposition": "solved", "voice": {**_VOICE, "mos": 5.1}}, _KEY, 422),
        ({"note": "", "disposition": "solved", "voice": {**_VOICE, "loss_in": 100.1}}, _KEY, 422),
        ({"note": "", "disposition": "solved", "voice": {**_VOICE, "rtt": -1}}, _KEY, 422),
    ],
)
async def test_a_wrap_up_that_cannot_be_is_refused(
    centre: Centre, asked: dict[str, object], headers: dict[str, str], status: int
) -> None:
    desk, contact = await _talking(centre)
    answer = await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=headers)
    _is_problem(answer, status)


async def test_an_offer_cannot_be_wrapped_up(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring()
    asked = {"note": "", "disposition": "solved"}
    answer = await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=_KEY)
    _is_problem(answer, 409)


async def test_a_database_that_fails_leaves_the_wrap_up_owed(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    await _sql(centre, "ALTER TABLE wrap_ups RENAME TO elsewhere")
    path, asked = f"/v1/contacts/{contact}/wrap-up", {"note": "kept", "disposition": "solved"}
    _is_problem(await desk.http.post(path, json=asked, headers=_KEY), 503)
    assert [item.phase for item in (await desk.snapshot()).contacts] == ["wrap_up"]
    await _sql(centre, "ALTER TABLE elsewhere RENAME TO wrap_ups")
    assert (await desk.http.post(path, json=asked, headers=_KEY)).status_code == 200


async def test_a_wrap_up_half_stored_leaves_nothing_behind(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    await _sql(centre, *_NO_UPDATE[centre.hub.engine.dialect.name])
    path = f"/v1/contacts/{contact}/wrap-up"
    asked = {"note": "kept", "disposition": "solved", "voice": _VOICE}
    _is_problem(await desk.http.post(path, json=asked, headers=_KEY), 503)
    (owed,) = (await desk.snapshot()).contacts
    assert (owed.phase, owed.record.disposition, owed.record.voice) == ("wrap_up", "", None)
    await _sql(centre, *_UPDATE_AGAIN[centre.hub.engine.dialect.name])
    assert (await desk.http.post(path, json=asked, headers=_KEY)).status_code == 200
    assert (await desk.snapshot()).contacts == ()


async def test_presence_reaches_the_exchange(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await desk.http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
    await centre.settle()
    me = (await desk.snapshot()).me
    assert (me.presence, me.reason) == (contract.Presence.AWAY, "Lunch")
    assert {(row.queue, row.paused, row.reason) for row in me.members} == {
        ("support", True, "Lunch"),
        ("sales", True, "Lunch"),
    }
    await desk.http.put("/v1/presence", json={"presence": "ready", "reason": "Lunch"})
    await centre.settle()
    me = (await desk.snapshot()).me
    assert (me.reason, [(row.paused, row.reason) for row in me.members]) == ("", [(False, "")] * 2)
    await desk.http.put("/v1/presence", json={"presence": "offline"})
    await centre.settle()
    assert (await desk.snapshot()).me.members == ()


async def test_the_moment_of_a_choice_is_told_and_outlasts_the_same_choice(centre: Centre) -> None:
    desk, chosen = await centre.desk("yael"), centre.time.moment
    assert (await desk.snapshot()).me.presence_since is None
    lunch = {"presence": "away", "reason": "Lunch"}
    await desk.http.put("/v1/presence", json=lunch)
    centre.time.passes(90)
    await desk.http.put("/v1/presence", json=lunch)
    assert (await desk.snapshot()).me.presence_since == chosen
    assert (await centre.hub.agents.all_intents())["yael"].since == chosen
    await desk.http.put("/v1/presence", json={"presence": "away", "reason": "Training"})
    assert (await desk.snapshot()).me.presence_since == centre.time.moment


async def test_presence_chosen_without_a_line_is_kept_and_settled_later(centre: Centre) -> None:
    desk = await centre.desk("yael")
    centre.pbx.link_down()
    await centre.settle()
    answer = await desk.http.put("/v1/presence", json={"presence": "ready"})
    assert answer.json()["presence"] == "ready"
    centre.pbx.link_up()
    await centre.settle()
    assert len((await desk.snapshot()).me.members) == 2


async def test_an_exchange_that_refuses_is_told(centre: Centre) -> None:
    desk = await centre.desk("yael")
    del centre.pbx._queues["sales"]
    answer = await desk.http.put("/v1/presence", json={"presence": "ready"})
    assert "refused" in _is_problem(answer, 502).detail


async def test_scripts_are_chosen_by_queue_and_language(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    path = f"/v1/contacts/{contact}/script"
    hebrew = (await desk.http.get(path, params={"language": "he"})).json()
    assert (hebrew["id"], hebrew["language"]) == ("support.he", "he")
    assert (await desk.http.get(path)).json()["id"] == "support.en"
    _is_problem(await desk.http.get(path, params={"language": "fr"}), 422)


async def test_a_contact_that_no_database_can_hold_is_refused(centre: Centre) -> None:
    desk = await centre.desk("yael")
    for name in ("a%00b", "a" * 129):
        _is_problem(await desk.http.get(f"/v1/contacts/{name}"), 422)


async def test_unknown_paths_and_methods_are_problems(centre: Centre) -> None:
    http = centre.client()
    _is_problem(await http.get("/v1/nothing"), 404)
    _is_problem(await http.delete("/v1/me"), 405)
    assert (await http.get("/docs")).status_code == 404


async def _sql(centre: Centre, *statements: str) -> None:
    async with centre.hub.engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def test_a_stolen_token_opens_no_other_agents_contact_and_replays_no_wrap_up(centre: Centre) -> None:
    """Daniel's token with all that Yael's request said, its key too."""
    desk, contact = await _talking(centre)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    path, asked = f"/v1/contacts/{contact}/wrap-up", {"note": "one", "disposition": "solved"}
    assert (await desk.http.post(path, json=asked, headers=_KEY)).status_code == 200
    other = await centre.desk("daniel")
    _is_problem(await other.http.post(path, json=asked, headers=_KEY), 404)
    _is_problem(await other.http.get(f"/v1/contacts/{contact}"), 404)
    (stored,) = await centre.hub.handling.work.contacts.visits(contact)
    assert (stored.agent, stored.note) == ("yael", "one")
