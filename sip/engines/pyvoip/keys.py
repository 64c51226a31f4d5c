"""Telephone keys as they are sent with the voice: packet by packet (RFC 4733 §2.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from sip.engines.pyvoip.outgoing import FRAMES
from sip.engines.pyvoip.packets import event

_HELD, _ENDED, _PAUSE = 5, 3, 3
"""Packets while a key is down, of its end, sent again in case some are lost, and of voice up to the next."""
_MOST_WAITING: Final = 64

Sent: TypeAlias = Callable[[], None]


class Keys:
    """Keys to be sent, one after the other. ``press`` may come from any thread."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Sent]] = deque()
        self._now: Iterator[tuple[bool, bytes]] | None = None

    def press(self, key: str, sent: Sent) -> bool:
        """Send ``key``, then call ``sent``. False where too many wait."""
        if len(self._waiting) >= _MOST_WAITING:
            return False
        self._waiting.append((key, sent))
        return True

    def next_packet(self) -> tuple[bool, bytes] | None:
        """Whether this moment's packet is a key's first, and its payload, empty for one of voice between
        keys; None while no key is sent.
        """
        if self._now is None and self._waiting:
            self._now = self._packets(*self._waiting.popleft())
        packet = next(self._now, None) if self._now is not None else None
        if packet is None:
            self._now = None
        return packet

    def drop(self) -> None:
        """Nothing more can be sent: whoever waits is told."""
        for _key, sent in (*self._waiting,):
            sent()
        self._waiting.clear()
        if self._now is not None:
            for _packet in self._now:
                pass

    def _packets(self, key: str, sent: Sent) -> Iterator[tuple[bool, bytes]]:
        for number in range(_HELD):
            yield number == 0, event(key, (number + 1) * FRAMES, ended=False)
        for _ in range(_ENDED):
            yield False, event(key, _HELD * FRAMES, ended=True)
        for _ in range(_PAUSE):
            yield False, b""
        sent()
