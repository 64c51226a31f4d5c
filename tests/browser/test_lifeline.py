"""A browser's desk hangs on its server by a pipe: nothing else of it needs to break for the desk to leave."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from agent_tui.config import DeskSection
from serve.desk_process import environment_of
from serve.errand import Errand
from tests.browser.world import WITHIN

_NO_HUB = "http://127.0.0.1:1"


async def _desk(home: Path) -> tuple[Process, int]:
    """A desk whose streams stay open here, and the server's end of its pipe."""
    theirs, ours = os.pipe()
    errand = Errand(agent="yael", url=_NO_HUB, token="t", desk=DeskSection())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "serve.desk", str(theirs)),
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
