"""``moked bot run PATH…``: play scenarios against an exchange and a hub, and say what was wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

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
            sys.stdout.write(f"scenarios that can be played: {len(found)}\n")
            return 0
        tested = settings.load(given.settings)
        _nobody_misses_anything(found, tested)
        return asyncio.run(_run(found, tested, given))
    except (ScenarioError, SettingsError, Unsupported) as error:
        sys.stderr.write(f"{error}\n")
        return _MISUSED


async def _run(found: Sequence[ScenarioFile], tested: Tested, given: argparse.Namespace) -> int:
    stop = stop_event()
    pace = Pace(given.times, given.at_once, given.rate, given.seed)
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="moked-bot-"))
        lines, suite = _opened(given.json_lines, stack), _opened(given.junit, stack)
        make = Stage(tested, Path(home), baresip()).actor
        runner = Runner(make, pace, lambda told: _line(lines, told), lambda one: _over(lines, one))
        played = await runner.run(found, stop)
        sys.stdout.write(f"{report.total(played)}\n")
        if suite is not None:
            suite.write(report.junit(played))
    if stop.is_set():
        return _INTERRUPTED
    return 0 if all(one.passed for one in played) else _FAILED


def _nobody_misses_anything(found: Sequence[ScenarioFile], tested: Tested) -> None:
    """Raises ``SettingsError`` with all that actors would miss, each thing once."""
    missing = {}
    for cast in (cast for file in found for cast in file.scenario.actors):
        try:
            tested.suits(cast)
        except SettingsError as error:
            missing[str(error)] = True
    if missing:
        raise SettingsError("\n".join(missing))


def _opened(path: Path | None, stack: ExitStack) -> BinaryIO | None:
    """A report, before anything is played that it is to tell of. Raises ``SettingsError``."""
    try:
        return stack.enter_context(path.open("wb")) if path is not None else None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from None


def _over(lines: BinaryIO | None, played: Played) -> None:
    """Tell of a play as soon as it is over: a long run may be ended by who cannot be asked to wait."""
    sys.stdout.writelines(f"{line}\n" for line in report.rows(played))
    sys.stdout.flush()
    _line(lines, report.line_of(played))


def _line(lines: BinaryIO | None, told: dict[str, Any]) -> None:
    if lines is not None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        lines.write(json.dumps({"at": at, **told}, ensure_ascii=False).encode() + b"\n")
        lines.flush()


def _paths(given: Sequence[Path]) -> Iterator[Path]:
    """Files as they are named, those in a directory by name; a name alone may be a shipped scenario's.

    Raises ``ScenarioError`` where there is none: a run that plays nothing would look as if all were well.
    """
    shipped = {path.stem: path for path in _scenarios_in(Path(str(files("bots"))) / "scenarios")}
    for path in given:
        if path.is_dir():
            inside = _scenarios_in(path)
            if not inside:
                raise ScenarioError(f"{path}: no scenario is in it; their names end in .toml")
            yield from inside
        elif path.exists():
            yield path
        elif str(path) in shipped:
            yield shipped[str(path)]
        else:
            known = ", ".join(shipped)
            raise ScenarioError(f"{path}: there is no such file; the scenarios that are shipped are {known}")


def _scenarios_in(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.toml"))


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
    if not (text.isdecimal() and 1 <= int(text) <= _MOST_PLAYS):
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {_MOST_PLAYS} is needed")
    return int(text)


def _rate(text: str) -> float:
    with suppress(ValueError):
        if 0 < (rate := float(text)) <= _FASTEST:
            return rate
    raise argparse.ArgumentTypeError(f"a number above 0 and up to {_FASTEST:g} is needed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
