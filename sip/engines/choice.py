"""The engine that the settings name, and nothing of another: pyVoIP and baresip share no process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.engine import EngineKind, SipEngine
from sip.errors import Unsupported


@dataclass(frozen=True, slots=True)
class Chosen:
    """An engine, not started. ``died`` is set when nothing of it works and only a new process helps."""

    engine: SipEngine
    died: asyncio.Event


def chosen(kind: EngineKind, port: Callable[[], AudioPort], behaviour: Behaviour | None = None) -> Chosen:
    """An engine of that kind. Raises ``Unsupported`` where this machine lacks it."""
    if kind is EngineKind.PYVOIP:
        return _pyvoip(port, behaviour)
    return _baresip(port, behaviour)


def _pyvoip(port: Callable[[], AudioPort], behaviour: Behaviour | None) -> Chosen:
    from sip.engines.pyvoip.engine import PyvoipEngine  # noqa: PLC0415 - not beside baresip

    return Chosen(PyvoipEngine(port, behaviour), asyncio.Event())


def _baresip(port: Callable[[], AudioPort], behaviour: Behaviour | None) -> Chosen:
    try:
        from sip.engines.baresip.engine import BaresipEngine  # noqa: PLC0415 - not beside pyVoIP
        from sip.engines.baresip.stack import BaresipStack  # noqa: PLC0415
    except ImportError:
        raise Unsupported(
            'this machine has no baresip: set engine = "pyvoip" in [phone], on a trusted network'
        ) from None
    stack = BaresipStack()
    return Chosen(BaresipEngine(stack, port, behaviour), stack.died)
