"""The phone process: one engine behind a private socket, for the desk of one user.

The desk that attached last has the phone: it is told how things stand, then hears every event, and the one
before it is told that it is out. So an agent whose terminal hangs, or is open elsewhere, gets at the calls by
starting the desk again. Calls go on while no desk is there; the process ends by itself once no desk came for
a while and no call is open.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from edge.traces import survived
from sip import events as ev
from sip.account import Account
from sip.audio.sound import Sound
from sip.call_book import CallBook
from sip.call_commands import call_commands
from sip.desk_line import DeskLine
from sip.dialled import Dialled
from sip.engine import SipEngine
from sip.errors import BadRequest, PhoneError
from sip.missed import Missed
from sip.place import Place, Stranger
from sip.sound_commands import SoundCommands
from sip.wire import ATTACH, LONGEST_LINE, Answer, Request, WireError, build, decode_request, text_of

log = logging.getLogger(__name__)

_AT_ONCE = 16
"""Commands of one desk under way together."""
_COMMAND_TIMEOUT = 90.0
_FAILED = "something in the phone failed; the calls go on: try again"


class PhoneService:
    """Serves ``engine`` to its user's desk; ``linger`` seconds with no desk and no call are the end.

    ``sound`` is what the desk may choose devices from, where a person talks through them.
    """

    def __init__(self, engine: SipEngine, place: Place, *, linger: float, sound: Sound | None = None) -> None:
        self._engine = engine
        self._place = place
        self._linger = linger
        self._book = CallBook()
        self._lines: set[DeskLine] = set()
        self._desk: DeskLine | None = None
        """The line that has the phone."""
        self._account: Account | None = None
        self._needed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._sound = SoundCommands(sound, lambda: self._book.busy, self._report)
        self._missed = Missed()
        self._dialled = Dialled()
        self._commands = {
            **call_commands(engine),
            "refresh": self._refresh,
            "register": self._register,
            "unregister": self._unregister,
            **self._sound.commands,
            "forget_missed": self._forget_missed,
            "send_dtmf": self._send_dtmf,
        }
        self._sound.tell()

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve until ``stop`` is set or nobody needs the phone any more, then hang up and unregister.

        ``ready`` is called once desks can attach.
        """
        await self._engine.start()
        try:
            with self._place.listening() as listener:
                server = await asyncio.start_server(self._came, sock=listener, limit=LONGEST_LINE)
                await self._serve(server, stop, ready)
        finally:
            await self._sound.stop_trial()
            await self._engine.close()

    async def _serve(self, server: asyncio.Server, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        following = asyncio.create_task(self._follow())
        waits = {following, *(asyncio.create_task(wait) for wait in (stop.wait(), self._abandoned()))}
        async with server:
            ready()
            done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
            for line in tuple(self._lines):
                await line.close()
        await asyncio.gather(*others, return_exceptions=True)
        for task in done:
            task.result()

    async def _follow(self) -> None:
        async for event in self._engine.events():
            with survived(log, "an event"):  # the calls go on, whatever it was
                self._hear(event)

    def _hear(self, event: ev.PhoneEvent) -> None:
        self._book.hear(event)
        self._weigh()
        if self._book.busy:
            self._sound.make_way()
        self._tell(event)
        if self._missed.hear(event):
            self._tell(self._missed.tell())
        if self._dialled.hear(event):
            self._tell(self._dialled.tell())

    def _report(self, report: ev.SoundChanged | ev.RingSilenced | ev.DevicesSeen | ev.SoundTried) -> None:
        """Tell the desk, and of what holds those to come."""
        if isinstance(report, ev.SoundChanged):
            self._book.hear(report)
        self._tell(report)

    def _tell(self, report: ev.PhoneReport) -> None:
        if self._desk is not None:
            self._desk.send(report)

    async def _forget_missed(self, args: dict[str, Any]) -> None:
        if self._missed.forget(text_of(args, "call")):
            self._tell(self._missed.tell())

    async def _send_dtmf(self, args: dict[str, Any]) -> None:
        call, digits = text_of(args, "call"), text_of(args, "digits")
        await self._engine.send_dtmf(call, digits)
        event = ev.DtmfSent(call, digits)
        self._book.hear(event)
        self._tell(event)

    def _weigh(self) -> None:
        """Whether anybody needs this phone."""
        if self._desk is not None or self._book.busy:
            self._needed.set()
            self._idle.clear()
        else:
            self._needed.clear()
            self._idle.set()

    async def _abandoned(self) -> None:
        """Return once nobody needed the phone for ``linger`` seconds.

        It leaves the registrar first and looks again: a call that was sent in that moment is not lost.
        """
        while True:
            await self._idle.wait()
            try:
                async with asyncio.timeout(self._linger):
                    await self._needed.wait()
            except TimeoutError:
                with suppress(PhoneError):
                    await self._engine.unregister()
                if not self._needed.is_set():
                    return
                await self._come_back()

    async def _come_back(self) -> None:
        if self._account is not None:
            try:
                await self._engine.register(self._account)
            except PhoneError as error:
                log.warning("not registered again: %s", error)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._place.admit(reader, writer)
        except Stranger as stranger:
            log.warning("sent away: %s", stranger)
            writer.transport.abort()
            return
        line = DeskLine(writer)
        self._lines.add(line)
        writing = asyncio.create_task(line.write())
        try:
            await self._converse(reader, line)
        finally:
            self._lines.discard(line)
            if self._desk is line:
                self._desk = None
                self._weigh()
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await line.close()

    def _give_to(self, line: DeskLine) -> None:
        """The phone is this desk's now: whoever had it is told, and the newcomer how things stand."""
        before, self._desk = self._desk, line
        if before is line:
            return
        if before is not None:
            before.send(ev.TakenAway())
            before.end()
            line.send(ev.TakenOver())
        able = ev.EngineCapabilities(self._engine.capabilities)
        lists = self._missed.tell(), self._dialled.tell()
        for report in (able, *self._book.tell(), *lists, ev.RingSilenced(self._sound.silent)):
            line.send(report)
        self._weigh()

    async def _converse(self, reader: asyncio.StreamReader, line: DeskLine) -> None:
        """Carry out a desk's commands, side by side, until it leaves or says what is no command."""
        turns = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as under_way:
            with suppress(OSError):
                while True:
                    try:
                        said = await reader.readuntil(b"\n")
                        request = decode_request(said)
                    except asyncio.IncompleteReadError:
                        return
                    except (WireError, asyncio.LimitOverrunError) as error:
                        log.warning("a desk was cut off: %s", error)
                        return
                    await turns.acquire()
                    task = under_way.create_task(self._carry_out(request, line))
                    task.add_done_callback(lambda _task: turns.release())

    async def _carry_out(self, request: Request, line: DeskLine) -> None:
        try:
            async with asyncio.timeout(_COMMAND_TIMEOUT):
                result = await self._do(request, line)
        except PhoneError as error:
            line.send(Answer(request.id, error=error))
        except TimeoutError:
            line.send(Answer(request.id, error=PhoneError("the phone did not do it in time")))
        except Exception:  # the line goes on with its other commands
            log.exception("a fault in %s", request.command)
            line.send(Answer(request.id, error=PhoneError(_FAILED)))
        else:
            line.send(Answer(request.id, result))

    async def _do(self, request: Request, line: DeskLine) -> str | None:
        if request.command == ATTACH:
            self._give_to(line)
            return None
        if line is not self._desk:
            raise BadRequest("another desk has the phone")
        command = self._commands.get(request.command)
        if command is None:
            raise BadRequest(f"the phone knows no command {request.command!r}")
        try:
            return await command(request.args)
        except WireError as error:
            raise BadRequest(f"not the arguments of {request.command}: {error}") from error

    async def _refresh(self, _args: dict[str, Any]) -> None:
        await self._engine.refresh()

    async def _register(self, args: dict[str, Any]) -> None:
        account = build(Account, args)
        await self._engine.register(account)
        self._account = account

    async def _unregister(self, _args: dict[str, Any]) -> None:
        self._account = None
        await self._engine.unregister()
