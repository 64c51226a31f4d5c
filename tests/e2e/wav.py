"""Tones into WAV files, and how loud a tone is in what was recorded (Goertzel's algorithm)."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

_FULL_SCALE = 32_768.0
_LEVEL = 0.3
SILENCE = -120.0
"""dBFS of nothing at all."""


def write_tone(
    path: Path, hertz: int, *, rate: int = 16_000, seconds: float = 1.0, level: float = 0.3
) -> None:
    """A tone that loops without a click when ``hertz`` × ``seconds`` is whole."""
    at = np.arange(int(rate * seconds)) / rate
    samples = (_LEVEL * _FULL_SCALE * np.sin(2 * np.pi * hertz * at)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def read(path: Path) -> tuple[int, npt.NDArray[np.float64]]:
    """Sample rate and samples (−1 … 1, mono) of a WAV file that may still be written to, or not begun."""
    data = path.read_bytes() if path.exists() else b""
    if b"data" not in data:
        return 1, np.zeros(0)
    begin = data.index(b"data") + 8
    rate = int.from_bytes(data[24:28], "little")
    whole = (len(data) - begin) // 2 * 2
    return rate, np.frombuffer(data[begin : begin + whole], dtype="<i2").astype(np.float64) / _FULL_SCALE


def tone_level(samples: npt.NDArray[np.float64], rate: int, hertz: int) -> float:
    """How loud one frequency is, in dBFS of a full-scale sine."""
    if len(samples) == 0:
        return SILENCE
    at = np.arange(len(samples)) / rate
    amplitude = 2 * abs(np.mean(samples * np.exp(-2j * math.pi * hertz * at)))
    return 20 * math.log10(max(float(amplitude), 1e-6))


def level(samples: npt.NDArray[np.float64]) -> float:
    """How loud everything is together (RMS) in dBFS of a full-scale sine."""
    if len(samples) == 0:
        return SILENCE
    return 20 * math.log10(max(math.sqrt(2 * float(np.mean(samples**2))), 1e-6))
