"""``moked doctor``: exit status 0 when calls work, 1 when something failed, 2 for a wrong command line."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from agent_tui.places import config_file, log_file
from doctor import report
from doctor.examination import Wish, examine
from doctor.findings import Finding, any_failed

_ECHO = "600"


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at everything and tell it; returns the exit status."""
    asked = _parser().parse_args(arguments)
    _keep_strangers_out()
    wish = Wish(
        config=asked.config or config_file(),
        echo=asked.echo,
        sound=asked.sound,
        ask_terminal=not asked.json,
    )
    findings = asyncio.run(_told(wish, as_json=asked.json))
    sys.stdout.write(f"{report.document(findings) if asked.json else report.summary(findings)}\n")
    return 1 if any_failed(findings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="moked doctor",
        description="Looks at everything a call needs on this machine, and says what to do where it fails.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file")
    parser.add_argument(
        "--echo", default=_ECHO, metavar="NUMBER", help="the exchange's echo test (%(default)s)"
    )
    parser.add_argument(
        "--no-sound", dest="sound", action="store_false", help="leave microphone and speaker alone"
    )
    parser.add_argument("--json", action="store_true", help="for programs: all findings as JSON at the end")
    return parser


async def _told(wish: Wish, *, as_json: bool) -> list[Finding]:
    """All findings; for people each is shown as soon as it is there."""
    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    findings = []
    async for finding in examine(wish, _say):
        findings.append(finding)
        if not as_json:
            sys.stdout.write(f"{report.lines(finding, width, colour=colour)}\n")
            sys.stdout.flush()
    return findings


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _keep_strangers_out() -> None:
    """Give descriptor 2 to a log, since the C stack writes there what strangers send; our own words stay."""
    ours = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    log = os.open(log_file("doctor"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.dup2(log, 2)
    os.close(log)
    sys.stderr = ours


if __name__ == "__main__":
    sys.exit(main())
