"""Acts on two calls at once: joined without us (RFC 3891), merged to a talk of three, and parted again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sip import events as ev
from sip.call_state import CallState
from sip.engines.baresip.calls import TRANSFER_TIMEOUT, BaresipCall
from sip.errors import PhoneError, WrongState


def attended_transfer(call: BaresipCall, consultation: BaresipCall) -> None:
    """Ask the other side of ``call`` to take our place in ``consultation``; events tell what comes of it."""
    _must_be_two(call, consultation)
    for one in (call, consultation):
        one.must_be_free_to_go()
    shown = consultation.party.number or consultation.party.name
    call.tell(ev.CallTransferring(call.id, shown, consultation.id))
    call.leaving = consultation.leaving = asyncio.create_task(_join(call, consultation, shown))


async def _join(call: BaresipCall, consultation: BaresipCall, shown: str) -> None:
    """Both are on hold meanwhile; a failure leaves them as they were before."""
    talked_in = [one for one in (call, consultation) if one.state is CallState.ESTABLISHED]
    merged = call.partner is consultation

    async def refer() -> None:
        for one in talked_in:
            await one.hold()
        consultation.replaced = True
        await call.stack_call.attended_transfer(consultation.stack_call, timeout=TRANSFER_TIMEOUT)

    if await call.refer(shown, refer):
        return
    consultation.replaced = False
    for one in talked_in:
        with suppress(PhoneError):  # it was hung up meanwhile
            await one.resume()
    if merged and call.state is consultation.state is CallState.ESTABLISHED:
        _mix(call, consultation)


async def merge(call: BaresipCall, other: BaresipCall) -> None:
    """Talk in both, each taken off hold where it is. Raises ``PhoneError``."""
    _must_be_two(call, other)
    if call.partner is not None or other.partner is not None:
        raise WrongState("only two calls can be merged")
    held = [one for one in (call, other) if one.state is CallState.HELD]
    if any(one.state is not CallState.ESTABLISHED for one in (call, other) if one not in held):
        raise WrongState("only answered calls can be merged")
    for one in held:
        await one.resume()
    if CallState.CLOSED in (call.state, other.state):
        raise PhoneError("one of the two has hung up")
    _mix(call, other)


async def part(call: BaresipCall) -> None:
    """Go on with ``call`` alone; the other one is put on hold, which parts the voices."""
    if call.partner is None:
        raise WrongState("this call is not merged with another")
    await call.partner.hold()


def _mix(call: BaresipCall, other: BaresipCall) -> None:
    call.partner, other.partner = other, call
    for one in (call, other):
        one.tell(ev.CallMerged(one.id, merged=True))


def _must_be_two(call: BaresipCall, other: BaresipCall) -> None:
    if call is other:
        raise WrongState("that takes two calls")
