"""``moked agent --headless``: take calls by rules; what was done and seen goes out as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from agent_tui import cli_words
from agent_tui.adapters import secrets
from agent_tui.config import Config, ConfigError, load
from agent_tui.faults import logged_to
from agent_tui.headless.agent import HeadlessAgent, NoSuchOutcome
from agent_tui.headless.facts import Fact
from agent_tui.headless.rules import Rules
from agent_tui.places import config_file, log_file
from agent_tui.wiring import Core, core_with_secrets
from edge.lifetime import stop_event
from edge.text import clean
from hub.contract import LONGEST_NOTE

_MISUSED = 2
_LINGER = 1.0
"""Seconds the phone stays once its agent left: nobody comes back to it."""
_DAY = 86_400.0


def main(argv: Sequence[str]) -> int:
    """Run; returns the exit status."""
    given = _arguments(argv)
    note = clean(given.note, limit=LONGEST_NOTE, multiline=True)
    rules = Rules(given.answer_after, given.talk, note, given.outcome)
    config = given.config or config_file()
    try:
        asyncio.run(_work(_desk(config), rules))
    except (ConfigError, secrets.SecretsError, NoSuchOutcome) as error:
        cli_words.tell(config, error)
        return _MISUSED
    return 0


async def _work(desk: Core, rules: Rules) -> None:
    await HeadlessAgent(desk, rules, _say).run(stop_event())


def _desk(path: Path) -> Core:
    """All but the screen, by the settings in ``path``. Raises ``ConfigError`` and ``SecretsError``."""
    return core_with_secrets(_alone(load(path)), logged_to(log_file("agent")))


def _alone(config: Config) -> Config:
    """``config`` with a phone that ends soon after its agent."""
    return config.model_copy(update={"phone": config.phone.model_copy(update={"linger": _LINGER})})


def _say(fact: Fact) -> None:
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **fact}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moked agent", description=__doc__)
    parser.add_argument("--headless", action="store_true", required=True, help="the desk has no screen")
    parser.add_argument("--config", type=Path, help="the desk's settings")
    parser.add_argument("--answer-after", type=_seconds, default=1.0, metavar="S", help="of ringing")
    parser.add_argument("--talk", type=_seconds, default=30.0, metavar="S", help="then hang up")
    parser.add_argument("--note", default="", metavar="TEXT", help="written for each contact")
    parser.add_argument("--outcome", default="", metavar="CODE", help="left out: the first of the centre's")
    return parser.parse_args(argv)


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (value := float(text)) <= _DAY:
            return value
    raise argparse.ArgumentTypeError(f"seconds from 0 to {_DAY:g} are needed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
