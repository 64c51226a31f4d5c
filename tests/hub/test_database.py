"""The database: its history runs up and down, and holds what the code thinks it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Row, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from hub.db.callbacks import CallbackStore
from hub.db.customers import CustomerStore
from hub.db.engine import migrate, open_database, sqlite_url
from hub.db.outbox import OutboxStore
from hub.db.tables import devices, metadata
from hub.domain.callbacks import Callback
from hub.domain.outbox import ADD_NOTE, CREATE_TASK, CRM, Message
from hub.ports.messages import Template
from hub.ports.pbx import CallerJoined
from hub.seed import import_csv
from tests.hub.centre import NOAH, Centre
from tests.hub.served import write_settings

_Seen = TypeVar("_Seen")


async def _seen(url: URL, look: Callable[[Connection], _Seen]) -> _Seen:
    """What ``look`` sees on a connection to ``url``."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _difference(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_what_the_code_expects(empty_database: URL) -> None:
    await migrate(empty_database)
    assert await _seen(empty_database, _difference) == []


async def test_the_way_down_and_up_again(empty_database: URL) -> None:
    await migrate(empty_database)
    assert set(metadata.tables) <= await _seen(empty_database, _tables)
    await migrate(empty_database, "base")
    assert await _seen(empty_database, _tables) == {"alembic_version"}
    await migrate(empty_database)
    assert set(metadata.tables) <= await _seen(empty_database, _tables)


async def test_hubs_that_start_together_migrate_once(empty_database: URL) -> None:
    await asyncio.gather(*(migrate(empty_database) for _ in range(4)))
    assert set(metadata.tables) <= await _seen(empty_database, _tables)


async def test_a_token_of_before_goes_on_as_a_device(empty_database: URL) -> None:
    await migrate(empty_database, "0003")
    engine = create_async_engine(empty_database)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO tokens VALUES ('d1ge57-of-a-token', 'yael', '2026-11-22 09:00:00')"
        )
    await engine.dispose()
    await migrate(empty_database)
    row = await _seen(empty_database, _only_device)
    assert (row.agent, row.token_digest, row.sip_digest) == ("yael", "d1ge57-of-a-token", "")


async def test_a_message_of_before_is_sent_in_its_turn(empty_database: URL) -> None:
    await migrate(empty_database, "0018")
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    one = Message("m1", CRM, "tel:+9725", Template(ADD_NOTE, "", ("a",)), "c-1", noon, noon)
    engine = create_async_engine(empty_database)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            """INSERT INTO outbox VALUES (1, 'm1', 'crm', 'tel:+9725', 'add_note', '', '["a"]', 'c-1',"""
            " '2026-11-22 12:00:00', '2026-11-22 12:00:00', 'waiting', 0, '', 0, '')"
        )
    await engine.dispose()
    engine = await open_database(empty_database)
    assert await OutboxStore(engine).open() == (one,)
    await engine.dispose()


async def test_a_task_of_before_is_its_callbacks_queues(empty_database: URL) -> None:
    await migrate(empty_database, "0019")
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    engine = create_async_engine(empty_database)
    async with engine.begin() as connection:
        for row in (
            "customers VALUES ('C-1', 'Ann', 'en', '', '', '[]', '{}')",
            "matters VALUES ('key-1', 'C-1', 'Call her', '2026-11-22 12:00:00', 'due')",
            "matters VALUES ('R-1', 'C-1', 'Slow', '2026-11-22 11:00:00', 'open')",
        ):
            await connection.exec_driver_sql(f"INSERT INTO {row}")
    callback = Callback("cb-1", "C-1", "sales", (NOAH,), noon, noon)
    await CallbackStore(engine).promise(callback, "key", "")
    await OutboxStore(engine).put(Message("key-1", CRM, "C-1", Template(CREATE_TASK, ""), "cb-1", noon, noon))
    await engine.dispose()
    engine = await open_database(empty_database)
    (found,) = await CustomerStore(engine).with_id("C-1")
    assert [(row["reference"], row["queue"]) for row in found.matters] == [("key-1", "sales"), ("R-1", "")]
    await engine.dispose()


def _only_device(connection: Connection) -> Row[Any]:
    return connection.execute(select(devices)).one()


async def test_sqlite_is_opened_for_readers_beside_a_writer(tmp_path: Path) -> None:
    engine = await open_database(sqlite_url(tmp_path / "a.db"))
    async with engine.connect() as connection:
        modes = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys")
        ]
    await engine.dispose()
    assert modes == ["wal", 1]


async def test_a_second_import_replaces_and_keeps_the_rest(tmp_path: Path, empty_database: URL) -> None:
    write_settings(tmp_path)
    engine = await open_database(empty_database)
    store, people = CustomerStore(engine), tmp_path / "customers.csv"
    matters = tmp_path / "matters.csv"
    matters.write_text("customer,reference,title,opened,status\nC-1,R-1,Slow,2026-11-01,open\n")
    assert await import_csv(store, people, "IL", matters=matters) == 1
    people.write_text(people.read_text().replace("Ann,en,+12125550101", "Anna,en,+12125550102"))
    await import_csv(store, people, "IL")
    assert await store.with_number("+12125550101") == ()
    (found,) = await store.with_number("+12125550102")
    assert (found.customer["name"], [row["reference"] for row in found.matters]) == ("Anna", ["R-1"])
    await engine.dispose()


async def test_the_longest_that_an_exchange_tells_is_stored(centre: Centre) -> None:
    contact, name = "1" * 128, "🙂" * 120
    joined = CallerJoined("support", contact, number=NOAH, name=name, position=1, at=centre.time())
    await centre.handle(joined)
    (stored,) = await centre.hub.handling.work.contacts.visits(contact)
    assert (stored.id, stored.name) == (contact, name)


async def test_a_note_and_an_event_of_the_exchange_at_once_lose_neither(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk(NOAH)
    centre.time.passes(30)
    centre.pbx.agent_hangs_up("1001")
    typed = [
        desk.http.put(f"/v1/contacts/{contact}/note", json={"text": f"note {number}"}) for number in range(20)
    ]
    await asyncio.gather(centre.settle(), *typed)
    (stored,) = await centre.hub.handling.work.contacts.visits(contact)
    (held,) = centre.hub.floor.visits(contact)
    assert stored == held
    assert (stored.talked, stored.note.startswith("note ")) == (30.0, True)
