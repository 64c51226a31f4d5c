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
from sip.tls import Distrust, client_context, distrust

_CONNECT: Final = 3.0
_ANSWER: Final = 1.0
"""Seconds for an answer to OPTIONS."""

_AGAIN = "; trying again"
_UNTRUSTED: Final = {
    Distrust.OUT_OF_DATE: "the registrar's certificate is out of date: look at this machine's clock, then "
    "tell your administrator",
    Distrust.WRONG_NAME: "the registrar's certificate is for another name: check domain",
    Distrust.UNKNOWN_AUTHORITY: "the registrar's certificate is of an authority that this machine does not "
    "trust: ask your administrator for the centre's own (ca_file)",
    Distrust.TOO_OLD: "the registrar does not speak TLS 1.2 or later there: check the port, or tell your "
    "administrator",
    Distrust.OTHER: "the registrar's certificate is not trusted: tell your administrator",
}


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
    try:
        context = client_context(ca_file) if account.transport is Transport.TLS else None
    except OSError:
        return Knock("ca_file holds no certificate authority: ask your administrator for the right one")
    name = host if context is not None else None
    try:
        async with asyncio.timeout(_CONNECT):
            reader, writer = await asyncio.open_connection(*address, ssl=context, server_hostname=name)
    except OSError as error:
        return _no_way(error, encrypted=context is not None)
    try:
        return await _converse(account, reader, writer)
    finally:
        writer.transport.abort()


def _no_way(error: OSError, *, encrypted: bool) -> Knock:
    """What an attempt to connect, or the handshake after it, ran into."""
    if isinstance(error, ssl.SSLError):
        words = _UNTRUSTED[distrust(error)]
    elif isinstance(error, ConnectionRefusedError):
        words = "the registrar is not running"
    elif isinstance(error, ConnectionError) and encrypted:
        words = "the registrar broke off the TLS handshake: it may not speak TLS 1.2 or later there"
    elif isinstance(error, TimeoutError):
        words = "the registrar does not answer"
    else:
        words = f"the registrar cannot be reached ({clean(error.strerror or 'the connection broke')})"
    return Knock(words + _AGAIN, gone=isinstance(error, ConnectionRefusedError))


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
