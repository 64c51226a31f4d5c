"""Roles, from the app's own routes: a route without a row fails here, and each row is held to its word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final, get_args

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy.engine import URL

from centre.model import Role
from hub.app import make_app
from hub.contract import DeviceView, Problem
from hub.requests import PREFIX
from hub.roles import MAY, OPEN
from hub.service.hub import Hub, open_hub
from tests.hub.centre import METRICS_TOKEN, ROUTING_SECRET, Centre, sample_settings
from tests.hub.tokens import enrolled, token_of
from tests.stubs.pbx import FakePbx

ROLES: Final[tuple[Role, ...]] = get_args(Role)
_BY_ROLE: Final = dict(zip(ROLES, ("yael", "daniel", "tal", "omri"), strict=True))
"""One agent of the sample centre for each role."""
WHERE: Final = {
    "{contact}": "no-such-contact",
    "{agent}": "yael",
    "{device}": "no-such-device",
    "{callback}": "no-such-callback",
}


@pytest.fixture
async def hub(database: URL) -> AsyncIterator[Hub]:
    settings = sample_settings(database)
    roles = {agent: role for role, agent in _BY_ROLE.items()}
    agents = tuple(agent.model_copy(update={"role": roles[agent.id]}) for agent in settings.centre.agents)
    centre = settings.centre.model_copy(update={"agents": agents})
    opened = await open_hub(settings.model_copy(update={"centre": centre}), FakePbx())
    yield opened
    await opened.close()


async def _ask(hub: Hub, route: tuple[str, str], token: str = "") -> httpx.Response:
    method, path = route
    for name, value in WHERE.items():
        path = path.replace(name, value)
    transport = httpx.ASGITransport(make_app(hub))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as http:
        return await http.request(method, PREFIX + path)


def _routes(found: Iterable[object]) -> Iterator[APIRoute]:
    """All routes, those of routers that FastAPI keeps as they were included, too."""
    for route in found:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes)
        else:
            assert isinstance(route, APIRoute)
            yield route


async def test_every_route_of_the_app_has_a_row_and_no_row_is_left_over(centre: Centre) -> None:
    routes = {
        (method, route.path.removeprefix(PREFIX))
        for route in _routes(make_app(centre.hub, METRICS_TOKEN, ROUTING_SECRET).routes)
        for method in route.methods or ()
    }
    assert routes == {*OPEN, *MAY}
    assert not OPEN & set(MAY)


@pytest.mark.parametrize("route", MAY, ids=" ".join)
async def test_nobody_is_served_without_a_token(hub: Hub, route: tuple[str, str]) -> None:
    assert (await _ask(hub, route)).status_code == 401


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", [one for one in MAY if one[1] != "/events"], ids=" ".join)
async def test_a_role_may_what_its_row_says(hub: Hub, route: tuple[str, str], role: Role) -> None:
    answer = await _ask(hub, route, await token_of(hub, _BY_ROLE[role]))
    assert (answer.status_code != 403) == (role in MAY[route]), answer.text
    if answer.status_code == 403:
        assert "role" in Problem.model_validate_json(answer.content).detail


@pytest.mark.parametrize("role", ["agent", "trainer", "supervisor"])
async def test_devices_are_for_administrators_alone(hub: Hub, role: Role) -> None:
    for route in MAY:
        if "devices" in route[1]:
            assert role not in MAY[route]


async def test_a_route_without_a_row_is_refused_to_everybody(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await token_of(hub, _BY_ROLE["administrator"])
    monkeypatch.setattr("hub.auth.MAY", {})
    assert (await _ask(hub, ("GET", "/me"), token)).status_code == 403


async def test_an_administrator_sees_and_ends_an_agents_devices(hub: Hub) -> None:
    boss = await token_of(hub, _BY_ROLE["administrator"])
    lost, token = await enrolled(hub, "yael")
    shown = await _ask(hub, ("GET", "/agents/yael/devices"), boss)
    assert [DeviceView.model_validate(one).id for one in shown.json()] == [lost.id]
    assert (await _ask(hub, ("DELETE", f"/agents/daniel/devices/{lost.id}"), boss)).status_code == 404
    assert (await _ask(hub, ("GET", "/me"), token)).status_code == 200
    assert (await _ask(hub, ("DELETE", f"/agents/yael/devices/{lost.id}"), boss)).status_code == 204
    assert (await _ask(hub, ("GET", "/me"), token)).status_code == 401
    assert (await _ask(hub, ("DELETE", f"/agents/yael/devices/{lost.id}"), boss)).status_code == 404


async def test_a_device_ends_itself_and_no_other(hub: Hub) -> None:
    _, staying = await enrolled(hub, "yael")
    _, leaving = await enrolled(hub, "yael")
    assert (await _ask(hub, ("DELETE", "/device"), leaving)).status_code == 204
    assert (await _ask(hub, ("GET", "/me"), leaving)).status_code == 401
    assert (await _ask(hub, ("GET", "/me"), staying)).status_code == 200
