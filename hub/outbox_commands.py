"""``moked hub outbox``: what is still to leave the hub, what is stuck and why, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from centre.toml_file import SettingsError
from hub.command_line import COMMAND_LINE, database, note, say
from hub.db.unsent import Unsent, UnsentStore
from hub.domain.outbox import ADD_NOTE, CREATE_TASK, CRM, LOG_CONTACT, STUCK, State
from hub.service.crm_messages import number_of
from hub.settings import load

_SHOWN_DIGITS = 3
_HEAD = ("ID", "WHAT", "STATE", "QUEUE", "NUMBER", "AGE", "TRIES", "NEXT", "WHY")
_OF_CRM = {LOG_CONTACT: "wrap-up", ADD_NOTE: "note of a callback", CREATE_TASK: "task of a failed callback"}


async def show_outbox(config: Path, *, as_json: bool, numbers: bool) -> None:
    """Print all messages that are not sent, the oldest first; never what is in them."""
    async with database(load(config)) as engine:
        unsent = await UnsentStore(engine).all()
    now = datetime.now(UTC)
    shown = [_shown(one, now, numbers=numbers) for one in unsent]
    if as_json:
        say(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    if shown:
        for line in _table([_HEAD, *map(_cells, shown)]):
            say(line)
    stuck = sum(one.state in STUCK for one in unsent)
    note(f"not sent yet: {len(unsent) - stuck}, stuck: {stuck}")


async def resend(config: Path, messages: Sequence[str]) -> None:
    """Have stuck messages sent in their turn. Raises ``SettingsError`` when one of them cannot be."""
    refused: list[str] = []
    async with database(load(config)) as engine:
        store = UnsentStore(engine)
        for message in dict.fromkeys(messages):
            was = await store.state(message)
            if await store.resend(message, COMMAND_LINE, datetime.now(UTC)):
                say(f"{message}: in its turn again")
                if was is State.UNKNOWN:
                    note(f"{message} may have arrived before: it may be there twice then.")
                continue
            state = await store.state(message)
            if state in {State.WAITING, State.SENDING}:
                say(f"{message}: in its turn already")
            else:
                refused.append(_refused(message, state, "it is never sent again"))
    _all_done(refused)


async def drop(config: Path, messages: Sequence[str]) -> None:
    """Let messages go without sending them. Raises ``SettingsError`` when one of them cannot be."""
    refused: list[str] = []
    async with database(load(config)) as engine:
        store = UnsentStore(engine)
        for message in dict.fromkeys(messages):
            if await store.drop(message, COMMAND_LINE, datetime.now(UTC)):
                say(f"{message}: dropped")
            else:
                refused.append(_refused(message, await store.state(message), "there is nothing to drop"))
    _all_done(refused)


def _refused(message: str, state: State | None, of_sent: str) -> str:
    match state:
        case None:
            return f"there is no message {message!r}"
        case State.SENT:
            return f"{message} was sent, so {of_sent}"
        case _:
            return f"{message} is being sent at this moment; look again when that has ended"


def _all_done(refused: Sequence[str]) -> None:
    if refused:
        raise SettingsError(f"{'; '.join(refused)}; see: moked hub outbox")


def _shown(message: Unsent, now: datetime, *, numbers: bool) -> dict[str, Any]:
    """As JSON has it; times are UTC."""
    number, words = (message.recipient, message.words) if numbers else _masked(message)
    return {
        "id": message.id,
        "channel": message.channel,
        "what": _OF_CRM.get(message.template, "") if message.channel == CRM else "message",
        "state": message.state.value,
        "queue": message.queue,
        "number": number,
        "made_at": message.made_at.isoformat(timespec="seconds"),
        "age_seconds": max(0, round((now - message.made_at).total_seconds())),
        "tries": message.tries,
        "next_try": message.at.isoformat(timespec="seconds") if message.state is State.WAITING else None,
        "code": message.code,
        "words": words,
    }


def _masked(message: Unsent) -> tuple[str, str]:
    """Recipient and words with the last digits of telephone numbers alone.

    A customer's id in the CRM is no telephone number, and how the customer is found there.
    """
    own = number_of(message.recipient) if message.channel == CRM else message.recipient
    recipient = f"{message.recipient.removesuffix(own)}{_end(own)}" if own else message.recipient
    words = message.words
    for number in filter(None, (own, *map(number_of, message.aliases))):
        # a provider may repeat a number in its words, with or without the plus
        words = words.replace(number.lstrip("+"), _end(number))
    return recipient, words


def _end(number: str) -> str:
    return f"…{number[-_SHOWN_DIGITS:]}"


def _cells(shown: dict[str, Any]) -> tuple[str, ...]:
    code = f"{shown['code']}: " if shown["code"] else ""
    age = str(timedelta(seconds=shown["age_seconds"]))
    names = (shown["id"], shown["what"], shown["state"], shown["queue"], shown["number"])
    return (*names, age, str(shown["tries"]), shown["next_try"] or "-", (code + shown["words"]) or "-")


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as what is in them, but for the last one."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
