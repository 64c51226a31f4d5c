"""PortAudio: its list of devices, kept fresh, and streams of 10 ms blocks on one of them."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from edge.text import clean
from sip.audio import pipewire
from sip.audio.cushion import Cushion
from sip.audio.devices import Device, Devices
from sip.audio.elastic import Elastic
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES, AudioUnavailable
from sip.audio.portaudio_error import why

_LATENCY: Final = 0.06
"""Seconds of device buffer: room for what ``Cushion`` wants in store; more makes PipeWire's steps longer."""
_LEAD_BLOCKS: Final = 2
_MOST_STORED_BLOCKS: Final = 3
"""Before a block is added; there must be room for two more of them, and a period."""
_NAP: Final = 0.001
_CREEP: Final = 0.000_02
"""Seconds by which each block is looked for earlier than the last, so that none waits to be found."""
_SILENT: Final = 1.0
_STUCK_BLOCKS: Final = 20

log = logging.getLogger(__name__)

_use = threading.Lock()
_open_streams = 0


def devices() -> Devices:
    """What is plugged in now: PipeWire's nodes where PortAudio can use them, else PortAudio's own list.

    Raises ``AudioUnavailable`` when PortAudio is missing, or cannot look.
    """
    with _use:
        library = _fresh()
        try:
            nodes = pipewire.devices() if _pipewire_device(library) is not None else None
            return nodes if nodes is not None else _listed(library)
        except library.PortAudioError as error:
            raise _none(error) from error


class _Stream:
    """A microphone or a speaker, open. Raises ``AudioUnavailable`` when it cannot be had, or no more.

    PortAudio is never waited in: on a device that is gone it would go round for ever (measured, ALSA).
    """

    def __init__(self, kind: str, device: Device | None, rate: int) -> None:
        global _open_streams  # noqa: PLW0603 - PortAudio itself is one for the process
        self._rate = rate
        with _use:
            library = _fresh()
            self._error: type[Exception] = library.PortAudioError
            try:
                index = _index(library, device)
                with pipewire.joining("" if device is None else device.key):
                    self._stream: Any = getattr(library, kind)(
                        samplerate=rate,
                        blocksize=rate // BLOCKS_PER_SECOND,
                        channels=1,
                        dtype="int16",
                        latency=_LATENCY,
                        device=index,
                    )
            except (library.PortAudioError, ValueError) as error:
                raise _none(error) from error
            _open_streams += 1

    def _broke_off(self, error: Exception) -> AudioUnavailable:
        return AudioUnavailable(f"the sound broke off: {why(error)}; check the headset")

    def close(self) -> None:
        """Let the device go."""
        global _open_streams  # noqa: PLW0603
        with _use:
            self._stream.close(ignore_errors=True)
            _open_streams -= 1


class Microphone(_Stream):
    """Gives blocks at its own pace."""

    def __init__(self, device: Device | None, rate: int) -> None:
        super().__init__("RawInputStream", device, rate)

        self._due = 0.0

    def start(self) -> None:
        """Begin to listen."""
        try:
            self._stream.start()
        except self._error as error:
            raise self._broke_off(error) from error
        self._due = time.monotonic()

    def read(self, frames: int) -> bytes:
        """The next block, once it is there. Raises ``AudioUnavailable`` when none comes for a second."""
        try:
            self._wait_for(frames)
            heard, _overflowed = self._stream.read(frames)
        except self._error as error:
            raise self._broke_off(error) from error
        return bytes(heard)

    def _wait_for(self, frames: int) -> None:
        """Sleep until the block is due, one after the last: to ask again and again is costly."""
        block, now = frames / self._rate, time.monotonic()
        self._due += block - _CREEP
        time.sleep(max(0.0, min(block, self._due - now)))
        while self._stream.read_available < frames:
            self._due = time.monotonic()
            if self._due > now + _SILENT:
                raise AudioUnavailable("the microphone gives no sound any more; check the headset")
            time.sleep(_NAP)


