"""Whether a registrar over TCP or TLS is there, can be trusted and answers, before a REGISTER goes there.

An exchange that starts takes connections some moments before it reads from them, and what was sent over
TCP is never sent again: baresip would wait 32 s for its answer (measured with Asterisk 22). And baresip tells
all that is wrong with a certificate by one number; here it gets its own words.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final

from edge.text import clean
from sip.account import Account, Transport
from sip.ping import options

_CONNECT: Final = 3.0
_ANSWER: Final = 1.0
"""Seconds for an answer to OPTIONS."""

_AGAIN = "; trying again"
_UNTRUSTED: Final = {
    9: "the registrar's certificate is not valid yet: check this machine's date",
    10: "the registrar's certificate has expired: your administrator must renew it",
    62: "the registrar's certificate is for another name: check domain",
    64: "the registrar's certificate is for another address: check domain",
}
"""Words for the numbers of verify(1ssl); all others are of an authority that is not trusted."""
_UNKNOWN_CA = (
    "the registrar's certificate comes from an authority that this machine does not trust: "
    "ask your administrator for the centre's CA (ca_file)"
)


@dataclass(frozen=True, slots=True)
class Knock:
    """What came of it: ``words`` say why nothing can be sent there, empty when all is well.

    ``gone``: the machine is there and no process listens, so whatever it knew of us is lost. ``answered``:
    it speaks SIP with us; not every registrar does with strangers, but one that did and does no more is not
    ready for a REGISTER either.
    """

    words: str = ""
    gone: bool = False
    answered: bool = False


async def knock(account: Account, address: tuple[str, int], host: str, ca_file: str) -> Knock:
    """Connect to the registrar at ``address``, check its certificate for ``host``, and have it answer."""
    context = _context(ca_file) if account.transport is Transport.TLS else None
    name = host if context is not None else None
    try:
        async with asyncio.timeout(_CONNECT):
            reader, writer = await asyncio.open_connection(*address, ssl=context, server_hostname=name)
    except ssl.SSLError as error:
        return Knock(_distrust(error) + _AGAIN)
    except TimeoutError:
        return Knock("the registrar does not answer" + _AGAIN)
    except ConnectionRefusedError:
        return Knock("the registrar is not running" + _AGAIN, gone=True)
    except OSError as error:
        return Knock(f"the registrar cannot be reached ({clean(error.strerror or str(error))}){_AGAIN}")
    try:
        return await _converse(account, reader, writer)
    finally:
        writer.transport.abort()


async def _converse(account: Account, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Knock:
    writer.write(options(account.user, account.domain, account.transport, writer.get_extra_info("sockname")))
    try:
        async with asyncio.timeout(_ANSWER):
            await writer.drain()
            answered = await reader.read(1)
    except TimeoutError:
        return Knock()
    except OSError:
        answered = b""
    return Knock(answered=True) if answered else Knock("the registrar closes the connection" + _AGAIN)


def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _distrust(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _UNTRUSTED.get(error.verify_code, _UNKNOWN_CA)
    if error.reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"):
        return "the registrar speaks only TLS before 1.2, which is not safe: your administrator must renew it"
    if error.reason == "WRONG_VERSION_NUMBER":
        return "the registrar does not speak TLS at this port: check domain and transport"
    return f"no TLS with the registrar ({clean(error.reason or 'unknown')})"
