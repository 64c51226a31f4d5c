"""``moked doctor``: exit status 0 when calls work, 1 when something failed, 2 for a wrong command line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agent_tui.adapters import doctor_wire
from agent_tui.command_line import NotUnderstood, Parser
from agent_tui.places import config_file, log_file
from agent_tui.printed import Paper, help_rows
from agent_tui.screens.views.findings import finding_rows, summary
from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.speaking import Manners, speak
from doctor import report
from doctor.examination import Wish, examine
from doctor.findings import any_failed

_ECHO: Final = "600"
_FAILED, _MISUSED = 1, 2

_ABOUT: Final = Phrase(
    "Looks at everything a call needs on this machine, and says what to do where it fails."
)
_OPTIONS: Final = (
    ("--config FILE", Phrase("the settings file")),
    ("--echo NUMBER", Phrase("the exchange's echo test (600)")),
    ("--no-sound", Phrase("leave microphone and speaker alone")),
    ("--json", Phrase("for programs: all findings as JSON at the end, in English")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at everything and tell it; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        asked = _parser().parse_args(given)
    except NotUnderstood:
        return _misused(given)
    config = asked.config or config_file()
    manners = Manners() if asked.json else speak(config)
    if asked.help:
        return _help(Paper(sys.stdout, manners.bidi))
    _keep_strangers_out()
    alone = not (asked.json or asked.beside_desk)
    wish = Wish(config, asked.echo, asked.sound, ask_terminal=alone, beside_desk=asked.beside_desk)
    if asked.beside_desk:
        findings = asyncio.run(_for_the_desk(wish))
    else:
        findings = asyncio.run(_for_programs(wish) if asked.json else _for_people(wish, manners))
    return _FAILED if any_failed(findings) else 0


def _parser() -> Parser:
    parser = Parser("moked doctor")
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--echo", default=_ECHO)
    parser.add_argument("--no-sound", dest="sound", action="store_false")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--beside-desk", action="store_true")  # by the desk alone, so the help is silent
    return parser


def _misused(given: Sequence[str]) -> int:
    manners = speak(config_file())
    paper = Paper(sys.stderr, manners.bidi)
    with paper.open():
        paper.say(Phrase("This is not understood: {words}", words=" ".join(["moked doctor", *given])))
    _help(paper)
    return _MISUSED


def _help(paper: Paper) -> int:
    with paper.open():
        paper.say(_ABOUT)
        paper.put(*help_rows(_OPTIONS))
    return 0


async def _for_people(wish: Wish, manners: Manners) -> list[Finding]:
    """All findings; each is shown as soon as it is there."""
    paper, aloud = Paper(sys.stdout, manners.bidi), Paper(sys.stderr, manners.bidi)

    def tell(words: Told) -> None:
        aloud.say(words)

    findings = []
    with paper.open():
        async for finding in examine(wish, tell):
            findings.append(finding)
            paper.put(*finding_rows(finding))
        paper.say(summary(findings))
    return findings


async def _for_programs(wish: Wish) -> list[Finding]:
    """All findings, told at the end. Who is to speak is told beside them."""
    findings = [finding async for finding in examine(wish, _aside)]
    sys.stdout.write(f"{report.document(findings)}\n")
    return findings


async def _for_the_desk(wish: Wish) -> list[Finding]:
    """All findings; each is told as soon as it is there, with what the agent is asked for meanwhile."""
    findings = []
    async for finding in examine(wish, _line_out):
        findings.append(finding)
        _line_out(finding)
    return findings


def _line_out(told: Finding | Told) -> None:
    sys.stdout.write(f"{doctor_wire.written(told)}\n")
    sys.stdout.flush()


def _aside(words: Told) -> None:
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
