"""The command ``moked`` in a real terminal, with a desk that knows nothing and asks nobody."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.terminal import Terminal

PROGRAM = """
import asyncio, sys
from pathlib import Path
from agent_tui import cli, wiring
from agent_tui.app import MokedApp
from agent_tui.session.store import Store

class Desk(MokedApp):
    def __init__(self, *given):
        super().__init__(*given)
        tell, self.before_end = self.before_end, lambda: (tell(), Path(sys.argv[1]).write_text("told"))

async def service():
    {service}

wiring.build = lambda path, faults: Desk(Store(lambda: 0.0), lambda command: None, [service])
sys.exit(cli.main(["--config", sys.argv[1]]))
"""
FOR_EVER = "await asyncio.Event().wait()"


def desk(tmp_path: Path, service: str = FOR_EVER, before: Sequence[str] = ()) -> Terminal:
    """One whose settings are in ``tmp_path``; ``service`` is what runs beside it."""
    config = tmp_path / "config.toml"
    config.touch()
    argv = [*before, sys.executable, "-c", PROGRAM.format(service=service), str(config)]
    return Terminal(argv, env={**os.environ, "XDG_STATE_HOME": str(tmp_path)})
