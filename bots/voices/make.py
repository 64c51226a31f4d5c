"""Make the recordings anew: ``python -m bots.voices.make``, with espeak-ng (1.51 or later) installed.

The files are synthetic speech written by espeak-ng. Its licence (GPL-3.0-or-later) covers the program, not
what it says; the recordings are shipped under the project's own licence.
"""

from __future__ import annotations

import array
import math
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from bots.voices import ALL, Recording

RATE = 16_000
_PEAK = 0.5 * 32_767
"""Half of full scale (−6 dBFS): loud enough, and nothing clips in a codec."""
_TAPS = 24
_WORDS_A_MINUTE = "160"
_TIMEOUT = 30.0


def synthesise(recording: Recording, program: str) -> tuple[list[int], int]:
    """What espeak-ng makes of a recording's words: samples and their rate."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "speech.wav"
        command = [program, "-v", recording.voice, "-s", _WORDS_A_MINUTE, "-w", str(path), recording.spoken]
        subprocess.run(command, check=True, timeout=_TIMEOUT, stderr=subprocess.DEVNULL)  # noqa: S603 – no shell
        with wave.open(str(path)) as speech:
            return list(array.array("h", speech.readframes(speech.getnframes()))), speech.getframerate()


def resampled(samples: Sequence[int], rate: int) -> list[float]:
    """The samples at ``RATE``, by a windowed sinc that keeps what lies below half of it."""
    step = rate / RATE
    cutoff = min(1.0, 1 / step)
    out = []
    for index in range(int(len(samples) / step)):
        centre = index * step
        first = max(0, math.ceil(centre - _TAPS))
        last = min(len(samples) - 1, math.floor(centre + _TAPS))
        out.append(sum(samples[n] * _weight(n - centre, cutoff) for n in range(first, last + 1)))
    return out


def _weight(offset: float, cutoff: float) -> float:
    """Sinc times a Hann window, at ``offset`` samples from the centre."""
    window = 0.5 + 0.5 * math.cos(math.pi * offset / _TAPS)
    angle = math.pi * cutoff * offset
    return window * (cutoff if angle == 0 else cutoff * math.sin(angle) / angle)


def write(recording: Recording, samples: Sequence[float]) -> None:
    """Write the WAV file, at the same peak for every voice."""
    gain = _PEAK / max(abs(sample) for sample in samples)
    pcm = array.array("h", (round(sample * gain) for sample in samples))
    with wave.open(str(recording.path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm.tobytes())


def main() -> int:
    """Make all recordings."""
    program = shutil.which("espeak-ng")
    if program is None:
        sys.stderr.write("espeak-ng is not installed\n")
        return 1
    for recording in ALL:
        write(recording, resampled(*synthesise(recording, program)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
