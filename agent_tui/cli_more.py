"""The other words of ``moked``: demo, enroll, login, doctor, agent, bot, hub, pbx, serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from getpass import getpass
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn

from agent_tui import cli_words
from agent_tui.adapters import secrets
from agent_tui.command_line import NotUnderstood, Parser
from agent_tui.config import ConfigError, load
from agent_tui.places import config_file
from agent_tui.printed import Paper, asked
from agent_tui.text.catalogue import Phrase, _
from agent_tui.text.speaking import speak

_MISUSED = 2
_INTERRUPTED = 130
"""Exit status of what Ctrl+C ended, as shells have it."""

_PROGRAMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "demo": "bots.demo",
        "doctor": "doctor",
        "agent": "agent_tui.headless",
        "bot": "bots.command",
        "hub": "hub",
        "pbx": "pbx",
        "serve": "serve",
    }
)
"""The modules of words that are programs of their own. Each reads its arguments, ``--help`` among them."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Run one of the words and end the process."""
    word, *rest = arguments
    if word in _PROGRAMS:
        _become(_PROGRAMS[word], rest)
    try:
        raise SystemExit(_login(rest) if word == "login" else _enroll(rest))
    except NotUnderstood:
        cli_words.not_understood(word, rest)
        raise SystemExit(_MISUSED) from None
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None


def _enroll(arguments: Sequence[str]) -> int:
    """Make this the agent's device at a centre. Code or password are asked for: no history has them."""
    from agent_tui.adapters.enrolment import EnrolmentError  # noqa: PLC0415 - httpx: the other words need none
    from agent_tui.enrolling import Terminal, enrol  # noqa: PLC0415

    parser = _parser("enroll")
    parser.add_argument("url")
    parser.add_argument("--authority", default="")
    given = parser.parse_args(arguments)
    file = given.config or config_file()
    paper = Paper(sys.stdout, (bidi := speak(file).bidi))
    with paper.open():
        terminal = Terminal(
            lambda words: input(asked(words, bidi)), lambda words: getpass(asked(words, bidi)), paper.say
        )
        try:
            enrol(given.url, file, terminal, given.authority)
        except (EnrolmentError, ConfigError, secrets.SecretsError) as error:
            return _refused(file, error)
        except EOFError:
            return _MISUSED
    return 0


def _login(arguments: Sequence[str]) -> int:
    """Put the password of the agent's own SIP account into the keyring."""
    file = _parser("login").parse_args(arguments).config or config_file()
    paper = Paper(sys.stdout, (bidi := speak(file).bidi))
    with paper.open():
        try:
            account = load(file).sip
            _ask_for(secrets.sip_password(account.user, account.domain), paper, bidi)
        except (ConfigError, secrets.SecretsError) as error:
            return _refused(file, error)
        except EOFError:
            return _MISUSED
    return 0


def _parser(word: str) -> Parser:
    parser = Parser(f"moked {word}")
    parser.add_argument("--config", type=Path)
    return parser


def _refused(file: Path, error: Exception) -> int:
    """Tells what went wrong; the exit status."""
    cli_words.tell(file, error)
    return _MISUSED


def _become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Run a module of moked's in place of this process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - no shell wanted


def _ask_for(secret: secrets.Secret, paper: Paper, bidi: str) -> None:
    """Ask without showing what is typed; nothing typed leaves what is there."""
    question = Phrase("{secret} (nothing leaves it as it is): ", secret=secret.called)
    value = getpass(asked(str(question), bidi))
    if not value:
        paper.say(_("left as it is"))
        return
    secrets.keep(secret, value)
    paper.say(_("kept in the keyring"))
