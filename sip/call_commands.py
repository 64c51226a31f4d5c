"""What a desk may say of calls over the phone's socket, and what is done with its arguments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sip.engine import SipEngine
from sip.wire import WireError, text_of

Command: TypeAlias = Callable[[dict[str, Any]], Awaitable[str | None]]
"""Carries out one; the answer is a call's id where one begins. Raises ``WireError`` and ``PhoneError``."""


def call_commands(engine: SipEngine) -> dict[str, Command]:
    """Each by its name on the wire."""
    return {
        "answer": _on_call(engine.answer),
        "reject": _on_call(engine.reject),
        "hangup": _on_call(engine.hangup),
        "hold": _on_call(engine.hold),
        "resume": _on_call(engine.resume),
        "part": _on_call(engine.part),
        "transfer": _on_call_and(engine.transfer, "target"),
        "attended_transfer": _on_call_and(engine.attended_transfer, "consultation"),
        "merge": _on_call_and(engine.merge, "other"),
        "dial": _dial(engine),
        "mute": _mute(engine),
    }


def _on_call(act: Callable[[str], Awaitable[None]]) -> Command:
    async def command(args: dict[str, Any]) -> None:
        await act(text_of(args, "call"))

    return command


def _on_call_and(act: Callable[[str, str], Awaitable[None]], name: str) -> Command:
    """On a call and one more text, called ``name``: where it goes, or another call."""

    async def command(args: dict[str, Any]) -> None:
        await act(text_of(args, "call"), text_of(args, name))

    return command


def _dial(engine: SipEngine) -> Command:
    async def command(args: dict[str, Any]) -> str:
        return await engine.dial(text_of(args, "target"), text_of({"consults": "", **args}, "consults"))

    return command


def _mute(engine: SipEngine) -> Command:
    async def command(args: dict[str, Any]) -> None:
        muted = args.get("muted")
        if not isinstance(muted, bool):
            raise WireError("muted is true or false")
        await engine.mute(text_of(args, "call"), muted)

    return command
