"""One browser's desk, as a process: ``python -m serve.desk FD``, where the pipe ``FD`` tells the errand.

Standard output and input are textual-serve's. What a fault writes goes to the desk's own log.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from agent_tui import wiring
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.adapters.telephone import beside
from agent_tui.app import MokedApp
from agent_tui.config import Config, HubSection, SipSection
from agent_tui.faults import Faults, logged_to
from agent_tui.places import log_file
from edge.runtime import runtime_directory
from serve.errand import Errand

_LARGEST_ERRAND = 65_536
_LARGEST_LOG = 1_000_000


def main(descriptor: int) -> int:
    """Be the desk until the agent leaves, or the server does."""
    os.set_inheritable(descriptor, False)
    _log_faults()
    faults, untold = logged_to(log_file("faults")), runtime_directory() / "untold"
    _tell_of_the_last(faults, untold)
    app = _desk(Errand.model_validate_json(_line(descriptor)), descriptor, faults)
    with faults.surviving("the desk"):
        app.run()
        if not app.broken:
            return app.return_code or 0
    untold.write_text(faults.last)
    return 1


def _tell_of_the_last(faults: Faults, untold: Path) -> None:
    """The desk that broke could tell nobody any more: the one that is opened in its place does."""
    if untold.exists():
        faults.tell_of(untold.read_text())
        untold.unlink()


def _line(descriptor: int) -> bytes:
    """The line, and no byte more: what comes after it is the end."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LARGEST_ERRAND:
        piece = os.read(descriptor, _LARGEST_ERRAND - len(line))
        if not piece:
            break
        line += piece
    return line


def _log_faults() -> None:
    path = log_file("desk")
    fresh = os.O_TRUNC if path.exists() and path.stat().st_size > _LARGEST_LOG else os.O_APPEND
    log = os.open(path, os.O_WRONLY | os.O_CREAT | fresh, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)


def _desk(errand: Errand, descriptor: int, faults: Faults) -> MokedApp:
    address = HubAddress(errand.url, errand.token, ca_file=errand.ca_file)

    async def locate() -> HubAddress:
        return address

    # the telephone registers by itself: of the account only the name is used, for where drafts lie
    sip = SipSection(user=errand.agent, domain=urlsplit(errand.url).hostname or "hub")
    config = Config(sip=sip, hub=HubSection(url=errand.url, ca_file=errand.ca_file), desk=errand.desk)

    async def leave_with_the_server() -> None:
        await _closed(descriptor)
        app.exit()

    made = wiring.core(config, wiring.account_of(sip, ""), wiring.Ways(locate, beside), faults)
    app = wiring.desk(config, made, faults, [leave_with_the_server])
    return app


async def _closed(descriptor: int) -> None:
    """Return once the other end of the pipe is closed."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, closed.set)
    try:
        await closed.wait()
    finally:
        loop.remove_reader(descriptor)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
