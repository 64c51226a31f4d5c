"""``python -m hub``: serve a centre, enrol devices, import customers, or be one user's private hub."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.toml_file import SettingsError
from edge.runtime import AlreadyRunningError, NotPrivateError
from hub import logs
from hub.adapters.customer_csv import CsvError
from hub.command_line import UsageError
from hub.commands import (
    add_device,
    end_password,
    import_customers,
    revoke,
    set_password,
    show_devices,
)
from hub.db.owner import OwnedElsewhere
from hub.outbox_commands import drop, resend, show_outbox

log = structlog.get_logger(__name__)

_PRIVATE = 0o077
"""What the hub writes holds customers' data: nobody else on the machine reads it."""


_USAGE = 2
"""As argparse ends where an argument is wrong."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: that of sysexits.h, 2 for a wrong argument, 75 when another private hub runs."""
    args = _parser().parse_args(argv)
    os.umask(_PRIVATE)
    logs.set_up()
    try:
        asyncio.run(args.run(args))
    except Exception as error:
        # whatever ends the hub, the administrator reads words, and no traceback with values in it
        words, status = _told(error)
        sys.stderr.write(f"moked hub: {words}\n")
        return status
    return os.EX_OK


def _told(error: Exception) -> tuple[str, int]:
    """What to say of ``error``, and the exit status."""
    match error:
        case SettingsError() | CsvError() | UsageError():
            return str(error), _USAGE if isinstance(error, UsageError) else os.EX_CONFIG
        case AlreadyRunningError():
            return "a private hub is running already", os.EX_TEMPFAIL
        case NotPrivateError():
            return str(error), os.EX_NOPERM
        case SQLAlchemyError():
            # a driver's further lines may quote what is stored
            return str(error).partition("\n")[0], os.EX_UNAVAILABLE
        case OSError() | OwnedElsewhere():
            return str(error), os.EX_UNAVAILABLE
        case _:
            log.error("the hub failed", exc_info=error)
            return "it failed by a fault of its own; the log tells where", os.EX_SOFTWARE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="moked hub", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serving = commands.add_parser("serve", help="serve a centre's desks")
    serving.set_defaults(run=_serve)

    importing = commands.add_parser("import-customers", help="put customers into the built-in CRM")
    importing.add_argument("customers", type=Path, metavar="FILE.csv")
    importing.add_argument("--matters", type=Path, metavar="FILE.csv")
    importing.add_argument("--history", type=Path, metavar="FILE.csv")
    importing.set_defaults(
        run=lambda args: import_customers(args.config, args.customers, args.matters, args.history)
    )

    crm = commands.add_parser("crm", help="the CRM that cards come from")
    trying = crm.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "try", help="look a number up, and show what is asked, answered and made of it"
    )
    trying.add_argument("number", metavar="NUMBER")
    trying.set_defaults(run=_try_crm)

    agent = commands.add_parser("agent", help="an agent's devices")
    outbox = commands.add_parser("outbox", help="list messages that are not sent, and why")
    for command in (serving, importing, outbox, trying, *_agent_commands(agent)):
        command.add_argument("--config", type=Path, default=Path("hub.toml"), metavar="HUB.toml")
    _add_outbox_commands(outbox)

    private = commands.add_parser("private", help="be one user's own hub; started by the desk")
    private.add_argument("--socket", type=Path, required=True)
    private.add_argument("--settings", type=Path, metavar="HUB.toml")
    private.add_argument("--agent", default="")
    private.add_argument("--linger", type=float, default=30.0, metavar="SECONDS")
    private.set_defaults(run=_serve_private)
    return parser


def _agent_commands(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    adding = commands.add_parser("add", help="print a code by which one device is enrolled, this once")
    adding.set_defaults(run=lambda args: add_device(args.config, args.agent))

    password = commands.add_parser("password", help="ask for a password by which the agent enrols devices")
    password.add_argument("--end", action="store_true", help="codes alone from now on")
    password.set_defaults(
        run=lambda args: (end_password if args.end else set_password)(args.config, args.agent)
    )

    showing = commands.add_parser("devices", help="list an agent's devices")
    showing.set_defaults(run=lambda args: show_devices(args.config, args.agent))

    revoking = commands.add_parser("revoke", help="end a device, or all of an agent's")
    revoking.add_argument("--device", default="", metavar="DEVICE", help="this one alone")
    revoking.set_defaults(run=lambda args: revoke(args.config, args.agent, args.device))

    for command in (adding, password, showing, revoking):
        command.add_argument("agent", metavar="AGENT")
    return adding, password, showing, revoking


def _add_outbox_commands(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--numbers", action="store_true", help="whole numbers, not their last digits alone")
    parser.set_defaults(run=lambda args: show_outbox(args.config, as_json=args.json, numbers=args.numbers))
    commands = parser.add_subparsers(metavar="COMMAND")

    resending = commands.add_parser("resend", help="have messages sent after all; none that was sent")
    resending.set_defaults(run=lambda args: resend(args.config, args.messages))

    dropping = commands.add_parser("drop", help="let messages go unsent")
    dropping.set_defaults(run=lambda args: drop(args.config, args.messages))

    for command in (resending, dropping):
        command.add_argument("messages", nargs="+", metavar="ID")
        # no default: it would undo what stood before the command's name
        command.add_argument("--config", type=Path, default=argparse.SUPPRESS, metavar="HUB.toml")


async def _serve(args: argparse.Namespace) -> None:
    from hub.serving import serve  # noqa: PLC0415 - the web server is a second's import that others save

    await serve(args.config)


async def _try_crm(args: argparse.Namespace) -> None:
    from hub.crm_command import try_crm  # noqa: PLC0415 - the client's import that other commands save

    await try_crm(args.config, args.number)


async def _serve_private(args: argparse.Namespace) -> None:
    from hub.private import serve_private  # noqa: PLC0415 - as above

    await serve_private(args.socket, args.settings, args.agent, args.linger)


if __name__ == "__main__":
    sys.exit(main())
