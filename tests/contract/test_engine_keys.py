"""Telephone keys on the real Asterisk: by RFC 4733 with the voice, by SIP INFO beside it."""

from __future__ import annotations

import dataclasses
from contextlib import AsyncExitStack

import pytest

from sip import events as ev
from sip.account import Dtmf
from sip.capability import Capability
from tests.contract.engines import needs
from tests.contract.phones import KEYS, Phones
from tests.pbx.link import Link
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.DTMF)]


@pytest.mark.parametrize("dtmf", Dtmf)
async def test_keys_arrive_the_way_the_account_says(asterisk: Asterisk, kind: str, dtmf: Dtmf) -> None:
    """Asterisk sends back the keys that it got; how they travelled is seen on the way."""
    async with Link(asterisk.centre.ports.sip) as link, AsyncExitStack() as stack:
        account = dataclasses.replace(
            asterisk.account("1101"), domain=link.domain, codecs=("pcma",), dtmf=dtmf
        )
        phone = await Phones(asterisk, stack, kind).unregistered(account=account)
        call = await phone.engine.dial(KEYS)
        await phone.next(ev.CallEstablished)
        await phone.engine.send_dtmf(call, "15*9")
        assert [(await phone.next(ev.DtmfReceived)).digit for _ in range(4)] == list("15*9")
        assert link.requests("INFO") == (4 if dtmf is Dtmf.INFO else 0)
