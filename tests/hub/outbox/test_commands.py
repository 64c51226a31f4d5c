"""``moked hub outbox``: what an administrator reads of messages that are not sent, and does about them."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.__main__ import main
from hub.db.audit import AuditStore
from hub.db.callbacks import CallbackStore
from hub.db.engine import open_database
from hub.db.outbox import OutboxStore
from hub.db.tables import contacts
from hub.domain.callbacks import Callback
from hub.domain.outbox import CRM, Message, State
from hub.ports.messages import Template
from tests.hub.centre import NOAH
from tests.hub.served import write_settings

pytestmark = pytest.mark.usefixtures("own_process")

T = TypeVar("T")
_TITLE = "title-of-a-queue"
_CONTACT = {
    "number": NOAH,
    "name": "",
    "state": "completed",
    "rings": [],
    "agent": "",
    "ended_by": "",
    "customer": "",
    "note": "",
    "disposition": "",
}


def _in(work: Callable[[AsyncEngine], Awaitable[T]], url: URL) -> T:
    async def opened() -> T:
        engine = await open_database(url)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(opened())


@pytest.fixture
def config(tmp_path: Path, empty_database: URL) -> Path:
    """A hub whose outbox has one message of each state, in that order; the first waits for a while."""
    path, now = write_settings(tmp_path, database=empty_database), datetime.now(UTC)
    made = now - timedelta(hours=1, minutes=2)
    one = Message("", "whatsapp", NOAH, Template("a_template", "he", (_TITLE,)), "c-1", made, made)
    told = {
        State.WAITING: replace(one, tries=2, code=130429, words="too many", at=now + timedelta(hours=1)),
        State.SENDING: replace(one, tries=1),
        State.SENT: replace(one, tries=1, provider_id="wamid.1"),
        State.GIVEN_UP: replace(one, tries=1, code=131026, words=f"nobody at {NOAH[1:]}"),
        State.UNKNOWN: replace(one, tries=1, words="no answer in time"),
    }

    async def fill(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            for visit, queue in enumerate(("support", "sales"), 1):
                row = {"id": "c-1", "visit": visit, "queue": queue, "joined_at": made}
                await connection.execute(insert(contacts).values(**_CONTACT, **row))
        for state, message in told.items():
            await OutboxStore(engine).put(replace(message, id=f"m-{state.value}", state=state))

    _in(fill, empty_database)
    return path


def _states(url: URL) -> dict[str, str]:
    async def read(engine: AsyncEngine) -> dict[str, str]:
        store = OutboxStore(engine)
        found = [await store.get(f"m-{state.value}") for state in State]
        return {one.id: one.state.value for one in found if one is not None}

    return _in(read, url)


def _audit(url: URL) -> list[tuple[str, str, str]]:
    async def read(engine: AsyncEngine) -> list[tuple[str, str, str]]:
        return [(one.who, one.what, one.whom) for one in await AuditStore(engine).entries(None)]

    return _in(read, url)


def test_what_is_not_sent_is_listed_with_why_and_nothing_of_whom_or_what(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox", "--config", str(config)]) == 0
    told = capsys.readouterr()
    head, *rows = [[cell for cell in line.split("  ") if cell] for line in told.out.splitlines()]
    assert [cell.strip() for cell in head] == [
        "ID",
        "WHAT",
        "STATE",
        "QUEUE",
        "NUMBER",
        "AGE",
        "TRIES",
        "NEXT",
        "WHY",
    ]
    assert [[cell.strip() for cell in row][:5] for row in rows] == [
        ["m-waiting", "message", "waiting", "sales", "…101"],
        ["m-sending", "message", "sending", "sales", "…101"],
        ["m-given_up", "message", "given_up", "sales", "…101"],
        ["m-unknown", "message", "unknown", "sales", "…101"],
    ]
    assert [row[-1].strip() for row in rows] == [
        "130429: too many",
        "-",
        "131026: nobody at …101",
        "no answer in time",
    ]
    assert rows[0][5].strip().startswith("1:02:")
    assert told.err == "not sent yet: 2, stuck: 2\n"
    assert not any(word in told.out for word in (NOAH, NOAH[1:], NOAH[4:], "a_template", _TITLE))


def test_what_the_crm_is_to_be_told_is_named_in_words(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    """A callback's has its queue; none has whom it tells of, nor what it says."""
    config, now = write_settings(tmp_path, database=empty_database), datetime.now(UTC)
    callback = Callback("cb-1", "C-7", "sales", (NOAH,), now, now, made_by="yael", words=_TITLE)

    async def fill(engine: AsyncEngine) -> None:
        await CallbackStore(engine).promise(callback, "key-1", "")
        for name in ("log_contact", "add_note", "create_task"):
            stuck = Message(name, CRM, "C-7", Template(name, "", (_TITLE,)), "cb-1", now, now)
            await OutboxStore(engine).put(replace(stuck, state=State.GIVEN_UP, words="closed"))

    _in(fill, empty_database)
    assert main(["outbox", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("  ") if cell][1:5] for line in told.splitlines()[1:]]
    assert rows == [
        ["wrap-up", "given_up", "sales", "C-7"],
        ["note of a callback", "given_up", "sales", "C-7"],
        ["task of a failed callback", "given_up", "sales", "C-7"],
    ]
    assert _TITLE not in told
    assert main(["outbox", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)[1]["what"] == "note of a callback"


@pytest.mark.parametrize(
    ("to", "aliases", "shown"),
    [(f"tel:{NOAH}", (), "tel:…101"), ("C-7", (f"tel:{NOAH}",), "C-7"), ("1001", ("tel:1001",), "1001")],
)
def test_of_numbers_in_place_of_a_customer_the_last_digits_are_told(
    tmp_path: Path,
    empty_database: URL,
    capsys: pytest.CaptureFixture[str],
    to: str,
    aliases: tuple[str, ...],
    shown: str,
) -> None:
    """As of everybody's; a customer's id in the CRM is whole."""
    config, now = write_settings(tmp_path, database=empty_database), datetime.now(UTC)
    words = f"no place for {NOAH[1:]}"
    one = Message("m1", CRM, to, Template("log_contact", ""), "c-1", now, now, words=words, aliases=aliases)
    _in(lambda engine: OutboxStore(engine).put(one), empty_database)
    assert main(["outbox", "--config", str(config), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    masked = NOAH in "".join((to, *aliases))
    assert (told["number"], told["words"]) == (shown, "no place for …101" if masked else words)
    assert main(["outbox", "--config", str(config), "--json", "--numbers"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["number"], told["words"]) == (to, words)


def test_programs_read_it_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "--json", "--numbers", "--config", str(config)]) == 0
    waiting, sending, given_up, unknown = json.loads(capsys.readouterr().out)
    assert waiting.keys() == {
        *("id", "channel", "what", "state", "queue", "number", "made_at", "age_seconds", "tries"),
        *("next_try", "code", "words"),
    }
    assert (waiting["id"], waiting["state"], waiting["queue"]) == ("m-waiting", "waiting", "sales")
    assert (waiting["number"], waiting["tries"], waiting["code"]) == (NOAH, 2, 130429)
    assert datetime.fromisoformat(waiting["next_try"]) > datetime.fromisoformat(waiting["made_at"])
    assert waiting["age_seconds"] >= 3720
    assert (sending["next_try"], given_up["next_try"], unknown["next_try"]) == (None, None, None)
    assert given_up["words"] == f"nobody at {NOAH[1:]}"
    assert main(["outbox", "--json", "--config", str(config)]) == 0
    assert NOAH[1:] not in capsys.readouterr().out


def test_where_nothing_waits_that_is_said(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path, database=empty_database)
    assert main(["outbox", "--config", str(config)]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "not sent yet: 0, stuck: 0\n")
    assert main(["outbox", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_stuck_ones_are_put_back_in_turn_and_none_that_was_sent(
    config: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["m-given_up", "m-unknown", "m-waiting", "m-sending", "m-given_up"]
    assert main(["outbox", "resend", *names, "--config", str(config)]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "m-given_up: in its turn again",
        "m-unknown: in its turn again",
        "m-waiting: in its turn already",
        "m-sending: in its turn already",
    ]
    assert told.err == "m-unknown may have arrived before: it may be there twice then.\n"
    assert (
        main(["outbox", "--config", str(config), "resend", "m-sent", "m-none", "m-given_up"]) == os.EX_CONFIG
    )
    told = capsys.readouterr()
    assert told.out == "m-given_up: in its turn already\n"
    assert told.err == (
        "moked hub: m-sent was sent, so it is never sent again; there is no message 'm-none';"
        " see: moked hub outbox\n"
    )
    assert _states(empty_database) == {
        "m-waiting": "waiting",
        "m-sending": "sending",
        "m-sent": "sent",
        "m-given_up": "waiting",
        "m-unknown": "waiting",
    }
    assert _audit(empty_database) == [
        ("(command line)", "message resent", "m-unknown"),
        ("(command line)", "message resent", "m-given_up"),
    ]


def test_what_is_dropped_is_gone_and_what_was_sent_or_is_being_sent_stays(
    config: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["m-given_up", "m-sending", "m-waiting", "m-sent", "m-none"]
    assert main(["outbox", "drop", *names, "--config", str(config)]) == os.EX_CONFIG
    told = capsys.readouterr()
    assert told.out.splitlines() == ["m-given_up: dropped", "m-waiting: dropped"]
    assert "m-sending is being sent at this moment" in told.err
    assert "m-sent was sent, so there is nothing to drop" in told.err
    assert "there is no message 'm-none'" in told.err
    assert _states(empty_database) == {
        "m-sending": "sending",
        "m-sent": "sent",
        "m-unknown": "unknown",
    }
    assert [what for _, what, _ in _audit(empty_database)] == ["message dropped"] * 2


@pytest.mark.parametrize("act", ["resend", "drop"])
def test_without_a_name_nothing_is_done(act: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["outbox", act, "--config", str(config)])
    assert "ID" in capsys.readouterr().err
