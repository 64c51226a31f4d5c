"""The other words of ``moked``: demo, enroll, login, doctor, agent, bot, hub, pbx, serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import Annotated, NoReturn, TypeAlias

import typer

from agent_tui import cli_words
from agent_tui.adapters import secrets
from agent_tui.config import ConfigError, load
from agent_tui.places import config_file
from agent_tui.printed import Paper, asked
from agent_tui.text.catalogue import Phrase, _
from agent_tui.text.speaking import speak

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

_MISUSED = 2
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""The word's own program reads its arguments, ``--help`` among them."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Run one of the words and end the process."""
    app(list(arguments), prog_name="moked")
    raise SystemExit(0)


@app.command(context_settings=_PASS_ON)
def demo(context: typer.Context) -> None:
    """Try the desk: a centre with customers on this machine; this process becomes it."""
    _become("bots.demo", context.args)


@app.command(context_settings=_PASS_ON)
def doctor(context: typer.Context) -> None:
    """Look at everything a call needs on this machine."""
    _become("doctor", context.args)


@app.command(context_settings=_PASS_ON)
def agent(context: typer.Context) -> None:
    """Take calls by rules, without a screen; this process becomes it."""
    _become("agent_tui.headless", context.args)


@app.command(context_settings=_PASS_ON)
def bot(context: typer.Context) -> None:
    """Play test scenarios; this process becomes it."""
    _become("bots.command", context.args)


@app.command(context_settings=_PASS_ON)
def hub(context: typer.Context) -> None:
    """Run a hub; this process becomes it."""
    _become("hub", context.args)


@app.command(context_settings=_PASS_ON)
def pbx(context: typer.Context) -> None:
    """Make, check or compare Asterisk's configuration; this process becomes it."""
    _become("pbx", context.args)


@app.command(context_settings=_PASS_ON)
def serve(context: typer.Context) -> None:
    """Serve desks to browsers; this process becomes it."""
    _become("serve", context.args)


ConfigOption: TypeAlias = Annotated[Path | None, typer.Option(help="The settings file.", show_default=False)]


@app.command()
def enroll(
    url: Annotated[str, typer.Argument(help="The hub's address: https://hub.example.com")],
    config: ConfigOption = None,
    authority: Annotated[
        str, typer.Option(help="The fingerprint of the centre's authority, to come by a password.")
    ] = "",
) -> None:
    """Make this your device at a centre. Code or password are asked for, so that they are in no history."""
    from agent_tui.adapters.enrolment import EnrolmentError  # noqa: PLC0415 - httpx: the other words need none
    from agent_tui.enrolling import Terminal, enrol  # noqa: PLC0415

    file = config or config_file()
    paper = Paper(sys.stdout, (bidi := speak(file).bidi))
    with paper.open():
        terminal = Terminal(
            lambda words: input(asked(words, bidi)), lambda words: getpass(asked(words, bidi)), paper.say
        )
        try:
            enrol(url, file, terminal, authority)
        except (EnrolmentError, ConfigError, secrets.SecretsError) as error:
            raise _refused(file, error) from None
        except EOFError:
            raise typer.Exit(_MISUSED) from None


@app.command()
def login(config: ConfigOption = None) -> None:
    """Put the password of your SIP account into the keyring."""
    file = config or config_file()
    paper = Paper(sys.stdout, (bidi := speak(file).bidi))
    with paper.open():
        try:
            account = load(file).sip
            _ask_for(secrets.sip_password(account.user, account.domain), paper, bidi)
        except (ConfigError, secrets.SecretsError) as error:
            raise _refused(file, error) from None


def _refused(file: Path, error: Exception) -> typer.Exit:
    """Tells what went wrong; the end of the process."""
    cli_words.tell(file, error)
    return typer.Exit(_MISUSED)


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
