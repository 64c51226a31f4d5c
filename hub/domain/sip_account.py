"""An enrolled agent's account at the exchange: the rows of ``hub.db.accounts``, as the profile has them.

What ``pbx/templates/pjsip.conf`` writes for an account of a file and what is written here are one thing: a
test lets a real Asterisk show both, and compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Voice: TypeAlias = Literal["required", "dtls", "off"]

_ENDPOINT: Final = {
    "context": "from-agents",
    "acl": "agents",
    "identify_by": "username",
    "disallow": "all",
    "allow": "opus,g722,alaw,ulaw",
    "dtmf_mode": "rfc4733",
    "direct_media": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "timers": "yes",
    "trust_id_outbound": "yes",
    "send_pai": "yes",
    "allow_transfer": "yes",
    "refer_blind_progress": "no",
    "set_var": "TRANSFER_CONTEXT=transfers",
}
_NO_DTLS: Final = {
    "dtls_auto_generate_cert": "no",
    "dtls_verify": "no",
    "dtls_setup": "active",
    "media_use_received_transport": "no",
}
"""Asterisk's own values: an empty column it takes for an empty value, and then for no endpoint at all."""
_ENCRYPTION: Final[Mapping[Voice, Mapping[str, str]]] = {
    "required": {"media_encryption": "sdes", **_NO_DTLS},
    "dtls": {
        "media_encryption": "dtls",
        "dtls_auto_generate_cert": "yes",
        "dtls_verify": "fingerprint",
        "dtls_setup": "passive",
        "media_use_received_transport": "yes",
    },
    "off": {"media_encryption": "no", **_NO_DTLS},
}
LONGEST_REGISTRATION: Final = 120
"""Seconds after which a registration that nobody renews is over."""
_AOR: Final = {
    "max_contacts": "1",
    "remove_existing": "yes",
    "minimum_expiration": "30",
    "maximum_expiration": str(LONGEST_REGISTRATION),
    "default_expiration": "60",
    "qualify_timeout": "3",
}
_ACTS_IN_CALLERID: Final = str.maketrans("", "", '"<>\\')


@dataclass(frozen=True, slots=True)
class SipAgent:
    """Who is rung, and how the centre's exchange treats every account. ``qualify`` is in seconds."""

    extension: str
    name: str
    realm: str
    voice: Voice
    qualify: int


def endpoint_row(agent: SipAgent, credentials: tuple[str, ...]) -> dict[str, str]:
    """The row of ``ps_endpoints``; any of ``credentials`` proves that it is the agent."""
    name = agent.name.translate(_ACTS_IN_CALLERID)
    return {
        "id": agent.extension,
        "aors": agent.extension,
        "auth": ",".join(credentials),
        "callerid": f'"{name}" <{agent.extension}>',
        **_ENDPOINT,
        **_ENCRYPTION[agent.voice],
    }


def aor_row(agent: SipAgent) -> dict[str, str]:
    """The row of ``ps_aors``: one contact, the newest registration wins."""
    return {"id": agent.extension, "qualify_frequency": str(agent.qualify), **_AOR}


def auth_row(agent: SipAgent, credential: str, digest: str) -> dict[str, str]:
    """A row of ``ps_auths``: the password itself is nowhere."""
    return {
        "id": credential,
        "auth_type": "digest",
        "realm": agent.realm,
        "username": agent.extension,
        "md5_cred": digest,
    }


def account_digest(user: str, realm: str, password: str) -> str:
    """What an exchange keeps of a SIP password (RFC 2617 §3.2.2.2).

    MD5, because pyVoIP speaks no other. The passwords here have 256 random bits, so the digest cannot be
    turned back; whoever reads it can register, and nothing else with it.
    """
    return hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
