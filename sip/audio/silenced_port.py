"""A port whose speaker can be silenced while it plays: for the ring of an agent who wants no sound."""

from __future__ import annotations

from collections.abc import Callable

from sip.audio.port import AudioPort


class SilencedPort:
    """``port``, which plays silence while ``silent()`` is so: asked with each block, so within 10 ms."""

    def __init__(self, port: AudioPort, silent: Callable[[], bool]) -> None:
        self._port = port
        self._silent = silent

    @property
    def dead(self) -> bool:
        """As the port's."""
        return self._port.dead

    def open(self, rate: int) -> str:
        """Begin, in silence or not."""
        return self._port.open(rate)

    def exchange(self, speaker: bytes) -> bytes:
        """One block each way; a silent one keeps the time of one that is heard."""
        return self._port.exchange(bytes(len(speaker)) if self._silent() else speaker)

    def stale(self) -> bool:
        """As the port is."""
        return self._port.stale()

    def close(self) -> None:
        """Let the port go."""
        self._port.close()
