"""The engine that the settings name, and nothing of another: pyVoIP and baresip share no process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.engine import GET_BARESIP, NO_BARESIP, EngineKind, SipEngine
from sip.errors import Unsupported


@dataclass(frozen=True, slots=True)
class Chosen:
    """An engine, not started. ``died`` is set when nothing of it works and only a new process helps."""

    engine: SipEngine
    died: asyncio.Event


Make: TypeAlias = Callable[[Callable[[], AudioPort], Behaviour | None], Chosen]


def chosen(kind: EngineKind, port: Callable[[], AudioPort], behaviour: Behaviour | None = None) -> Chosen:
    """An engine of that kind. Raises ``Unsupported`` where it is not installed."""
    return _pyvoip(port, behaviour) if kind is EngineKind.PYVOIP else baresip()(port, behaviour)


def baresip() -> Make:
    """Makes engines on one stack of baresip. Raises ``Unsupported`` where it is not installed."""
    try:
        from sip.engines.baresip.engine import BaresipEngine  # noqa: PLC0415 - not beside pyVoIP
        from sip.engines.baresip.stack import BaresipStack  # noqa: PLC0415
    except ImportError:
        raise Unsupported(f"{NO_BARESIP}: {GET_BARESIP}") from None
    stack = BaresipStack()
    return lambda port, behaviour: Chosen(BaresipEngine(stack, port, behaviour), stack.died)


def _pyvoip(port: Callable[[], AudioPort], behaviour: Behaviour | None) -> Chosen:
    from sip.engines.pyvoip.engine import PyvoipEngine  # noqa: PLC0415 - not beside baresip

    return Chosen(PyvoipEngine(port, behaviour), asyncio.Event())
