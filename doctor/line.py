"""The telephone line: does the exchange take us, can it ring us, and how does an echo call sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.others import said
from doctor import marker
from doctor.echo_port import EchoPort
from doctor.findings import failed, good, skipped, warning
from edge.text import clean
from sip import events as ev
from sip.account import Account
from sip.capability import Capability
from sip.engine import NO_BARESIP, EngineKind, SipEngine
from sip.engines.choice import chosen
from sip.errors import PhoneError, Unsupported
from sip.events import CloseReason, RegistrationState
from sip.quality import LEAST_MOS, MOST_DELAY, MOST_JITTER, MOST_LOSS

One = TypeVar("One")
Other = TypeVar("Other")

_REGISTERED_WITHIN = 15.0
_RINGS_WITHIN = 10.0
_ANSWERED_WITHIN = 10.0
_MEASURED_WITHIN = 15.0
_LEAST_REPORTS = 3

_SETTLED = (RegistrationState.REGISTERED, RegistrationState.REFUSED, RegistrationState.UNREACHABLE)


class Line:
    """An engine with all it has told since the last look."""

    def __init__(self, engine: SipEngine) -> None:
        self.engine = engine
        self._told: asyncio.Queue[ev.PhoneEvent] = asyncio.Queue(1_000)

    async def follow(self) -> None:
        """Keep what the engine tells, until it closes."""
        async for event in self.engine.events():
            if not isinstance(event, ev.AudioLevels) and not self._told.full():
                self._told.put_nowait(event)

    async def next(self, kind: type[One], within: float) -> One | None:
        """The next event of ``kind``; None when none comes in time."""
        return await self.either(kind, kind, within)

    async def either(self, one: type[One], other: type[Other], within: float) -> One | Other | None:
        """The next event of one of two kinds; None when none comes in time."""
        try:
            async with asyncio.timeout(within):
                while True:
                    event = await self._told.get()
                    if isinstance(event, one):
                        return event
                    if isinstance(event, other):
                        return event
        except TimeoutError:
            return None


@asynccontextmanager
async def _line(engine: SipEngine) -> AsyncIterator[Line]:
    await engine.start()
    line = Line(engine)
    following = asyncio.create_task(line.follow())
    try:
        yield line
    finally:
        await engine.close()
        await following


async def examine(
    account: Account, echo: str, kind: EngineKind = EngineKind.BARESIP
) -> AsyncIterator[Finding]:
    """Registration; a call to ourselves, which shows that the exchange reaches us; a call to ``echo``."""
    port = EchoPort()
    try:
        engine = chosen(kind, lambda: port).engine
    except Unsupported:
        yield failed("engine", said(NO_BARESIP), _GET_ENGINE)
        yield skipped("registration", Phrase("there is no engine for it"))
        return
    async with _line(engine) as line:
        finding = await _registration(line, account)
        yield finding
        if finding.cure:
            yield skipped("reachable", _UNREGISTERED)
            yield skipped("echo call", _UNREGISTERED)
            return
        yield await _reachable(line, account)
        yield await _echo_call(line, echo, port)


_GET_ENGINE = Phrase(
    "Run {command}, or where there is none (Windows, Alpine) set {setting} in [phone] of the settings, on a "
    "trusted network.",
    command="pip install 'moked[baresip]'",
    setting='engine = "pyvoip"',
)
_UNREGISTERED = Phrase("there is no registration")


async def _registration(line: Line, account: Account) -> Finding:
    try:
        await line.engine.register(account)
    except PhoneError as error:
        return failed("registration", said(clean(str(error))), Phrase("Correct [sip] in the settings."))
    while (change := await line.next(ev.RegistrationChanged, _REGISTERED_WITHIN)) is not None:
        if change.state in _SETTLED:
            break
    if change is None:
        return failed("registration", _SILENT, _NETWORK)
    if change.state is RegistrationState.REGISTERED:
        return good("registration", _taken(account))
    cure = (
        Phrase("Run `moked login`, or ask the administrator.")
        if change.state is RegistrationState.REFUSED
        else _NETWORK
    )
    return failed("registration", said(clean(change.words)) or _SILENT, cure)


def _taken(account: Account) -> Told:
    return Phrase(
        "{user} at {domain} by {transport}",
        user=clean(account.user),
        domain=clean(account.domain),
        transport=account.transport.value,
    )


_SILENT = Phrase("the registrar does not answer")
_NETWORK = Phrase("Check domain, port and transport in the settings, the network, and a VPN that must be on.")


async def _reachable(line: Line, account: Account) -> Finding:
    try:
        call = await line.engine.dial(account.user)
    except PhoneError as error:
        return failed("reachable", said(clean(str(error))), _NETWORK)
    told = await line.either(ev.CallIncoming, ev.CallClosed, _RINGS_WITHIN)
    if isinstance(told, ev.CallIncoming):
        await line.engine.reject(told.call)
        await _closed(line, 2)
        return good("reachable", Phrase("the exchange rings this phone"))
    if told is None:
        await line.engine.hangup(call)
        await _closed(line, 1)
    return _unreachable(told)


def _unreachable(told: ev.CallClosed | None) -> Finding:
    if told is None:
        found = Phrase("registered, but a call to ourselves does not ring here")
        return failed("reachable", found, _STOPPED)
    if told.reason in (CloseReason.NO_ANSWER, CloseReason.UNREACHABLE):
        found = Phrase("registered, but the exchange cannot ring this phone ({why})", why=_answer(told))
        return failed("reachable", found, _STOPPED)
    found = Phrase(
        "not proven: the exchange puts no call through to our own number ({why})", why=_answer(told)
    )
    return warning("reachable", found, Phrase("Let a colleague call you once."))


_STOPPED = Phrase(
    "If you are registered from elsewhere too, close that phone. Else a firewall or router stops the "
    "ring: use transport tls or tcp, and ask the administrator to set qualify_frequency."
)


def _answer(told: ev.CallClosed) -> str:
    """What the other side said, as it said it."""
    return clean(f"{told.status or ''} {told.words}") or told.reason.value


async def _echo_call(line: Line, number: str, port: EchoPort) -> Finding:
    if not number:
        return skipped("echo call", Phrase("not wanted"))
    try:
        call = await line.engine.dial(number)
    except PhoneError as error:
        return failed("echo call", said(clean(str(error))), _NETWORK)
    told = await line.either(ev.CallEstablished, ev.CallClosed, _ANSWERED_WITHIN)
    if not isinstance(told, ev.CallEstablished):
        if told is None:
            await line.engine.hangup(call)
        why = Phrase("no answer", context="try") if told is None else _answer(told)
        cure = Phrase(
            "Give the exchange's echo test with {number}, or {none} to leave it out.",
            number="--echo NUMBER",
            none="--echo ''",
        )
        found = Phrase("{number} was not answered ({why})", number=clean(number), why=why)
        return failed("echo call", found, cure)
    returned = await asyncio.to_thread(port.returned, _MEASURED_WITHIN)
    reports = Capability.QUALITY in line.engine.capabilities
    quality = await _measured(line) if returned is not None and reports else None
    await line.engine.hangup(call)
    await _closed(line, 1)
    return judged(quality, returned)


async def _measured(line: Line) -> ev.CallQuality | None:
    """The newest report once there are some and one knows the round trip; the newest there is, else."""
    newest, reports = None, 0
    try:
        async with asyncio.timeout(_MEASURED_WITHIN):
            while newest is None or not newest.rtt or reports < _LEAST_REPORTS:
                told = await line.either(ev.CallQuality, ev.CallClosed, _MEASURED_WITHIN)
                if not isinstance(told, ev.CallQuality):
                    break
                newest, reports = told, reports + 1
    except TimeoutError:
        pass
    return newest


async def _closed(line: Line, calls: int) -> None:
    for _ in range(calls):
        await line.next(ev.CallClosed, _ANSWERED_WITHIN)


_ONE_WAY = Phrase(
    "A firewall or your router (NAT) stops sound one way. Ask the administrator whether the exchange has "
    "rtp_symmetric on, and which ports must be open."
)


def judged(quality: ev.CallQuality | None, returned: marker.Returned | None) -> Finding:
    """What was reported of an echo call, and how our own voice came back, by the desk's limits."""
    figures = _figures(quality, returned)
    if returned is None:
        found = Phrase("answered, but what we said did not come back")
        return failed("echo call", found, _ONE_WAY, **figures)
    if quality is None:
        found = Phrase(
            "our voice is back after {delay:.0f} ms; there was no report of it", delay=returned.delay_ms
        )
        return good("echo call", found, **figures)
    told = _told(quality, returned)
    if _is_bad(quality):
        cure = Phrase("A cable in place of Wi-Fi, or ending downloads, helps most; then another network.")
        return warning("echo call", Phrase("the line is bad: {figures}", figures=told), cure, **figures)
    return good("echo call", told, **figures)


