"""A telephone on the agent's own table in the place of the phone process.

In a browser the desk runs in the centre, where there are no ears. The agent talks by a telephone that the
exchange rings as their queue member, and answers and hangs up there. What the desk shows of a talk comes
from the hub; no command of a call can be given here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NoReturn

from sip.account import Account
from sip.capability import Capability
from sip.errors import PhoneError
from sip.events import EngineCapabilities, PhoneReport, RegistrationChanged, RegistrationState


class Telephone:
    """``agent_tui.adapters.phone.Attachment`` to a telephone that nobody here commands."""

    async def register(self, _account: Account) -> None:
        """Nothing: the telephone registers by itself."""

    async def refresh(self) -> None:
        """Nothing, as ``register``."""

    async def close(self) -> None:
        """Nothing is held."""

    async def events(self) -> AsyncIterator[PhoneReport]:
        """How it stands, and then silence."""
        yield EngineCapabilities(Capability(0))
        yield RegistrationChanged(RegistrationState.ELSEWHERE)
        await asyncio.Event().wait()

    async def _refused(self, *_given: object, **_named: object) -> NoReturn:
        raise PhoneError("You talk by your telephone: do it there.")

    dial = answer = hangup = hold = resume = mute = transfer = attended_transfer = _refused
    merge = part = forget_missed = send_dtmf = use_sound = silence_ring = _refused
    find_devices = choose_device = set_ring_volume = try_sound = _refused


async def beside() -> Telephone:
    """Reach it: it is there."""
    return Telephone()
