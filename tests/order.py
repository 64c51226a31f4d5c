"""In which order a run begins its files, so that no worker is left alone with a long one at its end.

Who waits for calls leaves the processor to others, so such files are spread evenly among those that compute.
Of each kind those come first that last long: by how many tests they have, but ``LONG``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

_TESTS: Final = Path(__file__).parent

LONG: Final = (
    "contract/test_pyvoip_calls.py",
    "e2e/test_desk_killed.py",
    "e2e/test_hub_killed.py",
    "e2e/test_sound.py",
    "e2e/test_figures.py",
    "pbx/test_whatsapp_digit.py",
    "pbx/test_slots.py",
    "unit/test_bidi_conformance.py",
)
"""Few tests, each of them half a minute or more."""

_WAITING: Final = frozenset({"browser", "e2e", "sound", "terminals"})
"""Folders whose tests wait for processes of their own."""
_SOONER: Final = 0.9
"""Who waits has begun by this part of the run: at its end short files fill every worker."""


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests, those of a file together and in their own order."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = {path: its for path, its in files.items() if _waits(path, its)}
    computing = {path: its for path, its in files.items() if path not in waiting}
    begun = {**_begun(computing, 1.0), **_begun(waiting, _SOONER)}
    return [item for path in sorted(files, key=begun.__getitem__) for item in files[path]]


def _waits(path: Path, items: Sequence[pytest.Item]) -> bool:
    return path.parent.name in _WAITING or any(
        "asterisk" in getattr(one, "fixturenames", ()) for one in items
    )


def _begun(files: Mapping[Path, Sequence[pytest.Item]], end: float) -> dict[Path, float]:
    """When each is begun, as a part of the run: after as many tests of its kind as come before it."""
    long = {_TESTS / name for name in LONG}
    total = sum(map(len, files.values()))
    begun, before = {}, 0
    for path in sorted(files, key=lambda one: (one not in long, -len(files[one]))):
        begun[path] = end * before / total
        before += len(files[path])
    return begun