def _is_bad(quality: ev.CallQuality) -> bool:
    overall = quality.overall
    return (
        max(overall.loss_in, overall.loss_out) > MOST_LOSS
        or overall.most_jitter > MOST_JITTER
        or quality.rtt > MOST_DELAY
        or overall.mos < LEAST_MOS
    )


def _told(quality: ev.CallQuality, returned: marker.Returned) -> Phrase:
    overall = quality.overall
    return Phrase(
        "our voice is back after {delay:.0f} ms, network {network:.0f} ms, jitter {jitter:.0f} ms, "
        "loss {loss:g} %, MOS {mos:.1f}",
        delay=returned.delay_ms,
        network=quality.rtt,
        jitter=overall.most_jitter,
        loss=max(overall.loss_in, overall.loss_out),
        mos=overall.mos,
    )


def _figures(quality: ev.CallQuality | None, returned: marker.Returned | None) -> dict[str, float]:
    figures: dict[str, float] = {}
    if returned is not None:
        figures["round_trip_ms"] = returned.delay_ms
    if quality is not None:
        overall = quality.overall
        figures |= {
            "network_ms": quality.rtt,
            "jitter_ms": overall.most_jitter,
            "loss_in_percent": overall.loss_in,
            "loss_out_percent": overall.loss_out,
            "mos": overall.mos,
        }
    return figures
