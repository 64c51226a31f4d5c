"""One thread for the sound of many calls, as bots have them.

A hundred threads that wake every 10 ms wait for the interpreter's lock, and for each other, several times as
long as they work (measured), and the event loop waits behind all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from sip.audio import realtime
from sip.audio.silence_port import Pacer

_AT_ONCE = 2
"""Blocks for each waking: as much as a packet holds."""


class SharedThread:
    """Keeps the time of ports that keep none themselves. It is there for as long as there is sound."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._coming: list[Iterator[None]] = []
        self._thread: threading.Thread | None = None

    def play(self, sound: Iterator[None]) -> None:
        """Have ``sound`` go on by 10 ms at a time, without ever waiting in it, until it ends."""
        with self._guard:
            self._coming.append(sound)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audio", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        realtime.take()
        pacer, playing = Pacer(_AT_ONCE), list[Iterator[None]]()
        while playing := self._joined(playing):
            pacer.wait()
            playing = [sound for sound in playing if _goes_on(sound)]

    def _joined(self, playing: list[Iterator[None]]) -> list[Iterator[None]]:
        """``playing`` and what came to it; with nothing at all the thread ends."""
        with self._guard:
            playing, self._coming = playing + self._coming, []
            if not playing:
                self._thread = None
        return playing


def _goes_on(sound: Iterator[None]) -> bool:
    """Play a packet's blocks of it together; whether more will come."""
    return all(next(sound, sound) is None for _ in range(_AT_ONCE))
