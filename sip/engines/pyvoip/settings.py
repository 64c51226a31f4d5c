"""What of an account this engine can do: pure, and refusing what would be weaker than asked for."""

from __future__ import annotations

import re

from edge.text import clean
from sip.account import Account, MediaEncryption, Transport
from sip.engines.pyvoip.sdp import CODECS
from sip.errors import Unsupported

_WORD = re.compile(r"[^\s<>\"@;,?\\\x00-\x1f\x7f]+")


def check(account: Account) -> None:
    """Raises ``Unsupported`` with what is asked for, why it cannot be, and what to do."""
    if not (_WORD.fullmatch(account.user) and _WORD.fullmatch(account.domain)):
        raise Unsupported("the account cannot be used: user and domain hold no spaces, quotes or brackets")
    if account.media_encryption is not MediaEncryption.OFF:
        raise Unsupported(
            "the pyvoip engine cannot encrypt the voice: on a trusted network (a VPN, an office) set "
            'media_encryption = "off", or use engine = "baresip"'
        )
    if account.transport is not Transport.UDP:
        raise Unsupported(
            f"the pyvoip engine speaks SIP by UDP, not by {account.transport}: on a trusted network set "
            'transport = "udp", or use engine = "baresip"'
        )
    if not set(account.codecs) & CODECS.keys():
        named = clean(", ".join(account.codecs)) or "(none)"
        raise Unsupported(f'the pyvoip engine codes the voice in "pcma" or "pcmu", not in {named}: add one')