class Speaker(_Stream):
    """Plays blocks at its own pace, not the microphone's: ``Elastic`` holds what it has in store."""

    def __init__(self, device: Device | None, rate: int) -> None:
        super().__init__("RawOutputStream", device, rate)
        self._frames = frames = rate // BLOCKS_PER_SECOND
        self._elastic = Elastic(rate, Cushion(frames, least=frames, most=_MOST_STORED_BLOCKS * frames))
        self._room = 0
        self._full = 0
        self.starved = -1
        """How often it had nothing to play; it begins with nothing."""

    def start(self) -> None:
        """Begin to play."""
        try:
            self._stream.start()
            self._room = self._stream.write_available
        except self._error as error:
            raise self._broke_off(error) from error

    def write(self, block: bytes) -> None:
        """Play a block after those in store; dropped where there is no room for it."""
        try:
            room = self._stream.write_available
            if room >= self._room:
                room -= self._begin(room)
            else:
                self._elastic.cushion.see(self._room - room)
            if room < self._frames:
                self._wait_for_room()
                return
            self._full = 0
            if stretched := self._elastic.add(block):
                self._stream.write(stretched[: room * SAMPLE_BYTES])
        except self._error as error:
            raise self._broke_off(error) from error

    def _begin(self, room: int) -> int:
        """Give the device a lead; how long it is."""
        self.starved += 1
        self._elastic.cushion.ran_dry()
        lead = b"".join(self._elastic.go_on() for _ in range(_LEAD_BLOCKS))[: room * SAMPLE_BYTES]
        self._stream.write(lead)
        return len(lead) // SAMPLE_BYTES

    def _wait_for_room(self) -> None:
        """A device that takes nothing for a while has stopped by itself (an underrun): begin it anew."""
        self._full += 1
        if self._full < _STUCK_BLOCKS:
            return
        log.warning("the speaker took nothing for %d blocks; begun anew", self._full)
        self._full = 0
        self._stream.abort()
        self._stream.start()
        self._room = self._stream.write_available
        self._elastic.cushion.ran_dry()


def _library() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - needs the system's PortAudio, which may be missing
    except OSError as error:
        raise AudioUnavailable("no sound: PortAudio is missing (Debian: libportaudio2)") from error
    return sounddevice


def _fresh() -> Any:
    """The library, with its list of devices made anew: it looks once, unless it is begun again.

    It cannot be begun again while a stream is open. Raises ``AudioUnavailable``.
    """
    library = _library()
    if not _open_streams:
        try:
            library._terminate()  # noqa: SLF001 - sounddevice has no public way to look again
            library._initialize()  # noqa: SLF001 - as above
        except library.PortAudioError as error:
            raise _none(error) from error
    return library


def _none(error: Exception) -> AudioUnavailable:
    return AudioUnavailable(f"no sound: {why(error)}; check the headset")


def _pipewire_device(library: Any) -> int | None:
    for index, found in enumerate(library.query_devices()):
        if found["name"] == pipewire.ALSA_DEVICE:
            return index
    return None


def _index(library: Any, device: Device | None) -> int | None:
    """PortAudio's number for ``device``; None is the system's default."""
    if not library.query_devices():
        raise AudioUnavailable("no sound: this machine has no microphone or speaker; calls are silent")
    if device is None:
        return None
    if device.key.isdecimal():
        return int(device.key)
    return _pipewire_device(library)


def _listed(library: Any) -> Devices:
    microphones, speakers = library.default.device
    found = tuple(enumerate(library.query_devices()))

    def those(channels: str, default: int) -> tuple[Device, ...]:
        return tuple(
            Device(str(index), clean(one["name"]), default=index == default)
            for index, one in found
            if one[channels]
        )

    return Devices(those("max_input_channels", microphones), those("max_output_channels", speakers))
