"""The portable engine beside pyVoIP as published, and beside baresip: each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.figures import Row, Sample, milliseconds
from bench.place import Place
from bench.portable_call import RATE, TONE_HZ

TITLE = "pyVoIP mended: a call in µ-law, beside pyVoIP 1.6.8 as published and beside baresip"

_AGENT = "1101"
_SECONDS: Final = 25.0
"""As published pyVoIP is cut off after 32."""
_OURS, _PLAIN, _BARESIP = "pyvoip", "plain", "baresip"
_NAMES: Final = {_OURS: "pyvoip engine", _PLAIN: "plain pyVoIP", _BARESIP: "baresip engine"}
_SETTLED: Final = 2
"""Seconds of the tone that are not judged, nor delays of the first bursts: buffers find their size."""


@dataclass(frozen=True, slots=True)
class _Found:
    told: dict[str, Any]
    ratios: tuple[float, ...]


def measure(place: Place) -> list[Row]:
    """The same calls by each, one after the other."""
    found = {what: _call(place, what) for what in _NAMES}
    rows = []
    for beside in (_PLAIN, _BARESIP):
        rows += [
            Row(ours, other)
            for ours, other in zip(_samples(found, _OURS), _samples(found, beside), strict=True)
        ]
    return rows


def _call(place: Place, what: str) -> _Found:
    account, heard = place.asterisk.account(_AGENT), place.home(f"portable-{what}") / "heard.pcm"
    words = [what, account.user, account.domain, str(_SECONDS), str(heard)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.portable_call", *words],
        input=f"{account.password}\n",
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    # pyVoIP prints too
    return _Found(json.loads(done.stdout.splitlines()[-1]), _ratios(heard))


def _ratios(file: Path) -> tuple[float, ...]:
    """How far the tone stands above all else, in dB, second by second."""
    samples = np.frombuffer(file.read_bytes(), np.int16).astype(np.float64)
    turns = np.exp(-2j * np.pi * TONE_HZ / RATE * np.arange(RATE))
    found = []
    for at in range(_SETTLED * RATE, len(samples) - RATE + 1, RATE):
        heard = samples[at : at + RATE] - np.mean(samples[at : at + RATE])
        pure = np.real(2 * np.mean(heard * turns) * np.conj(turns))
        found.append(float(10 * np.log10(np.sum(pure**2) / np.sum((heard - pure) ** 2))))
    return tuple(found)


def _samples(found: dict[str, _Found], what: str) -> list[Sample]:
    told, name = found[what].told, _NAMES[what]
    return [
        milliseconds(f"{name}: dial → answered", told["setup"]),
        Sample(f"{name}: mouth → exchange's echo → ear", "ms", tuple(told["delays"][_SETTLED:])),
        Sample(f"{name}: a tone at −30 dBFS above all else", "dB", found[what].ratios),
        Sample(f"{name}: in the call, share of a core", "%", (told["cpu"],)),
        Sample(f"{name}: before the call, RSS", "MB", (told["rss"],)),
        Sample(f"{name}: RSS grown in {_SECONDS:.0f} s of call", "MB", (told["grown"],)),
    ]
