"""A tone where calls are heard or ring, and how loud the microphone is: for who chooses devices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

from sip.audio.levels import LevelMeter
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES, AudioPort, AudioUnavailable, Unplugged
from sip.audio.ring import RING_RATE, Ring
from sip.audio.samples import silence, tone

RATE: Final = RING_RATE
_TONE_HZ: Final = 440
_TONE_DBFS: Final = -24.0
_TONE_SECONDS: Final = 2
_RING_SECONDS: Final = 2
_LISTEN_SECONDS: Final = 15
_BLOCK: Final = RATE // BLOCKS_PER_SECOND * SAMPLE_BYTES


def tone_blocks() -> Iterator[bytes]:
    """Two seconds of a tone as loud as a voice."""
    sound = tone(_TONE_HZ, RATE, RATE, _TONE_DBFS)
    for _second in range(_TONE_SECONDS):
        yield from (sound[at : at + _BLOCK] for at in range(0, len(sound), _BLOCK))


def ring_blocks(volume: Callable[[], int]) -> Iterator[bytes]:
    """A ring, once, as loud as calls ring."""
    ring = Ring(volume)
    yield from (ring.next_block() for _block in range(_RING_SECONDS * BLOCKS_PER_SECOND))


def listening_blocks() -> Iterator[bytes]:
    """Nothing to hear, for as long as it takes to say a sentence or two."""
    yield from (silence(RATE // BLOCKS_PER_SECOND) for _block in range(_LISTEN_SECONDS * BLOCKS_PER_SECOND))


class Trial:
    """Plays ``blocks`` through ``port`` and hears the microphone meanwhile, where the port has one.

    Devices that are chosen meanwhile are used at once. ``tell`` gets the microphone's level in dBFS, five
    times a second, in the thread of ``run``.
    """

    def __init__(self, port: AudioPort, blocks: Iterator[bytes], tell: Callable[[float], None]) -> None:
        self._port = port
        self._blocks = blocks
        self._meter = LevelMeter(lambda levels: tell(levels.microphone))
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it with the next block."""
        self._stopped.set()

    def run(self) -> str:
        """Try, and return what is wrong with the devices, empty where nothing is. Blocks for seconds."""
        try:
            remark = self._port.open(RATE)
            for block in self._blocks:
                if self._stopped.is_set():
                    break
                if self._port.stale():
                    remark = self._port.open(RATE)
                self._meter.add(self._port.exchange(block), block, arrived=False, dead=False)
        except Unplugged as gone:
            return f"{gone} is unplugged."
        except AudioUnavailable as error:
            return str(error)
        finally:
            self._port.close()
        return remark
