"""The command ``moked``. The desk's first picture comes before anything slow is imported.

Without a word ``moked`` opens the desk: its few options are read here by hand. All other words are in
``cli_more``, which may take its time.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from agent_tui.first_picture import FirstPicture
from agent_tui.places import config_file, log_file

WORDS = ("demo", "enroll", "login", "doctor", "agent", "bot", "hub", "pbx", "serve")
"""What ``cli_more`` does."""

_FAILED, _MISUSED = 1, 2
_TERMINATED = 128 + signal.SIGTERM
"""What shells tell of a program that SIGTERM ended (POSIX 2.8.2)."""
_LONGEST_WORDS = 10_000

_HELP = """\
moked: a terminal softphone and agent desktop

  moked [--config FILE]        open the desk
  moked --linear               the same in lines, for screen readers: no screen, words are typed
  moked demo                   try it: a centre with customers on this machine, nothing to set up
  moked enroll URL             make this your device at the centre, by a code from its administrator
  moked login [--config FILE]  put the password of a SIP account of your own into the keyring
  moked doctor                 look at what a call needs here, and say what to do where it fails
  moked agent --headless       take calls by rules, without a screen (moked agent --help)
  moked bot run PATH...        play test scenarios against a centre (moked bot run --help)
  moked hub ...                run a hub (moked hub --help)
  moked pbx ...                make Asterisk's configuration (moked pbx --help)
  moked serve ...              serve desks to browsers in the centre (moked serve --help)
  moked --version              say the version
  moked --help                 say this

Settings: {config}
"""

_NO_CONFIG = """\
There is no settings file {config}.

  moked demo    tries the desk without one: a centre with customers on this machine
  moked enroll  makes this your device at the centre whose hub you name
  To use your own exchange without one, write the file (config.example.toml explains every key), then run
  moked login   to put your password into the keyring.
"""


class UsageError(Exception):
    """What was typed is not of this command's language."""


class Options(NamedTuple):
    """What was asked of the desk itself."""

    config: Path | None = None
    show: str = ""
    linear: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``moked``; returns the process's exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in WORDS:
        from agent_tui import cli_more  # noqa: PLC0415 - typer: 0.1 s that the desk must not wait for

        cli_more.main(given)
    try:
        options = parse(given)
    except UsageError as error:
        return _say(f"{error}\n\n{_help()}", _MISUSED)
    if options.show:
        return _show(options.show)
    if options.linear:
        return _linear_desk(options.config or config_file())
    return _desk(options.config or config_file())


def parse(arguments: Sequence[str]) -> Options:
    """The desk's options. Raises ``UsageError``."""
    config: Path | None = None
    linear = "--linear" in arguments
    rest = [word for word in arguments if word != "--linear"]
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word in ("-h", "--help", "--version"):
            return Options(show=word)
        if name != "--config":
            raise UsageError(f"moked does not know {word!r}.")
        if not equals:
            value = rest.pop(0) if rest else ""
        if not value:
            raise UsageError("--config needs the name of a file.")
        config = Path(value)
    return Options(config, linear=linear)


def _show(what: str) -> int:
    if what == "--version":
        from importlib.metadata import version  # noqa: PLC0415

        return _say(f"moked {version('moked')}\n", 0)
    return _say(_help(), 0)


def _desk(config: Path) -> int:
    """Paint, then load what the desk is made of, then be the desk."""
    if not config.exists() and not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _say(_NO_CONFIG.format(config=config), _MISUSED)
    signal.signal(signal.SIGTERM, _end)
    picture = FirstPicture()
    picture.paint()
    try:
        from agent_tui import opening  # noqa: PLC0415 - Textual and pydantic: half a second
        from agent_tui.adapters.secrets import SecretsError  # noqa: PLC0415 - as above
        from agent_tui.config import ConfigError  # noqa: PLC0415 - as above
        from agent_tui.faults import logged_to  # noqa: PLC0415 - as above

        try:
            log = log_file("desk")
            return opening.run(config, logged_to(log), log, _TERMINATED)
        except (ConfigError, SecretsError) as error:
            picture.clear()
            return _say(f"{error}\n", _MISUSED)
        except opening.NotEnrolled:
            picture.clear()
            return _say(_NO_CONFIG.format(config=config), _MISUSED)
        except opening.DeskBroken as error:
            picture.clear()
            return _say(f"{error}\n", _FAILED)
    except BaseException:  # whatever it is, the terminal is given back before it is told
        picture.clear()
        raise


def _end(_number: int, _frame: object) -> None:
    """SIGTERM ends the desk as an error does: the terminal is given back."""
    raise SystemExit(_TERMINATED)


def _help() -> str:
    return _HELP.format(config=config_file())


def _say(text: str, status: int) -> int:
    """To the agent's eye; errors go where errors go, and quote files and servers: clean."""
    if status:
        from edge.text import clean  # noqa: PLC0415 - nothing is said where a desk opens

        text = f"{clean(text, limit=_LONGEST_WORDS, multiline=True).rstrip()}\n"
    out = sys.stdout if status == 0 else sys.stderr
    out.write(text)
    return status


def _linear_desk(config: Path) -> int:
    """No picture comes first: nothing is painted at all."""
    if not config.exists():
        return _say(_NO_CONFIG.format(config=config), _MISUSED)
    from agent_tui.adapters.secrets import SecretsError  # noqa: PLC0415 - pydantic: the help must not wait
    from agent_tui.config import ConfigError  # noqa: PLC0415 - as above
    from agent_tui.faults import logged_to  # noqa: PLC0415 - as above
    from agent_tui.linear import opening  # noqa: PLC0415 - as above

    try:
        desk = opening.build(config, logged_to(log_file("desk")))
    except (ConfigError, SecretsError) as error:
        return _say(f"{error}\n", _MISUSED)
    desk.run()
    return 0
