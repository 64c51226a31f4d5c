"""A ring that is silenced keeps its time and says nothing, from the block on at which it was."""

from __future__ import annotations

from sip.audio.port import AudioPort
from sip.audio.ring import RING_RATE, Ring
from sip.audio.silence_port import SilencePort
from sip.audio.silenced_port import SilencedPort


class Speaker(SilencePort):
    """A speaker that remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.played: list[bytes] = []

    def exchange(self, speaker: bytes) -> bytes:
        self.played.append(speaker)
        return super().exchange(speaker)


def test_a_ring_falls_silent_at_the_next_block_and_is_heard_again() -> None:
    wish = {"silent": False}
    speaker = Speaker()
    port: AudioPort = SilencedPort(speaker, lambda: wish["silent"])
    port.open(RING_RATE)
    ring = Ring(lambda: 70)
    for silent in (False, True, False):
        wish["silent"] = silent
        port.exchange(ring.next_block())
    port.close()
    heard, silenced, again = speaker.played
    assert any(heard)
    assert not any(silenced)
    assert any(again)
    assert len(silenced) == len(heard)
