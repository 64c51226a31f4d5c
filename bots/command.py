"""``moked bot run PATH…``: play scenarios against an exchange and a hub, and say what was wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from bots import report, settings
from bots.player import Played
from bots.runner import Pace, Runner
from bots.scenario_file import ScenarioError, ScenarioFile, read
from bots.settings import Tested
from bots.stage import Stage
from centre.toml_file import SettingsError
from edge.lifetime import stop_event
from sip.engines.choice import baresip
from sip.errors import Unsupported

_FAILED, _MISUSED, _INTERRUPTED = 1, 2, 130
_MOST_PLAYS = 100_000
_FASTEST = 1_000.0


def main(argv: Sequence[str]) -> int:
    """Run; returns the exit status: 0 all passed, 1 something failed, 2 misused, 130 stopped."""
    given = _arguments(argv)
    try:
        found = [read(path) for path in _paths(given.paths)]
        if given.check:
            sys.stdout.write(f"{len(found)} scenarios can be played\n")
            return 0
        return asyncio.run(_run(found, settings.load(given.settings), given))
    except (ScenarioError, SettingsError, Unsupported) as error:
        sys.stderr.write(f"{error}\n")
        return _MISUSED


async def _run(found: Sequence[ScenarioFile], tested: Tested, given: argparse.Namespace) -> int:
    stop = stop_event()
    pace = Pace(given.times, given.at_once, given.rate, given.seed)
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="moked-bot-"))
        lines = (
            stack.enter_context(given.json_lines.open("w", encoding="utf-8")) if given.json_lines else None
        )
        make = Stage(tested, Path(home), baresip()).actor
        runner = Runner(make, pace, lambda told: _line(lines, told), lambda one: _over(lines, one))
        played = await runner.run(found, stop)
    sys.stdout.write(f"{report.total(played)}\n")
    if given.junit is not None:
        given.junit.write_bytes(report.junit(played))
    if stop.is_set():
        return _INTERRUPTED
    return 0 if all(one.passed for one in played) else _FAILED


def _over(lines: TextIO | None, played: Played) -> None:
    """Tell of a play as soon as it is over: a long run may be ended by who cannot be asked to wait."""
    sys.stdout.writelines(f"{line}\n" for line in report.rows(played))
    sys.stdout.flush()
    _line(lines, report.line_of(played))


def _line(lines: TextIO | None, told: dict[str, Any]) -> None:
    if lines is not None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        lines.write(json.dumps({"at": at, **told}, ensure_ascii=False) + "\n")
        lines.flush()


def _paths(given: Sequence[Path]) -> Iterator[Path]:
    """Files as they are named, those in a directory by name; a name alone may be a shipped scenario's."""
    shipped = Path(str(files("bots"))) / "scenarios"
    for path in given:
        if path.is_dir():
            yield from sorted(path.glob("*.toml"))
        elif not path.exists() and len(path.parts) == 1 and (shipped / f"{path}.toml").exists():
            yield shipped / f"{path}.toml"
        else:
            yield path


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moked bot", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    run = words.add_parser("run", help="play scenarios")
    run.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="scenarios, or directories of them")
    run.add_argument("--settings", type=Path, default=Path("bots.toml"), help="exchange, hub and accounts")
    run.add_argument("--check", action="store_true", help="read the scenarios and play nothing")
    run.add_argument("--times", type=_count, default=1, metavar="N", help="each of them so often")
    run.add_argument("--at-once", type=_count, default=1, metavar="N", help="so many at a time")
    run.add_argument("--rate", type=_rate, default=0.0, metavar="R", help="begin so many a second")
    run.add_argument("--seed", type=int, default=1, help="the same choices for the same number")
    run.add_argument("--junit", type=Path, metavar="FILE", help="results for CI")
    run.add_argument("--json-lines", type=Path, metavar="FILE", help="steps and results for programs")
    return parser.parse_args(argv)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_PLAYS:
        raise ValueError(text)
    return number


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= _FASTEST:
        raise ValueError(text)
    return rate


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
