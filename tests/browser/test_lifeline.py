"""How a browser's desk ends: by the pipe it hangs on, nothing else of which needs to break, or by a fault."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from agent_tui.config import DeskSection
from serve.desk_process import environment_of
from serve.errand import Errand
from tests.browser.world import WITHIN

_NO_HUB = "http://127.0.0.1:1"


async def _desk(home: Path, *how: str) -> tuple[Process, int]:
    """A desk whose streams stay open here, and the server's end of its pipe. ``how`` runs another module."""
    theirs, ours = os.pipe()
    errand = Errand(agent="yael", url=_NO_HUB, token="t", desk=DeskSection())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *(how or ("-m", "serve.desk")), str(theirs)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=(theirs,),
        env=environment_of(home, 120, 40, {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}),
    )
    os.close(theirs)
    os.write(ours, errand.model_dump_json().encode() + b"\n")
    return process, ours


async def test_a_desk_leaves_as_by_its_key_when_the_servers_end_of_the_pipe_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    process, lifeline = await _desk(home)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WITHIN):
            await process.stdout.readuntil(b"Customer")
            os.close(lifeline)
            while await process.stdout.read(65_536):
                pass
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


_FAULTY = """
import sys
from agent_tui.app import MokedApp
from serve import desk

def breaks(*_given):
    raise LookupError("0521234567")

MokedApp.on_desk_screen_doctor_asked = breaks
sys.exit(desk.main(int(sys.argv[1])))
"""
_F11 = b"D" + (5).to_bytes(4, "big") + b"\x1b[23~"


async def test_a_desk_that_broke_is_told_of_by_the_one_opened_in_its_place(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    process, lifeline = await _desk(home, "-c", _FAULTY)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(WITHIN):
            await process.stdout.readuntil(b"Customer")
            process.stdin.write(_F11)
            while await process.stdout.read(65_536):
                pass
            assert await process.wait() == 1
        again, another = await _desk(home)
        assert again.stdout is not None
        log = next(home.rglob("faults.log")).read_text()
        reference = re.findall(r"fault ([2-9A-Z]{5}) in the screen", log)[-1]
        try:
            async with asyncio.timeout(WITHIN):
                painted = b""
                while f"fault {reference}".encode() not in painted:
                    painted += await again.stdout.read(65_536)
                    assert not again.stdout.at_eof()
        finally:
            os.close(another)
            again.kill()
            await again.communicate()
    finally:
        os.close(lifeline)
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = "".join(file.read_text(errors="replace") for file in home.rglob("*.log"))
    assert "0521234567" not in told
