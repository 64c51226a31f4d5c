"""The audio thread of a phone: one call's sound, or the ring, between the stack and the port."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sip.audio.levels import LevelMeter, Levels
from sip.audio.playout import CallPcm, Playout, Sending
from sip.audio.port import BLOCKS_PER_SECOND, AudioPort, AudioUnavailable
from sip.audio.ring import RING_RATE, Ring
from sip.audio.samples import silence
from sip.audio.silence_port import SilencePort

_MEDIA_POLL = 0.01
_END_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be heard now through ``port``: the call ``pcm``, or the ring where there is none.

    ``muted`` shuts the microphone: the call is sent silence.
    """

    port: AudioPort
    pcm: CallPcm | None = None
    muted: bool = False


class Bridge:
    """Plays one scene at a time in a thread of its own: audio must not wait for the event loop.

    One thread, so that two calls can never use one microphone at once. ``on_levels(pcm, levels)`` ten
    times a second, and ``on_fault(words)``, are called in that thread.
    """

    def __init__(
        self,
        on_levels: Callable[[CallPcm, Levels], None],
        on_fault: Callable[[str], None],
    ) -> None:
        self._on_levels = on_levels
        self._on_fault = on_fault
        self._scene: Scene | None = None
        self._ended = False
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def show(self, scene: Scene | None) -> None:
        """Make ``scene`` what is heard from the next block on; None: nothing, and the port is let go."""
        with self._change:
            if self._ended:
                return
            self._scene = scene
            if self._thread is None and scene is not None:
                self._thread = threading.Thread(target=self._run, name="audio", daemon=True)
                self._thread.start()
            self._change.notify()

    def close(self) -> None:
        """End the thread and let the port go. Blocks for at most two seconds; safe to call twice."""
        with self._change:
            self._ended = True
            self._scene = None
            self._change.notify()
        if self._thread is not None:
            self._thread.join(_END_TIMEOUT)

    def _run(self) -> None:
        while (begun := self._wait_for_sound()) is not None:
            self._play(*begun)

    def _wait_for_sound(self) -> tuple[AudioPort, int] | None:
        """The port and the rate of what is to be heard, as soon as there is something; None at the end."""
        with self._change:
            while not self._ended:
                scene = self._scene
                rate = _rate(scene)
                if scene is not None and rate:
                    return scene.port, rate
                # a call tells nobody when its media comes up
                self._change.wait(None if scene is None else _MEDIA_POLL)
        return None

    def _play(self, port: AudioPort, rate: int) -> None:
        try:
            port.open(rate)
            self._play_on(port, port, rate)
        except AudioUnavailable as error:
            self._on_fault(str(error))
            # the call must live on when the headset does not
            quiet = SilencePort()
            quiet.open(rate)
            self._play_on(port, quiet, rate)
        finally:
            port.close()

    def _play_on(self, asked: AudioPort, port: AudioPort, rate: int) -> None:
        """Play the scenes that ask for ``asked`` on ``port``, until one wants another rate or port."""
        while (scene := self._scene) is not None and scene.port is asked and _rate(scene) == rate:
            if scene.pcm is None:
                self._ring(port)
            else:
                self._talk(port, scene.pcm, rate)

    def _ring(self, port: AudioPort) -> None:
        ring = Ring()
        while (scene := self._scene) is not None and scene.pcm is None:
            port.exchange(ring.next_block())

    def _talk(self, port: AudioPort, pcm: CallPcm, rate: int) -> None:
        playout, sending = Playout(pcm, rate), Sending(pcm, rate)
        meter = LevelMeter(lambda levels: self._on_levels(pcm, levels))
        shut = silence(rate // BLOCKS_PER_SECOND)
        while (scene := self._scene) is not None and scene.pcm is pcm and pcm.rate() == rate:
            speaker = playout.next_block()
            microphone = port.exchange(speaker)
            # looked at again after the block was heard: what is muted meanwhile must not get out
            scene = self._scene
            if scene is None or scene.pcm is not pcm or scene.muted:
                microphone = shut
            sending.send(microphone)
            meter.add(microphone, speaker, arrived=playout.arrived)


def _rate(scene: Scene | None) -> int:
    """What the port must run at; 0 while there is nothing to hear."""
    if scene is None:
        return 0
    return RING_RATE if scene.pcm is None else scene.pcm.rate()
