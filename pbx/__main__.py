"""``python -m pbx``: the configuration of a stock Asterisk, made from ``centre.toml``, or compared."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import centre.model
from centre.toml_file import SettingsError
from edge.text import clean
from pbx.centre import Centre
from pbx.changes import changes
from pbx.render import FILES, render, write
from pbx.secrets import Secrets, join, secrets_of

_FAILED = 1
_LONGEST_LINE = 500


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 1 when the file is refused, something fails, or ``diff`` finds a difference."""
    args = _parser().parse_args(argv)
    try:
        status: int = args.run(args)
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"moked pbx: {error}\n")
        return _FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="moked pbx", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    rendering = commands.add_parser("render", help="write Asterisk's configuration")
    rendering.set_defaults(run=_render)
    rendering.add_argument("--to", type=Path, required=True, metavar="DIR")

    checking = commands.add_parser("check", help="refuse what Asterisk would refuse; wants no secrets")
    checking.set_defaults(run=_check)

    comparing = commands.add_parser("diff", help="show what render would change, secrets left out")
    comparing.set_defaults(run=_diff)
    comparing.add_argument("--against", type=Path, required=True, metavar="DIR")

    for command in (rendering, checking, comparing):
        command.add_argument("centre", type=Path, metavar="CENTRE.toml")
    for command in (rendering, comparing):
        command.add_argument(
            "--passwords",
            type=Path,
            default=Path("sip-passwords.toml"),
            metavar="FILE.toml",
            help="the agents' SIP passwords by extension, mode 0600 (default: %(default)s)",
        )
    return parser


def _render(args: argparse.Namespace) -> int:
    write(_with_secrets(args), args.to)
    return _say(f"{len(FILES)} files written to {args.to}")


def _check(args: argparse.Namespace) -> int:
    file = centre.model.load(args.centre)
    none = Secrets("-", "-", {agent.extension: "-" for agent in file.agents}, "-", "-")
    render(_joined(args.centre, file, none))
    return _say(f"{args.centre}: no complaint")


def _diff(args: argparse.Namespace) -> int:
    found = changes(render(_with_secrets(args)), args.against)
    for line in found:
        _say(clean(line, limit=_LONGEST_LINE, multiline=True))
    return _FAILED if found else 0


def _with_secrets(args: argparse.Namespace) -> Centre:
    file = centre.model.load(args.centre)
    return _joined(args.centre, file, secrets_of(os.environ, args.passwords))


def _joined(path: Path, file: centre.model.Centre, secrets: Secrets) -> Centre:
    try:
        return join(file, secrets)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def _say(words: str) -> int:
    sys.stdout.write(words + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
