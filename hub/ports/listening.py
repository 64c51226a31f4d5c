"""Calls in which a trainer hears an agent's talk, as an exchange makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hub.contract import ListenMode

PREFIX = "listening-"
"""What the ids of such calls begin with, and no other call's."""


@dataclass(frozen=True, slots=True)
class ListeningCall:
    """Ring ``trainer``; who answers hears the talk of ``agent`` with ``contact``.

    ``id`` is ``PREFIX`` and 32 hexadecimal digits, and the call's own among all ``calls``. The INVITE carries
    ``token`` (``X-Moked-Listening``), as many digits.
    """

    id: str
    trainer: str
    agent: str
    contact: str
    mode: ListenMode
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListeningHeard:
    """From now on the trainer of this call hears, and is heard as ``mode`` says."""

    id: str
    mode: ListenMode
    at: datetime


@dataclass(frozen=True, slots=True)
class ListeningEnded:
    """The call is gone: hung up by the trainer, over with the talk, or never answered."""

    id: str
    at: datetime
