"""The engines that the contract suite holds to the port, and which tests are for which."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Final, TypeAlias

import pytest

from sip.account import Transport
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.capability import Capability
from sip.engine import SipEngine
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from sip.engines.pyvoip.engine import PyvoipEngine

Make: TypeAlias = Callable[[Callable[[], AudioPort], Behaviour | None], SipEngine]

BARESIP, PYVOIP = "baresip", "pyvoip"
CAPABILITIES: Final = {BARESIP: BaresipEngine.capabilities, PYVOIP: PyvoipEngine.capabilities}


def maker(kind: str) -> Make:
    """Makes engines of a kind; those of baresip on one stack."""
    if kind == PYVOIP:
        return PyvoipEngine
    stack = BaresipStack()
    return lambda port, behaviour: BaresipEngine(stack, port, behaviour)


def needs(*capabilities: Capability) -> pytest.MarkDecorator:
    """Marks what only engines that declare all of these are held to."""
    return pytest.mark.needs(reduce(or_, capabilities))


def ways(*transports: Transport) -> list[tuple[str, Transport]]:
    """Each engine with each of these transports that it speaks."""
    return [
        (kind, transport)
        for kind, declared in CAPABILITIES.items()
        for transport in transports
        if transport is Transport.UDP or Capability.TLS in declared
    ]


def able(needed: Capability) -> list[str]:
    """The engines that declare all of ``needed``."""
    return [kind for kind, declared in CAPABILITIES.items() if needed in declared]
