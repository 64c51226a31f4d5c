"""``python -m pbx.lab``: run a lab exchange until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from edge.lifetime import stop_event
from edge.runtime import private_directory
from pbx.lab.queue import QueueSettings
from pbx.lab.server import serve


def _queue(text: str) -> QueueSettings:
    name, _, seconds = text.partition(":")
    return QueueSettings(name, service_level=int(seconds)) if seconds else QueueSettings(name)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pbx.lab", description="A lab exchange on loopback.")
    parser.add_argument("--port", type=int, default=0, help="UDP port for SIP; 0 picks a free one")
    parser.add_argument("--control", type=Path, required=True, help="path of the control socket")
    parser.add_argument(
        "--queue",
        type=_queue,
        action="append",
        metavar="NAME[:SECONDS]",
        help="a queue and its service level; may be given again (default: support and sales)",
    )
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    return parser.parse_args(argv)


async def _main(argv: list[str]) -> None:
    given = _arguments(argv)
    private_directory(given.control.parent)
    queues = given.queue or [QueueSettings("support"), QueueSettings("sales", service_level=30)]
    await serve(given.control, given.port, queues, stop_event(with_parent=given.with_parent))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
