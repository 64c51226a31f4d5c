"""From the start of a desk to its call on the screen, after another was killed in the call."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

from bench.figures import Row, Sample, milliseconds
from bench.paint import painted_at
from bench.place import Place
from bench.softphone import softphone, softphone_home
from sip.client import attach
from sip.events import CallEstablished, Retold
from sip.place import UnixPlace
from tests.e2e.centre import Home
from tests.e2e.terminal import Terminal

TITLE = "A desk killed in a call → the next one shows the call, beside a plain start with its phone"

_ROUNDS = 10
_AGENT, _OTHER_AGENT = "1101", "1102"
_TONE = "603"
"""The extension that answers with a tone."""

_CALL = "next desk → the call painted"
_ATTACHED = "attach to the phone → told of the call"
_PLAIN = "plain start → all its parts painted"
_READY = "plain start → registered by the phone it started"


def measure(place: Place) -> list[Row]:
    """Restarts in one long call and plain starts take turns."""
    calling = softphone_home(place.home("call"), place.asterisk.account(_AGENT))
    plain = softphone_home(place.home("plain"), place.asterisk.account(_OTHER_AGENT))
    found: dict[str, list[float]] = {}
    with ExitStack() as exits:
        exits.callback(calling.end_phone)
        desk = exits.enter_context(Terminal(calling.command, env=calling.env))
        _call(desk)
        for turn in range(_ROUNDS + 1):
            desk.process.kill()
            desk.process.wait()
            times = _attached(calling)
            began = time.monotonic()
            desk = exits.enter_context(Terminal(calling.command, env=calling.env))
            times[_CALL] = painted_at(desk, "TALKING", after=began) - began
            times |= _plain(plain)
            if turn:  # the first round fills the caches of files and bytecode
                for name, seconds in times.items():
                    found.setdefault(name, []).append(seconds)
    samples: dict[str, Sample] = {name: milliseconds(name, seconds) for name, seconds in found.items()}
    return [
        Row(samples[_CALL], samples[_PLAIN]),
        Row(samples[_CALL], samples[_READY]),
        Row(samples[_ATTACHED], samples[_CALL]),
    ]


def _call(desk: Terminal) -> None:
    desk.wait_for("● Registered")
    desk.press("f7")
    desk.wait_for("number, extension or sip: address")
    desk.type(_TONE)
    desk.press("enter")
    desk.wait_for("TALKING")


def _attached(home: Home) -> dict[str, float]:
    """A client without anything around it."""
    place = UnixPlace(Path(home.env["MOKED_RUNTIME_DIR"]) / "phone.sock")
    return {_ATTACHED: asyncio.run(_told(place))}


async def _told(place: UnixPlace) -> float:
    began = time.monotonic()
    phone = await attach(place)
    try:
        async for report in phone.events():
            if isinstance(report, Retold) and isinstance(report.event, CallEstablished):
                break
        return time.monotonic() - began
    finally:
        await phone.close()


def _plain(home: Home) -> dict[str, float]:
    began = time.monotonic()
    with softphone(home) as terminal:
        return {
            _PLAIN: painted_at(terminal, "No call", after=began) - began,
            _READY: painted_at(terminal, "● Registered", after=began) - began,
        }
