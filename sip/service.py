"""The phone process: one engine behind a private socket, for the desks of one user.

A desk that attaches is first told how things stand, then hears every event. Calls go on while no desk is
there; the process ends by itself once no desk came for a while and no call is open.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

from edge.runtime import peer_is_us
from sip import events as ev
from sip.account import Account
from sip.audio.sound import NoSuchProfile, Sound
from sip.call_book import CallBook
from sip.call_state import ImpossibleTransition
from sip.engine import SipEngine
from sip.errors import BadRequest, PhoneError
from sip.wire import LONGEST_LINE, Answer, Request, WireError, build, decode_request, encode

log = logging.getLogger(__name__)

_UNREAD = 1_000
"""Lines a desk may be behind before it is cut off; it attaches again and is told how things stand."""
_UNREAD_LEVELS = 20
_AT_ONCE = 16
"""Commands of one desk under way together."""
_COMMAND_TIMEOUT = 90.0
_GOODBYE = 1.0

Command: TypeAlias = Callable[[dict[str, Any]], Awaitable[str | None]]


class _Line:
    """One attached desk: what it is to be sent, and the end of it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._unread: asyncio.Queue[bytes | None] = asyncio.Queue(_UNREAD)

    def send(self, message: Answer | ev.PhoneEvent) -> None:
        """Queue a line; a desk that does not read is cut off. Levels are dropped before that."""
        if isinstance(message, ev.AudioLevels) and self._unread.qsize() > _UNREAD_LEVELS:
            return
        try:
            self._unread.put_nowait(encode(message))
        except asyncio.QueueFull:
            log.warning("a desk did not read for too long; cut off")
            self._writer.transport.abort()

    async def write(self) -> None:
        """Write what is queued until the line breaks."""
        while (line := await self._unread.get()) is not None:
            self._writer.write(line)
            await self._writer.drain()

    async def close(self) -> None:
        """Close the connection; a desk that does not read what is left is cut off."""
        self._writer.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError:
            return


class PhoneService:
    """Serves ``engine`` to its user's desks; ``linger`` seconds with no desk and no call are the end.

    ``sound`` is what desks may choose devices from, where a person talks through them.
    """

    def __init__(self, engine: SipEngine, *, linger: float, sound: Sound | None = None) -> None:
        self._engine = engine
        self._linger = linger
        self._book = CallBook()
        self._lines: set[_Line] = set()
        self._needed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._sound = sound
        self._commands = _commands(engine) | {"use_sound": self._use_sound}
        self._tell_sound()

    async def run(self, listener: socket.socket, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve until ``stop`` is set or nobody needs the phone any more, then hang up and unregister.

        ``ready`` is called once desks can attach.
        """
        await self._engine.start()
        try:
            server = await asyncio.start_unix_server(self._attached, sock=listener, limit=LONGEST_LINE)
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
        finally:
            await self._engine.close()

    async def _follow(self) -> None:
        async for event in self._engine.events():
            try:
                self._book.hear(event)
            except ImpossibleTransition:
                log.exception("the engine told something impossible")
                continue
            self._weigh()
            for line in tuple(self._lines):
                line.send(event)

    async def _use_sound(self, args: dict[str, Any]) -> None:
        if self._sound is None:
            raise BadRequest("this phone has no devices to choose from")
        try:
            self._sound.use(_text(args, "profile"))
        except NoSuchProfile as error:
            raise BadRequest(str(error)) from error
        self._tell_sound()

    def _tell_sound(self) -> None:
        """Tell all desks, and those to come, what is talked through."""
        if self._sound is not None:
            event = ev.SoundChanged(self._sound.profile, self._sound.profiles)
            self._book.hear(event)
            for line in tuple(self._lines):
                line.send(event)

    def _weigh(self) -> None:
        """Whether anybody needs this phone."""
        needed = bool(self._lines) or self._book.busy
        if needed:
            self._needed.set()
            self._idle.clear()
        else:
            self._needed.clear()
            self._idle.set()

    async def _abandoned(self) -> None:
        """Return once nobody needed the phone for ``linger`` seconds."""
        while True:
            await self._idle.wait()
            try:
                async with asyncio.timeout(self._linger):
                    await self._needed.wait()
            except TimeoutError:
                return

    async def _attached(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not peer_is_us(writer.get_extra_info("socket")):
            log.warning("a process of another user was sent away")
            writer.transport.abort()
            return
        line = _Line(writer)
        for event in self._book.tell():
            line.send(event)
        self._lines.add(line)
        self._weigh()
        writing = asyncio.create_task(line.write())
        try:
            await self._converse(reader, line)
        finally:
            self._lines.discard(line)
            self._weigh()
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await line.close()

    async def _converse(self, reader: asyncio.StreamReader, line: _Line) -> None:
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

    async def _carry_out(self, request: Request, line: _Line) -> None:
        try:
            async with asyncio.timeout(_COMMAND_TIMEOUT):
                result = await self._do(request)
        except PhoneError as error:
            line.send(Answer(request.id, error=error))
        except TimeoutError:
            line.send(Answer(request.id, error=PhoneError("the phone did not do it in time")))
        else:
            line.send(Answer(request.id, result))

    async def _do(self, request: Request) -> str | None:
        command = self._commands.get(request.command)
        if command is None:
            raise BadRequest(f"the phone knows no command {request.command!r}")
        try:
            return await command(request.args)
        except WireError as error:
            raise BadRequest(f"not the arguments of {request.command}: {error}") from error


def _commands(engine: SipEngine) -> dict[str, Command]:
    """What a desk may say, and what is done with its arguments."""

    async def register(args: dict[str, Any]) -> None:
        await engine.register(build(Account, args))

    async def dial(args: dict[str, Any]) -> str:
        return await engine.dial(_text(args, "target"))

    async def mute(args: dict[str, Any]) -> None:
        muted = args.get("muted")
        if not isinstance(muted, bool):
            raise WireError("muted is true or false")
        await engine.mute(_text(args, "call"), muted)

    async def transfer(args: dict[str, Any]) -> None:
        await engine.transfer(_text(args, "call"), _text(args, "target"))

    async def send_dtmf(args: dict[str, Any]) -> None:
        await engine.send_dtmf(_text(args, "call"), _text(args, "digits"))

    def on_call(act: Callable[[str], Awaitable[None]]) -> Command:
        async def command(args: dict[str, Any]) -> None:
            await act(_text(args, "call"))

        return command

    async def unregister(_args: dict[str, Any]) -> None:
        await engine.unregister()

    return {
        "register": register,
        "unregister": unregister,
        "dial": dial,
        "answer": on_call(engine.answer),
        "reject": on_call(engine.reject),
        "hangup": on_call(engine.hangup),
        "hold": on_call(engine.hold),
        "resume": on_call(engine.resume),
        "mute": mute,
        "transfer": transfer,
        "send_dtmf": send_dtmf,
    }


def _text(args: dict[str, Any], name: str) -> str:
    value = args.get(name)
    if not isinstance(value, str):
        raise WireError(f"{name} is a text")
    return value
