"""How a device is enrolled: what the hub is to be known by, and what it gives for a code."""

from __future__ import annotations

from fastapi import APIRouter, Request, status

from hub.auth import DeviceHere, HubHere
from hub.contract import Authority, Enrolment, EnrolmentRequest, PasswordEnrolment
from hub.refusals import NoAuthority

router = APIRouter()


@router.get("/authority")
async def authority(hub: HubHere) -> Authority:
    """The certificate authority that codes name. It is public."""
    if not hub.access.authority:
        raise NoAuthority("This hub enrols no devices: its settings name no ca_file.")
    return Authority(pem=hub.access.authority)


@router.post("/enrolment")
async def enrol(asked: EnrolmentRequest, request: Request, hub: HubHere) -> Enrolment:
    """A device for a code, once."""
    return await hub.access.devices.enrol(asked, request.client.host if request.client else "")


@router.post("/enrolment/password")
async def enrol_by_password(asked: PasswordEnrolment, request: Request, hub: HubHere) -> Enrolment:
    """A device for a password."""
    return await hub.access.passwords.enrol(asked, request.client.host if request.client else "")


@router.delete("/device", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(asking: DeviceHere, hub: HubHere) -> None:
    """End the device that asks."""
    await hub.access.devices.revoke(asking.agent, asking.id)
