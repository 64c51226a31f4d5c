"""The port every SIP engine fills: commands of plain values in, a stream of frozen events out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Final, Protocol

from sip.account import Account
from sip.capability import Capability
from sip.events import CallId, PhoneEvent


class EngineKind(StrEnum):
    """The engines there are. Never two of them in one process."""

    BARESIP = "baresip"
    """The baresip SIP stack, compiled: Linux and macOS."""
    PYVOIP = "pyvoip"
    """pyVoIP, Python alone: wherever Python runs, on a trusted network."""


NO_BARESIP: Final = "the engine baresip is not installed"
GET_BARESIP: Final = (
    "run pip install 'moked[baresip]', or where there is none (Windows, Alpine) set engine = \"pyvoip\" in "
    "[phone] of the settings, on a trusted network"
)
"""It is not replaced unasked: pyVoIP cannot encrypt."""


class SipEngine(Protocol):
    """One account on one SIP stack.

    Every command returns once the stack has taken it; what then happens arrives in ``events``.
    Commands raise ``sip.errors.PhoneError`` or one of its kinds and leave the call as it was.
    """

    @property
    def capabilities(self) -> Capability:
        """What this engine can do itself."""
        ...

    async def start(self) -> None:
        """Bring the stack up. Raises ``Unsupported`` when it cannot run here."""
        ...

    async def close(self) -> None:
        """Hang up, unregister, free the stack. Safe to call twice."""
        ...

    def events(self) -> AsyncIterator[PhoneEvent]:
        """All events from now on, in order, until ``close``. One consumer."""
        ...

    async def register(self, account: Account) -> None:
        """Register, and keep registered, as ``account``; the outcome is a ``RegistrationChanged``."""
        ...

    async def refresh(self) -> None:
        """Register anew now, because somebody knows that our contact leads nowhere (RFC 3261 §10.2.4)."""
        ...

    async def unregister(self) -> None:
        """Take our contact off the registrar."""
        ...

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE to a number, or to a full ``sip:`` URI.

        ``consults`` names the open call that this one is about: who is called is told its contact.
        """
        ...

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call (200)."""
        ...

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call (486, so that a queue tries the next member)."""
        ...

    async def hangup(self, call: CallId) -> None:
        """End the call in any state: CANCEL, 486 or BYE as the state wants."""
        ...

    async def hold(self, call: CallId) -> None:
        """Put the call on hold."""
        ...

    async def resume(self, call: CallId) -> None:
        """Take the call off hold."""
        ...

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for this call."""
        ...

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer (REFER). Success closes the call as TRANSFERRED; failure is a ``TransferFailed``."""
        ...

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """Join the other sides of both calls and leave them (REFER with Replaces, RFC 3891).

        Success closes both calls, ``call`` as TRANSFERRED; failure is a ``TransferFailed`` of ``call`` and
        leaves both as they were.
        """
        ...

    async def merge(self, call: CallId, other: CallId) -> None:
        """Talk in both calls at once: each side hears the other two. A call on hold is taken off it."""
        ...

    async def part(self, call: CallId) -> None:
        """Go on with ``call`` alone: the call it was merged with is put on hold."""
        ...

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys ``0-9*#A-D`` (RFC 4733)."""
        ...
