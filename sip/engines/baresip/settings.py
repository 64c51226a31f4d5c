"""Our account as baresip's: pure, and refusing what baresip would quietly turn into something weaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import baresip

from edge.text import clean
from sip.account import Account, Dtmf, MediaEncryption, Transport
from sip.addresses import host_of, is_address
from sip.engines.baresip.overlong import CAN_REFUSE
from sip.errors import Unsupported
from sip.places import Place, first_way
from sip.tls import system_ca_file

_CODECS = {
    "opus": "opus/48000/1",
    "g722": "g722/16000/1",
    "pcma": "pcma/8000/1",
    "pcmu": "pcmu/8000/1",
}
"""Full names, since a name that matches nothing empties the list, and an empty list offers everything."""
_PLAIN = ("pcma", "pcmu")

_MEDIA_ENCRYPTION = {
    MediaEncryption.REQUIRED: "srtp-mand",
    MediaEncryption.DTLS: "dtls_srtp",
    MediaEncryption.OFF: None,
}
"""A name that baresip does not know would mean plain RTP, silently."""

_DTMF: dict[Dtmf, Literal["rtpevent", "info"]] = {Dtmf.RTP: "rtpevent", Dtmf.INFO: "info"}

_LEAST_INTERVAL = 10
_RTP_TIMEOUT = 60
"""Seconds without a packet before the call counts as lost; a far end that saves silence sends some sooner."""

CALL_LIMIT = 128
"""Calls of the whole stack before baresip itself answers 486 without telling us; engines refuse earlier."""


@dataclass(frozen=True, slots=True)
class StackNeeds:
    """What an account needs of the process-wide stack. Accounts with other needs cannot share it.

    ``net_interface`` is the local address to bind when the registrar is on this machine: baresip's own
    discovery passes over loopback. ``address`` is the one that leads to the registrar: baresip looks for
    the machine's addresses at its start alone, so with another one it is started anew. ``transport`` is the
    only one that is listened on: beside TLS no port hears plain SIP.
    """

    net_interface: str | None = None
    ca_file: str | None = None
    address: str | None = None
    transport: Transport = Transport.TLS

    def config(self) -> baresip.Config:
        """The stack's configuration. The jitter buffer adapts (measured: 60 ms in place of 140)."""
        lines = [
            "audio_jitter_buffer_type adaptive",
            "audio_jitter_buffer_ms 20-160",
            "call_hold_other_calls no",
            # a voice: both of two channels would be the same
            "opus_stereo no",
            "opus_sprop_stereo no",
            # names from /etc/hosts and the system's resolver, as every other program sees them
            "dns_getaddrinfo yes",
            # an INVITE from anyone but the registrar gets 403
            "filter_registrar udp,tcp,tls",
            f"sip_transports {self.transport}",
            "sip_verify_server yes",
            f"sip_cafile {self.ca_file or system_ca_file()}",
        ]
        return baresip.Config(
            net_interface=self.net_interface,
            expose_headers=(
                "From",
                "X-Moked-Contact",
                "X-Moked-Consultation",
                "X-Moked-Queue",
                "X-Moked-Listening",
            ),
            max_concurrent_calls=CALL_LIMIT,
            rtp_timeout=_RTP_TIMEOUT,
            extra_config_text="\n".join(lines) + "\n",
        )


def needs(found: Sequence[Place]) -> StackNeeds:
    """What the stack must be made for, so that the first registrar with a way there can be reached.

    Raises ``RegistrarUnreachable`` without any way.
    """
    place, way = first_way(found)
    loopback = ip_address(place.addresses[0]).is_loopback
    account = place.account
    return StackNeeds(way if loopback else None, account.ca_file, way, account.transport)


def check(account: Account) -> None:
    """Refuse what would be weaker than asked for. Raises ``Unsupported`` with words for the agent."""
    unknown = [name for name in account.codecs if name not in _CODECS]
    if unknown or not account.codecs:
        raise Unsupported(f"unknown codec {clean(', '.join(unknown)) or '(none)'}: use {', '.join(_CODECS)}")
    domains = (account.domain, *account.fallback_domains)
    if account.transport is Transport.TLS and any(is_address(host_of(domain)) for domain in domains):
        raise Unsupported("TLS cannot check the name of an IP address: give the registrar by its name")
    if account.ca_file is not None and not Path(account.ca_file).is_file():
        raise Unsupported(f"there is no CA file {clean(account.ca_file, limit=200)}")
    if account.ca_file is not None and any(char.isspace() for char in account.ca_file):
        raise Unsupported("the CA file's path must not hold spaces: baresip would cut it there")


def address_of_record(account: Account) -> str:
    """Baresip's line for the account. It holds the password: for ``UserAgent.create`` alone, never a log."""
    check(account)
    media = _MEDIA_ENCRYPTION[account.media_encryption]
    extra = () if media is None else (f"mediaenc={media}",)
    try:
        line = baresip.Account(
            user=account.user,
            domain=account.domain,
            password=account.password,
            reg_interval=max(account.register_interval, _LEAST_INTERVAL) if account.registers else 0,
            transport=account.transport.value,
            audio_codecs=tuple(_CODECS[name] for name in _offered(account)),
            dtmf_mode=_DTMF[account.dtmf],
            auth_user=account.auth_user or None,
            extra_params=(*extra, "catchall=yes") if account.any_number else extra,
        ).aor()
    except ValueError as error:
        raise Unsupported(f"the account cannot be used: {_misread(str(error))}") from None
    name = clean(account.display_name, limit=64).translate({ord(c): None for c in '"\\<>'})
    return f'"{name}" {line}' if name else line


def _misread(told: str) -> str:
    """Baresip's refusal as a sentence of ours, which a desk knows in its own language. It names the field and
    the one character, never the whole value.
    """
    found = re.fullmatch(r"(\w+) contains (.+), which the stack's parser would misread", told)
    return f"{found[1]} holds {clean(found[2])}, which baresip would misread" if found else clean(told)


def _offered(account: Account) -> tuple[str, ...]:
    """The account's codecs, less what a stranger's datagram could harm us by; never none.

    All are of one RTP clock. An exchange may go from one that was agreed on to another with any packet, and
    Asterisk does for single ones. Baresip times the first after that by the clock of the one before, and
    where the machine has been up for 15 hours it may play nothing of the call for ten seconds (measured; its
    ``jbuf`` compares the two).
    """
    codecs = _of_one_clock(account.codecs)
    if CAN_REFUSE or account.media_encryption is not MediaEncryption.OFF:
        return codecs
    return tuple(name for name in codecs if name != "g722") or _PLAIN


def _of_one_clock(codecs: tuple[str, ...]) -> tuple[str, ...]:
    """Opus counts by 48 kHz (RFC 7587 §4.1), all others by 8 (RFC 3551 §4.5.2): with them it is left out."""
    return tuple(name for name in codecs if name != "opus") or codecs
