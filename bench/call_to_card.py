"""From the INVITE on the wire to the customer's name in the terminal, through the real Asterisk and hub."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.figures import Row, milliseconds
from bench.hub_stream import HubStream
from bench.paint import painted_at
from bench.place import Place
from tests.e2e.centre import Desk
from tests.e2e.wire import LoopbackWire
from tests.pbx.console import Console

TITLE = "INVITE on the loopback interface → the customer in the terminal's bytes"

_CALLS = 20
_AGENT = "1101"
_NUMBER, _NAME = "0505550121", "Ruth Ben-Ami"
_RINGING = " RINGING "


@dataclass(frozen=True, slots=True)
class _Call:
    """Seconds after the INVITE. The hub may tell the desk before the INVITE is out: then less than nought."""

    phone: float
    hub: float
    row: float
    name: float


def measure(place: Place) -> list[Row]:
    """A customer calls, is seen, and hangs up before the agent answers; over again."""
    centre, console = place.centre, place.console
    with LoopbackWire() as wire, centre.desk(_AGENT) as desk, HubStream(centre.client(_AGENT)) as stream:
        desk.ready()
        exchange = centre.asterisk.centre.ports.sip
        calls = [_call(console, desk, wire, stream, exchange) for _ in range(_CALLS + 1)][1:]
    phone = milliseconds("INVITE → 180 of the phone on the wire", (call.phone for call in calls))
    hub = milliseconds("INVITE → the hub's offer on a desk's line", (call.hub for call in calls))
    row = milliseconds("INVITE → ringing row painted", (call.row for call in calls))
    name = milliseconds("INVITE → customer's name painted", (call.name for call in calls))
    return [Row(hub, phone), Row(row, phone), Row(name, phone), Row(name, row)]


def _call(console: Console, desk: Desk, wire: LoopbackWire, stream: HubStream, exchange: int) -> _Call:
    screen = desk.terminal
    console.wait_free(_AGENT)
    before = time.monotonic()
    customer = console.customer("support", number=_NUMBER)
    screen.wait_for(_RINGING, _NAME)
    invited = wire.first(f"INVITE sip:{_AGENT}@".encode(), source=exchange, after=before)
    invite = invited.at
    phone = wire.first(b"SIP/2.0 180", source=invited.destination, after=invite).at
    told = stream.first("offered", after=before)
    row, name = (painted_at(screen, text, after=before) for text in (_RINGING, _NAME))
    customer.hang_up()
    screen.wait_without(_RINGING)
    screen.wait_without(_NAME)
    return _Call(phone - invite, told - invite, row - invite, name - invite)
