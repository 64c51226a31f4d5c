"""The command ``moked``. The desk's first picture comes before anything slow is imported.

Without a word ``moked`` opens the desk: its few options are read here by hand. All other words are in
``cli_more``, which may take its time.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from agent_tui import garbage
from agent_tui.first_picture import FirstPicture
from agent_tui.places import config_file, log_file
from agent_tui.terminal_gone import let_go
from edge.endings import endings, told_by

WORDS = ("demo", "enroll", "login", "doctor", "agent", "bot", "hub", "pbx", "serve")
"""What ``cli_more`` does."""

_OF_AGENTS = ("demo", "enroll", "login")
"""Those of them whose help is said here."""
_HELP = frozenset({"-h", "--help"})

_FAILED, _MISUSED = 1, 2


class UsageError(Exception):
    """What was typed is not of this command's language. ``str(error)`` is the word, as it was typed."""


class Options(NamedTuple):
    """What was asked of the desk itself."""

    config: Path | None = None
    show: str = ""
    linear: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``moked``; returns the process's exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in _OF_AGENTS and not _HELP.isdisjoint(given):
        return _help(given[0])
    if given and given[0] in WORDS:
        from agent_tui import cli_more  # noqa: PLC0415 - pydantic: the desk must not wait

        cli_more.main(given)
    try:
        options = parse(given)
    except UsageError as error:
        return _misused(error)
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
            raise UsageError(word)
        if not equals:
            value = rest.pop(0) if rest else ""
        if not value:
            raise UsageError(name)
        config = Path(value)
    return Options(config, linear=linear)


def _show(what: str) -> int:
    if what == "--version":
        from importlib.metadata import version  # noqa: PLC0415

        return _say(f"moked {version('moked')}\n")
    return _help()


def _desk(config: Path) -> int:
    """Paint, then load what the desk is made of, then be the desk."""
    if not config.exists() and not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _no_config(config)
    for number in endings():
        signal.signal(number, _end)
    picture = FirstPicture()
    try:
        picture.paint()
        garbage.wait()
        os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # it would look for some in every package there is
        from agent_tui import opening  # noqa: PLC0415 - Textual and pydantic: half a second
        from agent_tui.adapters.secrets import SecretsError  # noqa: PLC0415 - as above
        from agent_tui.config import ConfigError  # noqa: PLC0415 - as above
        from agent_tui.faults import logged_to  # noqa: PLC0415 - as above

        try:
            log = log_file("desk")
            return opening.run(config, logged_to(log), log)
        except (ConfigError, SecretsError) as error:
            picture.clear()
            return _tell(config, error, _MISUSED)
        except opening.NotEnrolled:
            picture.clear()
            return _no_config(config)
        except (opening.DeskBroken, opening.DeskUnseen) as error:
            picture.clear()
            return _tell(config, error, _FAILED)
    except BaseException:  # whatever it is, the terminal is given back before it is told
        picture.clear()
        raise


def _end(number: int, _frame: object) -> None:
    """A signal ends the desk as an error does: the terminal is given back, if it is still there."""
    let_go()
    raise SystemExit(told_by(number))


def _help(of: str = "") -> int:
    from agent_tui import cli_words  # noqa: PLC0415 - no desk waits for it

    return cli_words.help_page(of)


def _misused(error: UsageError) -> int:
    from agent_tui import cli_words  # noqa: PLC0415 - as above
    from agent_tui.text.catalogue import Phrase  # noqa: PLC0415 - as above

    if str(error) == "--config":
        cli_words.misused(Phrase("{option} needs the name of a file.", option="--config"))
    else:
        cli_words.misused(Phrase("moked does not know {word}.", word=repr(str(error))))
    return _MISUSED


def _say(text: str) -> int:
    sys.stdout.write(text)
    return 0


def _tell(config: Path, error: Exception, status: int) -> int:
    """To the agent's eye, in their language; errors go where errors go."""
    from agent_tui import cli_words  # noqa: PLC0415 - nothing is said where a desk opens

    cli_words.tell(config, error)
    return status


def _no_config(config: Path) -> int:
    from agent_tui import cli_words  # noqa: PLC0415 - as above

    cli_words.no_config(config)
    return _MISUSED


def _linear_desk(config: Path) -> int:
    """No picture comes first: nothing is painted at all."""
    if not config.exists():
        return _no_config(config)
    from agent_tui.adapters.secrets import SecretsError  # noqa: PLC0415 - pydantic: the help must not wait
    from agent_tui.config import ConfigError  # noqa: PLC0415 - as above
    from agent_tui.faults import logged_to  # noqa: PLC0415 - as above
    from agent_tui.linear import opening  # noqa: PLC0415 - as above

    try:
        desk = opening.build(config, logged_to(log_file("desk")))
    except (ConfigError, SecretsError) as error:
        return _tell(config, error, _MISUSED)
    desk.run()
    let_go()
    return 0
