"""A sound system of a test's own, with a headset and a laptop's devices; the laptop's are the default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sound.rig import SoundRig


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch, surroundings: Path) -> Iterator[SoundRig]:
    """PipeWire; in its surroundings is this process too."""
    assert surroundings.is_dir(), "the surroundings are made first, and this is added to them"
    with SoundRig() as sound:
        for name, value in sound.pipewire.env.items():
            monkeypatch.setenv(name, value)
        for name in ("laptop", "headset"):
            sound.plug_speaker(f"{name}-ear")
            sound.plug_microphone(f"{name}-mic")
        sound.take_as_default("laptop-ear", "laptop-mic")
        yield sound
