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


async def _refused(*_given: object, **_named: object) -> NoReturn:
    raise PhoneError("You talk by your telephone: do it there.")


class CallsThere:
    """``agent_tui.ports.CallsPort`` of it: calls are answered, held and ended there."""

    dial = answer = hangup = hold = resume = mute = staticmethod(_refused)
    transfer = attended_transfer = merge = part = send_dtmf = forget_missed = staticmethod(_refused)


class SoundThere:
    """``agent_tui.ports.SoundPort`` of it: it has an ear and a ring of its own."""

    use = find = choose = set_ring_volume = try_out = silence_ring = staticmethod(_refused)


class Telephone:
    """``agent_tui.adapters.phone.Attachment`` to a telephone that nobody here commands."""

    def __init__(self) -> None:
        self.calls = CallsThere()
        self.sound = SoundThere()

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


async def beside() -> Telephone:
    """Reach it: it is there."""
    return Telephone()
