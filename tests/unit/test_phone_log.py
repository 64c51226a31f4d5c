"""What the phone's own log has of its faults: where they were, and nobody's number."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.processes import moked_env

NUMBER = "0521234567"
FAULTY = f"""
import asyncio, sys, threading
from sip import __main__ as phone, service

def breaks():
    raise LookupError("{NUMBER}")

async def run(self, stop, ready):
    failing = threading.Thread(target=breaks)
    failing.start()
    failing.join()
    asyncio.get_running_loop().call_soon(breaks)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    breaks()

service.PhoneService.run = run
sys.exit(phone.main(sys.argv[1:]))
"""


def test_faults_of_the_phone_are_logged_by_their_places(tmp_path: Path) -> None:
    log = tmp_path / "phone.log"
    place = tmp_path / "place"
    place.mkdir(mode=0o700)
    arguments = ["--socket", str(place / "s"), "--log", str(log), "--engine", "pyvoip", "--audio", "silence"]
    ended = subprocess.run(
        [sys.executable, "-c", FAULTY, *arguments],
        env=moked_env(tmp_path, PYTHONPATH=os.pathsep.join(sys.path)),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    told = log.read_text()
    for what in ("a thread failed", "a task failed that nobody waits for", "the phone failed"):
        assert what in told
    assert told.count("builtins.LookupError") == 3
    assert NUMBER not in told + ended.stderr.decode()
    assert log.stat().st_mode & 0o777 == 0o600
