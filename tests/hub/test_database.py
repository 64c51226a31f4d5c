"""The database: its history runs up and down, and holds what the code thinks it holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select

from hub.db.customers import CustomerStore
from hub.db.engine import migrate, open_database, sqlite_url, sync_url
from hub.db.tables import devices, metadata
from hub.seed import import_csv
from tests.hub.centre import NOAH, Centre
from tests.hub.served import write_settings


def _tables(url: str) -> set[str]:
    engine = create_engine(sync_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_migrations_make_what_the_code_expects(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    migrate(url)
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_way_down_and_up_again(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    migrate(url)
    assert set(metadata.tables) <= _tables(url)
    migrate(url, "base")
    assert _tables(url) == {"alembic_version"}
    migrate(url)
    assert set(metadata.tables) <= _tables(url)


def test_a_token_of_before_goes_on_as_a_device(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    migrate(url, "0002")
    engine = create_engine(sync_url(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO tokens VALUES ('d1ge57-of-a-token', 'yael', '2026-11-22 09:00:00')"
        )
    migrate(url)
    with engine.begin() as connection:
        row = connection.execute(select(devices)).one()
    assert (row.agent, row.token_digest, row.sip_digest) == ("yael", "d1ge57-of-a-token", "")
    engine.dispose()


async def test_sqlite_is_opened_for_readers_beside_a_writer(tmp_path: Path) -> None:
    engine = await open_database(sqlite_url(tmp_path / "a.db"))
    async with engine.connect() as connection:
        modes = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys")
        ]
    await engine.dispose()
    assert modes == ["wal", 1]


async def test_a_second_import_replaces_and_keeps_the_rest(tmp_path: Path) -> None:
    write_settings(tmp_path)
    engine = await open_database(sqlite_url(tmp_path / "a.db"))
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


async def test_a_note_and_an_event_of_the_exchange_at_once_lose_neither(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    centre.pbx.agent_answers("1001")
    await centre.settle()
    centre.time.passes(30)
    centre.pbx.agent_hangs_up("1001")
    typed = [
        desk.http.put(f"/v1/contacts/{contact}/note", json={"text": f"note {number}"}) for number in range(20)
    ]
    await asyncio.gather(centre.settle(), *typed)
    (stored,) = await centre.hub.work.contacts.visits(contact)
    (held,) = centre.hub.floor.visits(contact)
    assert stored == held
    assert (stored.talked, stored.note.startswith("note ")) == (30.0, True)
