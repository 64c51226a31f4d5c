"""A SIP account: who registers where, and how the way there and the voice are protected."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Transport(StrEnum):
    """How SIP messages travel (RFC 3261 §18)."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class MediaEncryption(StrEnum):
    """What is asked of the voice: SRTP (RFC 3711) always, or plain RTP on a trusted network."""

    REQUIRED = "required"
    """Keys in the SDP (SDES, RFC 4568), as safe as the way of the signalling."""
    DTLS = "dtls"
    """Keys agreed between the two ends of the voice (DTLS-SRTP, RFC 5763)."""
    OFF = "off"


class Dtmf(StrEnum):
    """How telephone keys travel in a call."""

    RTP = "rtp"
    """With the voice, as named events (RFC 4733)."""
    INFO = "info"
    """With the signalling (SIP INFO, RFC 6086), for an exchange that takes no events in RTP."""


@dataclass(frozen=True, slots=True)
class Account:
    """One registration: address of record ``sip:user@domain`` and the way to its registrar.

    ``domain`` may carry a port (``pbx.example.com:5061``). ``password`` never shows in a repr.
    ``ca_file`` is the centre's own CA as PEM; None means the system's CAs.
    ``register_interval`` is in seconds and is what the client asks for (RFC 3261 §10.2.1.1).
    ``fallback_domains`` are the registrars to go to, in this order, while that of ``domain`` does not answer.
    """

    user: str
    domain: str
    password: str = field(repr=False)
    display_name: str = ""
    transport: Transport = Transport.TLS
    media_encryption: MediaEncryption = MediaEncryption.REQUIRED
    codecs: tuple[str, ...] = ("g722", "pcma", "pcmu")
    ca_file: str | None = None
    register_interval: int = 60
    fallback_domains: tuple[str, ...] = ()
    dtmf: Dtmf = Dtmf.RTP
    auth_user: str = ""
    """The name of the credentials (RFC 3261 §22.1) where it is not ``user``: a trunk's."""
    registers: bool = True
    """Whether calls can come in. Who only calls sends no REGISTER, and stands once there is a way there."""
    any_number: bool = False
    """Whether calls to every number ring here, as at the far end of a trunk; else those to ``user`` alone."""
