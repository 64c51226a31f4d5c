"""A call is heard when its exchange goes to another codec and back, however long the machine has been up.

A packet's arrival is counted in samples since the machine's start, by the clock of the codec before it where
that has just changed; where the two counts lie within 2**32 decides whether the call is played after that.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from sip.capability import Capability
from tests.contract.codec_switch import LOUD
from tests.contract.engines import able
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


@pytest.mark.parametrize("kind", able(Capability.QUALITY))
@pytest.mark.parametrize("hours", [1, 20])
def test_a_call_is_heard_after_its_exchange_switched_codecs(
    asterisk: Asterisk, kind: str, hours: int
) -> None:
    later = round(hours * 3600 - time.monotonic())
    heard = subprocess.run(
        [
            *("unshare", "--time", f"--monotonic={later}", "--fork", "--kill-child"),
            *(sys.executable, "-m", "tests.contract.codec_switch", kind, str(asterisk.centre.ports.sip)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    level, _blank, said = heard.stdout.strip().partition(" ")
    assert level, heard.stderr
    assert float(level) > LOUD, said
    assert said == ""
