"""Who asks: the bearer token of a request (RFC 6750) and the agent it speaks for."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bind_contextvars

from hub.refusals import NotStored, Unauthorized
from hub.service.hub import Hub

_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,128}")
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{16,512}=*)")


def the_hub(request: Request) -> Hub:
    """The hub this app serves."""
    hub: Hub = request.app.state.hub
    return hub


HubHere: TypeAlias = Annotated[Hub, Depends(the_hub)]


async def the_agent(request: Request, hub: HubHere) -> str:
    """The id of the agent whose token came with the request; the log knows it from here on.

    Raises ``Unauthorized``.
    """
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if bearer is None:
        raise Unauthorized("This request came without a usable token; log in with: moked login")
    try:
        agent = await hub.agents.agent_of(bearer[1])
    except SQLAlchemyError as error:
        raise NotStored("The hub's database does not answer; try again.") from error
    if agent is None or agent not in hub.roster.agents:
        raise Unauthorized("The hub does not know this token; ask for a new one and: moked login")
    bind_contextvars(agent=agent)
    contact = request.path_params.get("contact", "")
    if _CONTACT.fullmatch(contact):
        bind_contextvars(contact=contact)
    return agent


AgentHere: TypeAlias = Annotated[str, Depends(the_agent)]
