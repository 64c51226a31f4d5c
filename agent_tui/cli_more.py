"""The other words of ``moked``: demo, login, doctor, hub, pbx."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agent_tui.adapters import secrets
from agent_tui.config import Config, ConfigError, load
from agent_tui.places import config_file

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

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
def hub(context: typer.Context) -> None:
    """Run a hub; this process becomes it."""
    _become("hub", context.args)


@app.command(context_settings=_PASS_ON)
def pbx(context: typer.Context) -> None:
    """Make, check or compare Asterisk's configuration; this process becomes it."""
    _become("pbx", context.args)


@app.command()
def login(
    config: Annotated[Path | None, typer.Option(help="The settings file.", show_default=False)] = None,
) -> None:
    """Put the SIP password and the hub's token into the keyring."""
    try:
        wanted = _secrets_of(load(config or config_file()))
        for secret in wanted:
            _ask_for(secret)
    except (ConfigError, secrets.SecretsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Run a module of moked's in place of this process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - no shell wanted


def _secrets_of(config: Config) -> list[secrets.Secret]:
    wanted = [secrets.sip_password(config.sip.user, config.sip.domain)]
    if config.hub.url:
        wanted.append(secrets.hub_token(config.hub.url))
    return wanted


def _ask_for(secret: secrets.Secret) -> None:
    """Ask without showing what is typed; nothing typed leaves what is there."""
    value = getpass(f"{secret.called[0].upper()}{secret.called[1:]} (nothing leaves it as it is): ")
    if not value:
        typer.echo("  left as it is")
        return
    secrets.keep(secret, value)
    typer.echo("  kept in the keyring")
