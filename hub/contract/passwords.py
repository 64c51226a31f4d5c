"""Enrolment by a password, where an agent has one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hub.contract.base import Model


class PasswordEnrolment(Model):
    """An agent's id and password in place of a code, and what the device is to be called."""

    agent: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    password: Annotated[str, Field(min_length=1, max_length=128, repr=False)]
    device: Annotated[str, Field(max_length=80)] = ""
    replaces: bool = False
    """As in ``EnrolmentRequest``."""
