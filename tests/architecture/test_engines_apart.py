"""pyVoIP and baresip never share a process: what a phone loads for one engine brings nothing of the other."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOADED = """
import sys
import sip.__main__, sip.service
from sip.audio.silence_port import SilencePort
from sip.engine import EngineKind
from sip.engines.choice import chosen
chosen(EngineKind(sys.argv[1]), SilencePort)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    ("kind", "own", "other"), [("pyvoip", "pyVoIP", "baresip"), ("baresip", "baresip", "pyVoIP")]
)
def test_an_engine_loads_its_own_library_alone(kind: str, own: str, other: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _LOADED, kind], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = told.stdout.split()
    assert own in loaded
    assert other not in loaded
