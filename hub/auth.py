"""Who asks: the bearer token of a request (RFC 6750), the device it speaks for, its agent, and
what their role may do.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bind_contextvars

from hub.db.devices import Device
from hub.refusals import Forbidden, NotStored, Unauthorized
from hub.requests import PREFIX
from hub.roles import MAY
from hub.service.hub import Hub

_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,128}")
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{16,512}=*)")


def the_hub(request: Request) -> Hub:
    """The hub this app serves."""
    hub: Hub = request.app.state.hub
    return hub


HubHere: TypeAlias = Annotated[Hub, Depends(the_hub)]


async def the_device(request: Request, hub: HubHere) -> Device:
    """The device whose token came with the request; the log knows its agent from here on.

    Raises ``Unauthorized``.
    """
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if bearer is None:
        raise Unauthorized("This request came without a usable token; enrol with: moked enroll")
    try:
        device = await hub.access.devices.store.of_token(bearer[1])
    except SQLAlchemyError as error:
        raise NotStored("The hub's database does not answer; try again.") from error
    if device is None or device.agent not in hub.roster.agents:
        raise Unauthorized("This device is not enrolled, or no more; ask for a code and: moked enroll")
    bind_contextvars(agent=device.agent)
    contact = request.path_params.get("contact", "")
    if _CONTACT.fullmatch(contact):
        bind_contextvars(contact=contact)
    return device


async def permitted(request: Request, device: Annotated[Device, Depends(the_device)], hub: HubHere) -> Device:
    """The device, when its agent's role may do what is asked. Raises ``Unauthorized`` and ``Forbidden``."""
    asked = (request.method, request.scope["route"].path.removeprefix(PREFIX))
    if hub.roster.agents[device.agent].role not in MAY.get(asked, ()):
        raise Forbidden("Your role does not allow this; ask your administrator.")
    return device


DeviceHere: TypeAlias = Annotated[Device, Depends(permitted)]


async def the_agent(device: DeviceHere) -> str:
    """The id of the agent whose device asks."""
    return device.agent


AgentHere: TypeAlias = Annotated[str, Depends(the_agent)]
