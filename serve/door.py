"""Asks the hub who stands at the door: a name with a password, or an enrolment code, for a device's token.

The browser's address goes with the request (X-Forwarded-For), so that the hub counts tries by browser where
it believes this server. The hub is proved by TLS before anything is sent.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from pydantic import ValidationError

from agent_tui.adapters import hub_wire as wire
from agent_tui.config import HubSection
from agent_tui.ports import HubError
from edge.enrolment_code import EnrolmentCode, MistypedCode
from hub import contract as c

_DEVICE = "browser"


class NotLetIn(Exception):
    """The hub does not know this name with this secret."""


class TooManyTries(Exception):
    """The hub hears no more tries for a while, or the agent has too many devices."""


class HubAway(Exception):
    """The hub cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who was let in. ``token`` speaks for their browser at the hub."""

    me: c.Me
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Door:
    """The hub as this server asks it."""

    hub: HubSection

    async def let_in(self, agent: str, secret: str, address: str) -> Guest:
        """A new device of ``agent``, in place of an earlier browser of theirs.

        Raises ``NotLetIn``, ``TooManyTries``, ``HubAway``.
        """
        path, asked = _request(agent, secret)
        async with self._talking(headers={"X-Forwarded-For": address}) as http:
            given = wire.read(c.Enrolment, await _body(http, "POST", path, asked.model_dump()))
        if given.agent != agent:  # a code is somebody's, whatever name was typed with it
            await self.see_out(given.token)
            raise NotLetIn
        async with self._talking(given.token) as http:
            return Guest(wire.read(c.Me, await _body(http, "GET", "/v1/me")), given.token)

    async def knows(self, token: str) -> bool:
        """Whether the device of ``token`` is still one. Raises ``HubAway``, ``TooManyTries``."""
        try:
            async with self._talking(token) as http:
                await _body(http, "GET", "/v1/me")
        except NotLetIn:
            return False
        return True

    async def see_out(self, token: str) -> None:
        """End the device of ``token``. Raises ``HubAway``; one that is ended already is no error."""
        try:
            async with self._talking(token) as http:
                await _body(http, "DELETE", "/v1/device")
        except NotLetIn:
            return
        except TooManyTries:
            raise HubAway("it hears no more for a while") from None

    @asynccontextmanager
    async def _talking(
        self, token: str = "", headers: dict[str, str] | None = None
    ) -> AsyncIterator[httpx.AsyncClient]:
        known = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            ca_file = str(self.hub.ca_file) if self.hub.ca_file else None
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=ca_file)
            async with (
                asyncio.timeout(wire.REQUEST_WITHIN),
                httpx.AsyncClient(
                    base_url=self.hub.url,
                    headers={**known, **(headers or {})},
                    verify=trust,
                    timeout=wire.ANSWER,
                    follow_redirects=False,
                    trust_env=False,
                ) as http,
            ):
                yield http
        except (httpx.HTTPError, HubError, OSError) as error:
            raise HubAway(type(error).__name__) from None


async def _body(http: httpx.AsyncClient, method: str, path: str, body: Any = None) -> bytes:
    async with http.stream(method, path, json=body) as response:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooManyTries
        if httpx.codes.is_client_error(status):
            raise NotLetIn
        return await wire.body_of(response)


def _request(agent: str, secret: str) -> tuple[str, c.PasswordEnrolment | c.EnrolmentRequest]:
    """Where to send what was typed. A code has a form of its own, which no password has by chance."""
    try:
        code = EnrolmentCode.read(secret)
    except MistypedCode:
        try:
            asked = c.PasswordEnrolment(agent=agent, password=secret, device=_DEVICE, replaces=True)
        except ValidationError:
            raise NotLetIn from None
        return "/v1/enrolment/password", asked
    by_code = c.EnrolmentRequest(
        code=code.name.hex(), secret=code.secret.hex(), device=_DEVICE, replaces=True
    )
    return "/v1/enrolment", by_code
