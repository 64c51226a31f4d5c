"""The shelf of scripts: files of one directory, read again when edited; a broken edit keeps the last good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from centre.texts import Language
from hub.contract import Script, ScriptChangedEvent
from hub.domain.scripts import QueueScript, ScriptError, parse_script
from hub.events import Bus
from hub.service.roster import Roster

log = structlog.get_logger(__name__)

_PACE = 1.0
"""Seconds between two looks at the directory."""

_LARGEST = 256 * 1024
"""Bytes of a script file."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a file looked when it was last read."""

    modified: int
    size: int


class ScriptShelf:
    """Scripts by queue and language. ``directory`` None: there are none."""

    def __init__(
        self,
        directory: Path | None,
        roster: Roster,
        bus: Bus,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._directory = directory
        self._roster = roster
        self._bus = bus
        self._sleep = sleep
        self._seen: dict[str, _Seen] = {}
        self._good: dict[str, QueueScript] = {}
        self._broken: dict[str, str] = {}

    @property
    def broken(self) -> Mapping[str, str]:
        """Files whose newest edit cannot be used, with the reason."""
        return self._broken

    def find(self, queue: str, language: Language) -> Script | None:
        """The script for ``queue`` in ``language``, else in the other language."""
        serving = [kept.script for kept in self._good.values() if kept.queue == queue]
        fitting = [script for script in serving if script.language == language]
        return next(iter(fitting or serving), None)

    async def run(self) -> None:
        """Look for edits for as long as the task lives."""
        while True:
            await self._sleep(_PACE)
            await self.refresh()

    async def refresh(self) -> None:
        """Read what changed since the last look, and tell the agents it serves."""
        if self._directory is None:
            return
        files = await asyncio.to_thread(_look, self._directory)
        for name in sorted(self._seen.keys() - files.keys()):
            self._drop(name)
        for name, seen in sorted(files.items()):
            if self._seen.get(name) != seen:
                self._seen[name] = seen
                await self._read(self._directory / name)

    async def _read(self, path: Path) -> None:
        try:
            kept = await asyncio.to_thread(_parse, path)
        except ScriptError as error:
            self._broken[path.name] = str(error)
            log.warning("script not usable, the last good one stays", file=path.name, error=str(error))
            return
        self._broken.pop(path.name, None)
        before = self._good.get(path.name)
        self._good[path.name] = kept
        if before != kept:
            self._tell(kept)

    def _drop(self, name: str) -> None:
        del self._seen[name]
        self._broken.pop(name, None)
        gone = self._good.pop(name, None)
        if gone is not None:
            self._tell(gone)

    def _tell(self, kept: QueueScript) -> None:
        script = kept.script
        changed = ScriptChangedEvent(
            script=script.id, queue=kept.queue, language=script.language, revision=script.revision
        )
        for agent in self._roster.serving(kept.queue):
            self._bus.publish(agent, changed)


def _look(directory: Path) -> dict[str, _Seen]:
    try:
        found = {path.name: path.stat() for path in directory.glob("*.toml") if path.is_file()}
    except OSError as error:
        log.warning("script directory not read", error=str(error))
        return {}
    return {name: _Seen(stat.st_mtime_ns, stat.st_size) for name, stat in found.items()}


def _parse(path: Path) -> QueueScript:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise ScriptError(f"{path.name}: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise ScriptError(f"{path.name}: larger than {_LARGEST} bytes")
    return parse_script(path.name, data)
