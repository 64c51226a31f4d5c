"""A desk as the server holds it: textual-serve's process, with a home of its own and a bounded end."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from edge.runtime import private_directory, runtime_directory
from serve.errand import Errand

_HANDED_ON = ("PATH", "TZ", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""All that a desk gets of the server's environment."""
_GOODBYE = 10.0
"""Seconds for a desk to save what was typed and end; it gives its own services five."""


def home_of(agent: str) -> Path:
    """The directory of an agent's browser desk, for this user alone: drafts, sockets, log.

    Ids of agents may hold dots, and a socket's path is short, so it has a name of its own.
    """
    name = hashlib.sha256(agent.encode()).hexdigest()[:16]
    return private_directory(private_directory(runtime_directory() / "browser") / name)


def environment_of(home: Path, width: int, height: int, given: Mapping[str, str]) -> dict[str, str]:
    """What the desk sees around it: its home, its screen, no keyring, and no secret of anybody."""
    return {
        **{name: given[name] for name in _HANDED_ON if name in given},
        "HOME": str(home),
        "MOKED_RUNTIME_DIR": str(home),
        **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LC_ALL": "C.UTF-8",  # xterm.js draws all signs, whatever the server's own language
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM_PROGRAM": "textual",
        "TERM_PROGRAM_VERSION": version("textual-serve"),
        "COLUMNS": str(width),
        "ROWS": str(height),
    }


class DeskProcess(AppService):
    """One desk on one WebSocket. ``write`` sends what it paints; ``close`` is called when it has ended."""

    def __init__(
        self,
        errand: Errand,
        *,
        write: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def no_text(_text: str) -> None:
            """Nothing the desk says opens pages or files in the browser."""

        async def closed() -> None:
            await close()

        super().__init__(
            "", write_bytes=write, write_str=no_text, close=closed, download_manager=DownloadManager()
        )
        self._errand = errand
        self._lifeline = -1
        self._ending: asyncio.Task[None] | None = None

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start it, and tell it its errand by a pipe whose other end is held here."""
        theirs, self._lifeline = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "serve.desk", str(theirs)),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                pass_fds=(theirs,),
                env=environment_of(home_of(self._errand.agent), width, height, os.environ),
            )
        except BaseException:  # cancelled as well: who does not start holds no pipe
            self._let_go()
            raise
        finally:
            os.close(theirs)
        os.write(self._lifeline, self._errand.model_dump_json().encode() + b"\n")
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Relay what it paints until it ends; then the browser is told."""
        try:
            await super().run()
        finally:
            self._let_go()
            await self.remote_close()

    async def on_data(self, payload: bytes) -> None:
        """Paint in the browser. One that is gone no longer reads, and the desk must not be stuck by it."""
        with suppress(ConnectionError):
            await self.remote_write_bytes(payload)

    async def on_meta(self, data: bytes) -> None:
        """Take its goodbye; it is not let open pages or send files."""
        if json.loads(data).get("type") == "exit":
            await self.remote_close()

    async def stop(self) -> None:
        """End it: asked first, killed when it does not. Safe to call again; all who call wait for the end."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.send_meta({"type": "quit"})
                self._let_go()
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_GOODBYE)

    def _let_go(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
