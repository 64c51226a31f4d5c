"""Which of an engine's calls has the headset, and what the audio thread has to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from sip.audio.bridge import Bridge, Scene
from sip.audio.levels import Levels
from sip.audio.mixer import MixedPcm
from sip.audio.playout import CallPcm
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.call_state import CallState
from sip.events import AudioFault, AudioLevels, PhoneEvent
from sip.open_call import OpenCall


class Headset:
    """Given to the call that was last answered or resumed, and to the one merged with it; with none, a call
    that comes in may ring.

    ``port`` makes the sound of each call; ``behaviour`` says how a call that comes in rings, if somebody is
    there, and in which thread there is sound.
    """

    def __init__(
        self, port: Callable[[], AudioPort], publish: Callable[[PhoneEvent], None], behaviour: Behaviour
    ) -> None:
        self._port = port
        self._publish = publish
        self._bell = behaviour.bell if behaviour.person else None
        self._calls: tuple[OpenCall, ...] = ()
        self._worn: tuple[OpenCall, AudioPort] | None = None
        self._mix: tuple[frozenset[OpenCall], MixedPcm] | None = None
        self._ringer: AudioPort | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bridge = Bridge(self._on_levels, self._on_fault, self._on_unplugged, behaviour.shared)

    def follow(self, calls: Iterable[OpenCall]) -> None:
        """Show the audio thread what is to be heard now."""
        self._loop = asyncio.get_running_loop()
        self._calls = calls = tuple(calls)
        talker = max((call for call in calls if call.audible), key=lambda call: call.turn, default=None)
        if talker is not None:
            port = self._port_of(talker)
            together = (talker, talker.partner) if talker.partner is not None else (talker,)
            shut = any(call.muted or call.state is not CallState.ESTABLISHED for call in together)
            self._bridge.show(Scene(port, self._pcm_of(talker), muted=shut))
            return
        if self._bell is not None and any(call.state is CallState.INCOMING for call in calls):
            self._ringer = self._ringer or (self._bell.port or self._port)()
            self._bridge.show(Scene(self._ringer, volume=self._bell.volume))
            return
        self._bridge.show(None)

    async def close(self) -> None:
        """End the audio thread."""
        await asyncio.to_thread(self._bridge.close)

    def _port_of(self, call: OpenCall) -> AudioPort:
        if self._worn is None or self._worn[0] is not call:
            self._worn = call, self._port()
        return self._worn[1]

    def _pcm_of(self, call: OpenCall) -> CallPcm:
        """The call's sound, mixed with its partner's; the same mix for as long as they are merged."""
        if call.partner is None:
            self._mix = None
            return call.pcm
        both = frozenset((call, call.partner))
        if self._mix is None or self._mix[0] != both:
            self._mix = both, MixedPcm((call.pcm, call.partner.pcm))
        return self._mix[1]

    def _on_levels(self, pcm: CallPcm, levels: Levels) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell_levels, pcm, levels)

    def _on_fault(self, words: str) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._publish, AudioFault(words))

    def _on_unplugged(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._mute)

    def _mute(self) -> None:
        """Whoever talked into the device that is gone chooses when to be heard again."""
        for call in self._calls:
            if call.audible and not call.muted:
                call.mute(muted=True)

    def _tell_levels(self, pcm: CallPcm, levels: Levels) -> None:
        if self._worn is None or self._pcm_of(self._worn[0]) is not pcm:
            return
        call = self._worn[0]
        self._publish(AudioLevels(call.id, round(levels.microphone, 1), round(levels.speaker, 1)))
        call.sounds(levels)
