"""The phone doctor beside an open desk: a process of its own, so that looking holds up no painting.

It leaves the telephone line to the running phone, which a second one would throw out of the exchange.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

from agent_tui.adapters.doctor_wire import read
from agent_tui.ports import DoctorGone
from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.others import reason

_WITHIN = 90.0
"""Seconds: longer than all its checks may take together."""

_ENDED = (0, 1)
"""Its exit statuses when it looked at everything."""


class DoctorProcess:
    """Runs the doctor with the settings in ``config``; each look is ended after ``within`` seconds."""

    def __init__(self, config: Path, within: float = _WITHIN) -> None:
        self._config = config
        self._within = within

    async def examine(self, *, sound: bool, size: tuple[int, int]) -> AsyncGenerator[Finding | Told]:
        """As in ``ports.DoctorPort``. Whoever stops listening ends it."""
        process = await self._start(sound=sound, size=size)
        try:
            async for told in self._lines(process):
                yield told
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()  # reads what is left: only at its end the pipe is closed

    async def _start(self, *, sound: bool, size: tuple[int, int]) -> Process:
        words = ["-m", "doctor", "--config", str(self._config), "--beside-desk"]
        columns, lines = map(str, size)
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *words,
                *([] if sound else ["--no-sound"]),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                env={**os.environ, "COLUMNS": columns, "LINES": lines},
            )
        except OSError as error:
            raise DoctorGone(Phrase("The doctor does not start: {why}", why=reason(error))) from None

    async def _lines(self, process: Process) -> AsyncGenerator[Finding | Told]:
        output = process.stdout
        loop = asyncio.get_running_loop()
        until = loop.time() + self._within
        try:
            while output is not None:
                line = await asyncio.wait_for(output.readline(), until - loop.time())
                if not line:
                    break
                yield read(line)
            await asyncio.wait_for(process.wait(), until - loop.time())
        except TimeoutError:
            raise DoctorGone(Phrase("The doctor did not end in time; what it found is here.")) from None
        except ValueError:
            raise DoctorGone(Phrase("The doctor said what this desk does not understand.")) from None
        if process.returncode not in _ENDED:
            raise DoctorGone(Phrase("The doctor broke off; what it found is here."))
