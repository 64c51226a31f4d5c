"""The port to real devices, over PortAudio and ALSA with files in place of a sound card (alsa-lib, pcm_file).

PortAudio lists its devices once a process, so each test has a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sip.audio.samples import tone

_RATE = 16_000
_TALK = """
import json
import os
from pathlib import Path
from sip.audio.port import AudioUnavailable
from sip.audio.samples import level, tone
from sip.audio.sounddevice_port import SoundDevicePort

port = SoundDevicePort()
told = {}
try:
    for rate in (16_000, 8_000):
        port.open(rate)
        heard = b"".join(port.exchange(tone(900, rate // 100, rate)) for _ in range(20))
        told[rate] = [len(heard), level(heard)]
        port.close()
    open_files = (os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
    told["open"] = [name for name in open_files if name.endswith(".raw")]
except AudioUnavailable as error:
    told = str(error)
print(json.dumps(told))
"""


def talk(home: Path, card: str) -> object:
    """What a process hears on a machine whose only sound card is ``card``."""
    (home / ".asoundrc").write_text(f"pcm.!default {{ {card} }}\n")
    done = subprocess.run(
        [sys.executable, "-c", _TALK],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_device_is_heard_and_let_go_and_taken_again(surroundings: Path) -> None:
    speech, heard = surroundings / "speech.raw", surroundings / "heard.raw"
    speech.write_bytes(tone(440, 10 * _RATE, _RATE, dbfs=-20.0))
    told = talk(
        surroundings,
        f'type file slave.pcm "null" file "{heard}" infile "{speech}" format "raw" '
        'hint { show on description "a card of files" }',
    )
    assert told == {
        "16000": [20 * 2 * 160, pytest.approx(-20, abs=0.5)],
        "8000": [20 * 2 * 80, pytest.approx(-20, abs=0.5)],
        "open": [],
    }
    assert heard.stat().st_size > 0


def test_a_device_that_is_not_there_is_told_with_what_to_do(surroundings: Path) -> None:
    told = talk(surroundings, 'type hw card 31 hint { show on description "unplugged" }')
    assert isinstance(told, str)
    assert "no sound" in told
