"""What a SIP engine can do by its own signalling. The phone tells its desk, which shows nothing else."""

from __future__ import annotations

from enum import Flag, auto


class Capability(Flag):
    """What engines differ in: each declares what it has, and refuses the rest as ``Unsupported``."""

    HOLD = auto()
    BLIND_TRANSFER = auto()
    ATTENDED_TRANSFER = auto()
    DTMF = auto()
    TLS = auto()
    SRTP = auto()
    SECOND_CALL = auto()
    """A call beside another one, which it can hold meanwhile."""
    MERGE = auto()
    QUALITY = auto()
    """It tells how a call sounds, by the far end's reports (RTCP)."""
