"""The sound of a phone: one call's, or the ring, between the stack and the port, in an audio thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias

from sip.audio import realtime
from sip.audio.levels import LevelMeter, Levels
from sip.audio.playout import CallPcm, Playout, Sending
from sip.audio.port import BLOCKS_PER_SECOND, AudioPort, AudioUnavailable, Unplugged
from sip.audio.ring import RING_RATE, Ring, usual_volume
from sip.audio.samples import silence
from sip.audio.shared_thread import SharedThread
from sip.audio.silence_port import SilencePort

log = logging.getLogger(__name__)

_MEDIA_POLL = 0.01
_END_TIMEOUT = 2.0
_QUIET = BLOCKS_PER_SECOND
"""Blocks of quiet after a fault of ours, before the sound is begun anew: what fails again must not spin."""
_FAILED = "the sound failed and begins anew in a moment; if this goes on, tell your team leader"

Blocks: TypeAlias = Generator[None, None, None]
"""Sound that goes on by a block each time, once that block's time has passed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be heard now through ``port``: the call ``pcm``, or the ring where there is none.

    ``muted`` shuts the microphone: the call is sent silence. ``volume`` tells that of the ring, 0 to 100.
    """

    port: AudioPort
    pcm: CallPcm | None = None
    muted: bool = False
    volume: Callable[[], int] = usual_volume


class Bridge:
    """Plays one scene at a time, in its own thread or the ``shared``: audio must not wait for the event loop.

    One thread, so that two calls can never use one microphone at once. ``on_levels(pcm, levels)`` five
    times a second, ``on_fault(words)``, empty when all is well again, and ``on_unplugged()`` are called in
    that thread. A call whose device was unplugged is sent silence until it is shown as muted.
    """

    def __init__(
        self,
        on_levels: Callable[[CallPcm, Levels], None],
        on_fault: Callable[[str], None],
        on_unplugged: Callable[[], None],
        shared: SharedThread | None = None,
    ) -> None:
        self._on_levels = on_levels
        self._on_fault = on_fault
        self._on_unplugged = on_unplugged
        self._told = ""
        self._cut_off: CallPcm | None = None
        self._unplugged = ""
        self._scene: Scene | None = None
        self._ended = False
        self._change = threading.Condition()
        self._shared = shared
        self._begun = False
        self._over = threading.Event()

    def show(self, scene: Scene | None) -> None:
        """Make ``scene`` what is heard from the next block on; None: nothing, and the port is let go."""
        with self._change:
            if self._ended:
                return
            self._scene = scene
            if not self._begun and scene is not None:
                self._begun = True
                self._begin()
            self._change.notify()

    def close(self) -> None:
        """End the sound and let the port go. Blocks for at most two seconds; safe to call twice."""
        with self._change:
            self._ended = True
            self._scene = None
            self._change.notify()
        if self._begun:
            self._over.wait(_END_TIMEOUT)

    def _begin(self) -> None:
        if self._shared is not None:
            self._shared.play(self._blocks())
        else:
            threading.Thread(target=self._run, name="audio", daemon=True).start()

    def _run(self) -> None:
        realtime.take()
        for _block in self._blocks():
            pass  # the port keeps the time

    def _blocks(self) -> Blocks:
        """All that is ever heard."""
        try:
            while not self._ended:
                scene = self._scene
                rate = _rate(scene)
                if scene is None or not rate:
                    self._wait_for_sound(scene)
                    yield
                else:
                    yield from self._surviving(scene.port, rate)
        finally:
            self._over.set()

    def _surviving(self, port: AudioPort, rate: int) -> Blocks:
        """Play; a fault of ours costs a moment's sound, not that of all calls to come."""
        try:
            yield from self._play(port, rate)
        except Exception:  # whatever it was: nobody begins a thread that ended anew
            log.exception("the sound failed")
            self._tell(_FAILED)
            yield from self._quiet(rate)

    def _quiet(self, rate: int) -> Blocks:
        port = SilencePort(keeps_time=self._shared is None)
        port.open(rate)
        for _ in range(_QUIET):
            if self._ended:
                return
            port.exchange(b"")
            yield

    def _wait_for_sound(self, scene: Scene | None) -> None:
        """Until there is something else than ``scene``; a call tells nobody when its media comes up."""
        if self._shared is not None:
            return
        with self._change:
            if self._scene is scene and not self._ended:
                self._change.wait(None if scene is None else _MEDIA_POLL)

    def _play(self, port: AudioPort, rate: int) -> Blocks:
        try:
            self._tell(port.open(rate))
            yield from self._play_on(port, port, rate)
        except Unplugged as gone:
            self._cut(str(gone))
        except AudioUnavailable as error:
            self._tell(str(error))
            # the call must live on when the headset does not
            quiet = SilencePort(keeps_time=self._shared is None)
            quiet.open(rate)
            yield from self._play_on(port, quiet, rate)
        finally:
            port.close()

    def _cut(self, device: str) -> None:
        """Shut the microphone before anything else is opened; what is used instead is told then."""
        scene = self._scene
        self._unplugged = device
        if scene is not None and scene.pcm is not None:
            self._cut_off = scene.pcm
            self._on_unplugged()

    def _tell(self, words: str) -> None:
        """Tell what is wrong, once; that all is well, only after something was wrong."""
        device, self._unplugged = self._unplugged, ""
        if device:
            words = f"{words or f'{device} is unplugged.'} Your microphone is muted."
        if words != self._told:
            self._told = words
            self._on_fault(words)

    def _play_on(self, asked: AudioPort, port: AudioPort, rate: int) -> Blocks:
        """Play the scenes that ask for ``asked`` on ``port``, until something else is wanted."""
        while (scene := self._scene) is not None and self._stays(asked, scene.pcm, rate):
            if scene.pcm is None:
                yield from self._ring(asked, port, scene.volume)
            else:
                yield from self._talk(asked, port, scene.pcm, rate)

    def _stays(self, asked: AudioPort, pcm: CallPcm | None, rate: int) -> bool:
        """Whether what is heard goes on as it is."""
        scene = self._scene
        if scene is None or scene.port is not asked or scene.pcm is not pcm:
            return False
        return _rate(scene) == rate and not asked.stale()

    def _ring(self, asked: AudioPort, port: AudioPort, volume: Callable[[], int]) -> Blocks:
        ring = Ring(volume)
        while self._stays(asked, None, RING_RATE):
            port.exchange(ring.next_block())
            yield

    def _talk(self, asked: AudioPort, port: AudioPort, pcm: CallPcm, rate: int) -> Blocks:
        playout, sending = Playout(pcm, rate), Sending(pcm, rate)
        meter = LevelMeter(lambda levels: self._on_levels(pcm, levels))
        shut = silence(rate // BLOCKS_PER_SECOND)
        while self._stays(asked, pcm, rate):
            speaker = playout.next_block()
            microphone = port.exchange(speaker)
            yield
            # looked at again after the block was heard: what is muted meanwhile must not get out
            if self._shut(pcm):
                microphone = shut
            sending.send(microphone)
            meter.add(microphone, speaker, arrived=playout.arrived, dead=port.dead)
        if playout.gaps or sending.gaps:
            log.info("gaps in the sound: %d to the ear, %d to the line", playout.gaps, sending.gaps)

    def _shut(self, pcm: CallPcm) -> bool:
        """Whether the call is to be sent silence."""
        scene = self._scene
        if scene is None or scene.pcm is not pcm or scene.muted:
            if self._cut_off is pcm:
                self._cut_off = None  # the call knows that it is muted, and may be opened again
            return True
        return self._cut_off is pcm


def _rate(scene: Scene | None) -> int:
    """What the port must run at; 0 while there is nothing to hear."""
    if scene is None:
        return 0
    return RING_RATE if scene.pcm is None else scene.pcm.rate()
