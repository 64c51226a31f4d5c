"""Offers and answers of sound (RFC 3264): what they ask for, and what is said to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from pyVoIP.RTP import PayloadType, RTPProtocol, TransmitType

from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.rtp import Payloads

CODECS: Final = {"pcmu": PayloadType.PCMU, "pcma": PayloadType.PCMA}
"""What this engine can code, by the names of ``sip.account.Account.codecs``."""
_EVENTS: Final = 101
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_NO_TYPE: Final = 128
"""Payload types end below (RFC 3550 §5.1)."""
_BOTH, _NONE = TransmitType.SENDRECV, TransmitType.INACTIVE
_TURNED: Final = {
    TransmitType.SENDONLY: TransmitType.RECVONLY,
    TransmitType.RECVONLY: TransmitType.SENDONLY,
    _NONE: _NONE,
    _BOTH: _BOTH,
}


@dataclass(frozen=True, slots=True)
class Sound:
    """The first sound of a description that we can carry: where to, in what, which way they want it."""

    address: str
    port: int
    payloads: Payloads
    direction: TransmitType
    media: tuple[str, ...]
    """All media lines, in order."""

    @property
    def heard(self) -> bool:
        """Whether they are to send us anything."""
        return self.direction in (_BOTH, TransmitType.SENDONLY)


def offered_payloads(codecs: Sequence[str]) -> Payloads:
    """What we offer, for an account's ``codecs`` in their order."""
    kinds = [CODECS[name] for name in codecs if name in CODECS]
    return {**{int(kind): kind for kind in kinds}, _EVENTS: PayloadType.EVENT}


def sound_of(message: Message) -> Sound | None:
    """What a description says of sound; None where there is none that we can carry in the clear (G.711 over
    RTP/AVP to an IPv4 address).
    """
    sections = message.body.get("m") or [None]
    section, places = sections[0], message.body.get("c") or []
    if section is None or section["protocol"] is not RTPProtocol.AVP or not places:
        return None
    address, port = _address(places[-1]["address"]), int(section["port"])
    payloads = _payloads(section)
    if address is None or not 0 < port < 1 << 16 or not set(payloads.values()) - {PayloadType.EVENT}:
        return None
    direction = message.body.get("a", {}).get("transmit_type", _BOTH)
    if address == "0.0.0.0":  # noqa: S104 - on hold, as before RFC 3264 (§8.4)
        direction = _NONE
    return Sound(address, port, payloads, direction, tuple(message.media))


def chosen(sound: Sound, ours: Payloads) -> Payloads:
    """Of what they can carry the codec that we like best, and their number for keys."""
    kinds = {kind: number for number, kind in reversed(sound.payloads.items())}
    best = [kind for kind in ours.values() if kind in kinds and kind is not PayloadType.EVENT][:1]
    return {kinds[kind]: kind for kind in (*best, PayloadType.EVENT) if kind in kinds}


def description(
    here: str, port: int, payloads: Payloads, direction: TransmitType, session: tuple[str, int]
) -> str:
    """Our own: one sound, 20 ms a packet. ``session`` is its number and version (RFC 4566 §5.2)."""
    maps = [f"a=rtpmap:{number} {kind}/{kind.rate}" for number, kind in payloads.items()]
    keys = [f"a=fmtp:{number} 0-15" for number, kind in payloads.items() if kind is PayloadType.EVENT]
    lines = (
        "v=0",
        f"o=- {session[0]} {session[1]} IN IP4 {here}",
        "s=-",
        f"c=IN IP4 {here}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, payloads))}",
        *maps,
        *keys,
        "a=ptime:20",
        f"a={direction}",
    )
    return "\r\n".join(lines) + "\r\n"


def answering(ours: str, media: Sequence[str]) -> str:
    """``ours`` with every media line of the offer it answers, those but the first sound refused (§6)."""
    head, mine, rest = ours.partition("m=audio ")
    kinds = [line.partition(" ")[0] for line in media]
    at = kinds.index("audio")
    refused = [f"m={_refused(line)}\r\n" for line in media]
    return head + "".join(refused[:at]) + mine + rest + "".join(refused[at + 1 :])


def turned(direction: TransmitType) -> TransmitType:
    """Their way as ours."""
    return _TURNED[direction]


def _payloads(section: dict[str, object]) -> Payloads:
    found: Payloads = {}
    attributes = section["attributes"]
    assert isinstance(attributes, dict)  # noqa: S101 - as pyVoIP makes it
    for told in section["methods"]:  # type: ignore[attr-defined] # a list
        named = attributes[told].get("rtpmap")
        number = int(told) if _NUMBER.fullmatch(told) else _NO_TYPE
        kind = _kind(number, str(named["name"]) if named else "")
        if kind is not None and number < _NO_TYPE:
            found[number] = kind
    return found


def _kind(number: int, name: str) -> PayloadType | None:
    for kind in (PayloadType.PCMU, PayloadType.PCMA, PayloadType.EVENT):
        if name.lower() == str(kind).lower() or (not name and number == kind.value):
            return kind
    return None


def _address(told: str) -> str | None:
    try:
        return str(IPv4Address(told))
    except ValueError:
        return None


def _refused(line: str) -> str:
    kind, _port, *rest = line.split(" ")
    return " ".join((kind, "0", *rest))
