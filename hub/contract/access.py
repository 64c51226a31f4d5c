"""How a device becomes an agent's, and what is shown of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model


class Authority(Model):
    """The certificate authority of the hub and of the exchange, PEM. An enrolment code has its fingerprint,
    so that it need not be believed.
    """

    pem: Annotated[str, Field(max_length=16_384)]


class EnrolmentRequest(Model):
    """A code as it was typed, name and secret, and what the device is to be called."""

    code: Annotated[str, Field(pattern="^[0-9a-f]{6}$")]
    secret: Annotated[str, Field(pattern="^[0-9a-f]{32}$", repr=False)]
    device: Annotated[str, Field(max_length=80)] = ""
    replaces: bool = False
    """The agent's devices that are called the same end with it, as a browser's that was never signed out."""


class SipAccount(Model):
    """The device's own account at the exchange, in the words of the desk's settings."""

    user: str
    password: Annotated[str, Field(repr=False)]
    domain: str
    transport: Literal["tls", "tcp", "udp"]
    media_encryption: Literal["required", "dtls", "off"]


class Enrolment(Model):
    """What a device is given, this once. ``sip`` is None where the exchange's accounts are not the hub's."""

    agent: str
    device: str
    token: Annotated[str, Field(repr=False)]
    sip: SipAccount | None = None


class DeviceView(Model):
    """One enrolled device, as an administrator is shown it. ``seen_at`` is when its desk last came up."""

    id: str
    name: str
    created_at: datetime
    seen_at: datetime | None = None
