"""Processes of moked that another one starts and ends: by their own pid, and never left behind.

Their standard input is a pipe from us; those started with ``--with-parent`` end when it closes, so that not
even our SIGKILL leaves them running.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.runtime import peer_pid

_READY_WITHIN = 30.0
_GONE_WITHIN = 10.0
_LOG_TAIL = 2000
_PIECE = 65_536


class ChildFailed(Exception):
    """A process did not come up. ``str(error)`` is for the person: which, and its last words."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a module with its arguments, and what it is told on standard input, such as a secret."""

    name: str
    arguments: tuple[str, ...]
    told: str = ""


@asynccontextmanager
async def children(
    programs: Sequence[Program], env: Mapping[str, str], logs: Path
) -> AsyncIterator[list[str]]:
    """Run ``programs`` side by side while the context is open; gives the first line of each, all ready.

    Raises ``ChildFailed``. Their errors go to ``logs / NAME.log``.
    """
    async with AsyncExitStack() as stack:
        started = []
        for program in programs:
            process = await _start(program, env, logs)
            stack.push_async_callback(end, process)
            started.append(process)
        pairs = zip(started, programs, strict=True)
        yield await asyncio.gather(*(_ready(process, program, logs) for process, program in pairs))


def ready_line(line: str) -> dict[str, Any]:
    """What a process said with its ``{"ready": {…}}``. Raises ``ChildFailed``."""
    try:
        told = json.loads(line)["ready"]
    except (ValueError, KeyError, TypeError):
        raise ChildFailed(f"an unexpected first line: {line!r}") from None
    return dict(told)


async def end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, and SIGKILL for what does not go."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_GONE_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def end_server(path: Path) -> None:
    """End the process that serves the Unix socket ``path``, if one does, and wait until it is gone.

    For what the desk starts and leaves running on purpose, in a directory that is ours alone.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return
    with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as connection:
        pid = peer_pid(connection)
    with suppress(ProcessLookupError, ConnectionError, TimeoutError):
        os.kill(pid, signal.SIGTERM)
        async with asyncio.timeout(_GONE_WITHIN):
            while await reader.read(_PIECE):
                continue
    writer.close()


async def _start(program: Program, env: Mapping[str, str], logs: Path) -> asyncio.subprocess.Process:
    with _log(program, logs).open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *program.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=dict(env),
            # not in the terminal's foreground group: Ctrl-C is for the desk
            start_new_session=True,
        )


async def _ready(process: asyncio.subprocess.Process, program: Program, logs: Path) -> str:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both were asked for")
    process.stdin.write(program.told.encode())
    line = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(_READY_WITHIN):
            line = await process.stdout.readline()
    if not line:
        raise ChildFailed(f"{program.name} did not start.\n{_tail(_log(program, logs))}")
    return line.decode(errors="replace")


def _log(program: Program, logs: Path) -> Path:
    return logs / f"{program.name}.log"


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_TAIL:]
