"""What a recording holds of one tone: waited for while it grows, found in it afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from tests.e2e.eventually import eventually
from tests.e2e.wav import level, read, tone_level

GONE = -60.0
"""dBFS; a tone at or below is not heard."""

_WINDOWS = 10
"""Windows a second: a whole number of periods of every tone that is a multiple of 10 Hz."""

_DROPOUT = 0.7
"""Seconds. A shorter gap in a tone is a loaded machine's, and nobody's key."""

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording in which the tone is heard throughout, or throughout is not.

    ``tone`` and ``noise`` are dBFS, medians over its windows; noise is all that is not the tone.
    """

    heard: bool
    seconds: float
    tone: float
    noise: float


class Recording:
    """One side's recording, which may still grow, and the tone that is listened for in it (Hz)."""

    def __init__(self, path: Path, hertz: int) -> None:
        self._path = path
        self._hertz = hertz

    @property
    def seconds(self) -> float:
        """How long the recording is by now."""
        rate, samples = read(self._path)
        return len(samples) / rate

    def wait_heard(self, seconds: float = 1.0, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the tone has been heard for ``seconds`` in a row, from now on, ``unless`` that is so."""
        self._wait(lambda levels: median(levels) > GONE, seconds, "is heard", unless)

    def wait_gone(self, seconds: float = 1.0, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the tone has been away for ``seconds`` in a row, from now on, ``unless`` that is so."""
        self._wait(lambda levels: max(levels) <= GONE, seconds, "is away", unless)

    @property
    def length(self) -> int:
        """How many samples it has by now."""
        return len(read(self._path)[1])

    def wait_heard_since(self, begin: int, seconds: float) -> None:
        """Wait for ``seconds`` after sample ``begin``, in which the tone must be heard throughout."""

        def judged() -> list[bool]:
            rate, samples = read(self._path)
            windows = _windows(samples[begin:], rate)
            heard = [tone_level(window, rate, self._hertz) > GONE for window in windows]
            return heard if len(heard) >= seconds * _WINDOWS else []

        heard = eventually(judged, f"{self._path.name} grows")
        gaps = [len(list(part)) for there, part in groupby(heard) if not there]
        longest = max(gaps, default=0) / _WINDOWS
        assert longest < _DROPOUT, f"no {self._hertz} Hz for {longest} s in {self._path.name}"

    def wait_not_heard(self, seconds: float = 1.0, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until no tone came for ``seconds``, ``unless`` that is so; a recording that stands still hears
        nothing.
        """

        def so() -> bool:
            begin = len(read(self._path)[1])
            threading.Event().wait(seconds)
            rate, samples = read(self._path)
            return unless() or all(
                tone_level(part, rate, self._hertz) <= GONE for part in _windows(samples[begin:], rate)
            )

        eventually(so, f"{self._hertz} Hz is not heard in {self._path.name}")

    def _wait(
        self,
        accept: Callable[[list[float]], bool],
        seconds: float,
        what: str,
        unless: Callable[[], bool] = lambda: False,
    ) -> None:
        begin = len(read(self._path)[1])

        def so() -> bool:
            rate, samples = read(self._path)
            last = samples[begin:][-round(seconds * rate) :]
            whole = len(last) >= seconds * rate
            levels = (
                [tone_level(window, rate, self._hertz) for window in _windows(last, rate)] if whole else []
            )
            return unless() or (whole and accept(levels))

        eventually(so, f"{self._hertz} Hz {what} in {self._path.name}")

    def stretches(self) -> list[Stretch]:
        """The recording from the first window with the tone to the last, stretch by stretch."""
        rate, samples = read(self._path)
        parts = [
            (heard, list(windows))
            for heard, windows in groupby(
                _windows(samples, rate), lambda window: tone_level(window, rate, self._hertz) > GONE
            )
        ]
        kept = [(heard, windows) for heard, windows in parts[_first(parts) :] if _counts(heard, windows)]
        while kept and not kept[-1][0]:
            kept.pop()
        return [self._stretch(heard, windows, rate) for heard, windows in _joined(kept)]

    def _stretch(self, heard: bool, windows: list[Samples], rate: int) -> Stretch:
        return Stretch(
            heard,
            len(windows) / _WINDOWS,
            median(tone_level(window, rate, self._hertz) for window in windows),
            median(level(_without_tone(window, rate, self._hertz)) for window in windows),
        )


def _windows(samples: Samples, rate: int) -> list[Samples]:
    """The samples in whole windows; what is left over at the end is not judged."""
    size = rate // _WINDOWS
    return [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]


def _first(parts: list[tuple[bool, list[Samples]]]) -> int:
    return next((index for index, (heard, _) in enumerate(parts) if heard), len(parts))


def _counts(heard: bool, windows: list[Samples]) -> bool:
    return heard or len(windows) / _WINDOWS >= _DROPOUT


def _joined(parts: list[tuple[bool, list[Samples]]]) -> list[tuple[bool, list[Samples]]]:
    """Neighbours of the same kind as one."""
    return [
        (heard, [window for _, windows in group for window in windows])
        for heard, group in groupby(parts, lambda part: part[0])
    ]


def _without_tone(window: Samples, rate: int, hertz: int) -> Samples:
    """The window less the sine of ``hertz`` that fits it best (least squares)."""
    turn = 2 * np.pi * hertz * np.arange(len(window)) / rate
    waves = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    fit = np.linalg.lstsq(waves, window, rcond=None)[0]
    rest: Samples = window - waves @ fit
    return rest
