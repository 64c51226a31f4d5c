"""From a webhook at the hub to the customer's words in the terminal, beside the same webhook alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figures import Row, Sample, milliseconds
from bench.hub_stream import HubStream
from bench.paint import painted_at
from bench.place import Place
from tests.e2e.centre import Desk
from tests.e2e.written import Writing, writing

TITLE = "WhatsApp: webhook → the customer's words in the terminal's bytes, beside the webhook's own answer"

_MESSAGES = 100
_AGENT = "1101"


def measure(place: Place) -> list[Row]:
    """A customer writes and writes, into the conversation that an agent reads."""
    centre = place.centre
    with writing(centre) as written, centre.desk(_AGENT) as desk:
        _open(written, desk)
        with HubStream(centre.client(_AGENT)) as stream:
            times = list(_messages(written, desk, stream))[1:]
    answered = milliseconds("webhook → the hub's 200", (one[0] for one in times))
    told = milliseconds("webhook → the hub's event on a desk's line", (one[1] for one in times))
    painted = milliseconds("webhook → words painted", (one[2] for one in times))
    return [Row(told, answered), Row(painted, answered), Row(painted, told), Row(_worst(times), answered)]


def _open(written: Writing, desk: Desk) -> None:
    screen = desk.terminal
    screen.wait_for("● Registered", within=40)
    written.writes("wamid.first", "The first one")
    screen.wait_for("writes by WhatsApp")
    screen.press("ctrl+t")
    screen.wait_for("1 unread")
    screen.press("enter")
    screen.wait_for("The first one", "F6 takes it")
    screen.press("f6")
    screen.wait_for("Text goes until")


def _messages(written: Writing, desk: Desk, stream: HubStream) -> Iterator[tuple[float, float, float]]:
    """Seconds after the webhook was sent: its answer, the event, the paint."""
    for number in range(_MESSAGES + 1):
        words = f"message-{number:04}-of-the-customer"
        before = time.monotonic()
        written.writes(f"wamid.{number}", words)
        answered = time.monotonic()
        painted = painted_at(desk.terminal, words, after=before)
        told = stream.first("conversation", after=before)
        yield answered - before, told - before, painted - before


def _worst(times: list[tuple[float, float, float]]) -> Sample:
    """One in a hundred takes longer."""
    ranked = sorted(one[2] for one in times)
    return milliseconds("webhook → words painted, 99th percentile", (ranked[int(len(ranked) * 0.99) - 1],))
