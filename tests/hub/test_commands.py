"""What an administrator types, and the words they get back."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url

from edge.enrolment_code import EnrolmentCode, authority_fingerprint, read_fingerprint
from edge.runtime import runtime_directory
from hub import commands
from hub.__main__ import main
from hub.db.devices import DeviceStore
from hub.db.engine import open_database
from hub.settings import load
from tests.hub.centre import NOAH
from tests.hub.served import with_accounts, write_settings
from tests.pbx.certificates import make_certificates
from tests.postgres import GUARDED, PASSWORD, PostgresServer


def with_authority(directory: Path, database: URL | None = None) -> Path:
    """Settings of a hub that enrols devices."""
    make_certificates(directory)
    return write_settings(directory, hub='ca_file = "ca.pem"', database=database)


async def admit(config: Path, agent: str, *names: str, sip_digest: str = "") -> list[str]:
    """The ids of devices that were enrolled earlier."""
    engine = await open_database(load(config).hub.database_url)
    store = DeviceStore(engine)
    ids = []
    for number, name in enumerate(names):
        at = _NOW + timedelta(hours=number)
        ids.append((await store.admit(agent, f"token-{name}", at, name=name, sip_digest=sip_digest)).id)
    await engine.dispose()
    return ids


_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_HEADER = "customer,name,language,numbers,segment,city\n"


pytestmark = pytest.mark.usefixtures("own_process")


def test_a_code_is_printed_alone_and_names_the_authority(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    config = with_authority(tmp_path, empty_database)
    assert main(["agent", "add", "yael", "--config", str(config)]) == 0
    told = capsys.readouterr()
    code = EnrolmentCode.read(told.out)
    assert told.out == code.text() + "\n"
    assert code.authority == authority_fingerprint((tmp_path / "ca.pem").read_text())
    assert "within 15 minutes" in told.err


def test_a_code_for_nobody_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = with_authority(tmp_path)
    assert main(["agent", "add", "yoel", "--config", str(config)]) == os.EX_CONFIG
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        "moked hub: there is no agent 'yoel'; the centre has: yael, daniel\n",
    )


@pytest.mark.parametrize("authority", ["", 'ca_file = "no.pem"', 'ca_file = "hub.toml"'])
def test_no_code_without_an_authority_to_trust(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], authority: str
) -> None:
    config = write_settings(tmp_path, hub=authority)
    assert main(["agent", "add", "yael", "--config", str(config)]) == os.EX_CONFIG
    assert "hub.ca_file" in capsys.readouterr().err


def test_devices_are_listed_and_revoked_one_by_one_or_all(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path, database=empty_database)
    asyncio.run(admit(config, "yael", "laptop", "office"))
    assert main(["agent", "devices", "yael", "--config", str(config)]) == 0
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [(seen, name) for _id, _at, seen, name in rows] == [
        ("never seen", "laptop"),
        ("never seen", "office"),
    ]
    laptop = rows[0][0]
    assert main(["agent", "revoke", "yael", "--device", laptop, "--config", str(config)]) == 0
    assert capsys.readouterr().out == "devices revoked: 1\n"
    assert main(["agent", "devices", "yael", "--config", str(config)]) == 0
    assert "laptop" not in capsys.readouterr().out
    assert main(["agent", "revoke", "yael", "--device", laptop, "--config", str(config)]) == os.EX_CONFIG
    assert "moked hub agent devices yael" in capsys.readouterr().err
    assert main(["agent", "revoke", "yael", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "devices revoked: 1\n"


def test_a_revoked_password_is_gone_when_the_command_is_done_without_a_hub(
    tmp_path: Path, empty_database: URL
) -> None:
    config = with_accounts(write_settings(tmp_path, database=empty_database))
    lost, kept = asyncio.run(admit(config, "yael", "laptop", "office", sip_digest="d1ge57"))
    assert main(["agent", "revoke", "yael", "--device", lost, "--config", str(config)]) == 0
    with sqlite3.connect(tmp_path / "accounts.db") as exchange:
        assert exchange.execute("SELECT id, md5_cred FROM ps_auths").fetchall() == [
            (f"1001-{kept}", "d1ge57")
        ]
        assert main(["agent", "revoke", "yael", "--config", str(config)]) == 0
        assert exchange.execute("SELECT id FROM ps_endpoints").fetchall() == []


def test_who_is_revoked_whole_has_no_code_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = with_authority(tmp_path)
    for agent in ("yael", "daniel"):
        assert main(["agent", "add", agent, "--config", str(config)]) == 0
    assert main(["agent", "revoke", "yael", "--config", str(config)]) == 0
    with sqlite3.connect(tmp_path / "moked-hub.db") as database:
        assert database.execute("SELECT agent FROM enrolment_codes").fetchall() == [("daniel",)]


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed at the prompts that show nothing."""
    typed: list[str] = []
    monkeypatch.setattr(commands, "getpass", lambda _prompt: typed.pop(0))
    return typed


def passwords_in(directory: Path) -> list[tuple[str, ...]]:
    with sqlite3.connect(directory / "moked-hub.db") as database:
        return database.execute("SELECT agent, hashed FROM passwords").fetchall()


def test_a_password_is_asked_for_twice_kept_as_a_hash_and_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typing: list[str]
) -> None:
    config = with_authority(tmp_path)
    typing += ["correct horse battery"] * 2
    assert main(["agent", "password", "yael", "--config", str(config)]) == 0
    told = capsys.readouterr()
    fingerprint = authority_fingerprint((tmp_path / "ca.pem").read_text())
    assert read_fingerprint(told.out) == fingerprint
    assert f"--authority {told.out.strip()}" in told.err
    ((agent, kept),) = passwords_in(tmp_path)
    assert agent == "yael"
    assert kept.startswith("$argon2id$")
    assert "horse" not in kept + told.out + told.err
    assert main(["agent", "password", "yael", "--end", "--config", str(config)]) == 0
    assert passwords_in(tmp_path) == []
    with sqlite3.connect(tmp_path / "moked-hub.db") as database:
        assert database.execute("SELECT who, what, whom FROM audit ORDER BY serial").fetchall() == [
            ("(command line)", "password set", "yael"),
            ("(command line)", "password ended", "yael"),
        ]


@pytest.mark.parametrize(
    ("agent", "typed", "words"),
    [
        ("yael", ["correct horse battery", "correct horse batter"], "not the same"),
        ("yael", ["short", "short"], "12 to 128 characters"),
        ("yoel", [], "there is no agent 'yoel'"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    typing: list[str],
    agent: str,
    typed: list[str],
    words: str,
) -> None:
    config = with_authority(tmp_path)
    typing += ["the one before, long"] * 2
    assert main(["agent", "password", "yael", "--config", str(config)]) == 0
    before = passwords_in(tmp_path)
    typing += typed
    assert main(["agent", "password", agent, "--config", str(config)]) == os.EX_CONFIG
    assert words in capsys.readouterr().err
    assert passwords_in(tmp_path) == before


def test_who_is_revoked_whole_has_no_password_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typing: list[str]
) -> None:
    config = with_authority(tmp_path)
    for agent in ("yael", "daniel"):
        typing += ["correct horse battery"] * 2
        assert main(["agent", "password", agent, "--config", str(config)]) == 0
    assert main(["agent", "revoke", "yael", "--config", str(config)]) == 0
    assert [agent for agent, _kept in passwords_in(tmp_path)] == ["daniel"]


def test_a_slip_in_the_settings_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path)
    config.write_text(config.read_text().replace("port = 0", "prot = 0"))
    assert main(["serve", "--config", str(config)]) == os.EX_CONFIG
    told = capsys.readouterr().err
    line = config.read_text().splitlines().index("prot = 0") + 1
    assert f"{config}:{line}: hub.prot: no such key; did you mean 'port'?" in told


def test_a_database_out_of_reach_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path)
    config.write_text(
        config.read_text().replace("port = 0", 'database = "sqlite+aiosqlite:///no/such/dir/a"')
    )
    assert main(["agent", "devices", "yael", "--config", str(config)]) == os.EX_UNAVAILABLE
    told = capsys.readouterr().err
    assert "unable to open database file" in told
    assert told.count("\n") == 1, "a driver's further lines may quote what is stored"


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 0), ("hunter2", os.EX_UNAVAILABLE)])
def test_the_password_of_the_database_is_taken_from_the_environment(
    tmp_path: Path,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    password: str,
    status: int,
) -> None:
    url = postgres.create()
    config = write_settings(tmp_path, database=url.set(username=GUARDED))
    monkeypatch.setenv("MOKED_HUB_DATABASE_PASSWORD", password)
    assert main(["agent", "devices", "yael", "--config", str(config)]) == status
    told = capsys.readouterr().err
    assert ("password authentication failed" in told) == (status != 0)
    assert password not in told
    assert "Traceback" not in told
    postgres.drop(url)


def test_a_fault_of_the_hubs_own_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(config: Path, agent: str) -> None:
        raise ValueError(f"no customer {NOAH}")

    monkeypatch.setattr("hub.__main__.show_devices", fail)
    assert main(["agent", "devices", "yael", "--config", str(write_settings(tmp_path))]) == os.EX_SOFTWARE
    told = capsys.readouterr().err
    assert "builtins.ValueError" in told
    assert "in fail" in told
    assert NOAH not in told


def test_customers_are_imported_or_refused_by_line(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    config, people = write_settings(tmp_path, database=empty_database), tmp_path / "people.csv"
    people.write_text(_HEADER + "C-7,Ann,en,0505550107,gold,Haifa\nC-8,Ben,fr,05055,gold,\n")
    assert main(["import-customers", str(people), "--config", str(config)]) == os.EX_CONFIG
    assert "people.csv line 3: language 'fr': en or he" in capsys.readouterr().err
    people.write_text(_HEADER + "C-7,Ann,en,0505550107,gold,Haifa\n")
    assert main(["import-customers", str(people), "--config", str(config)]) == 0
    assert capsys.readouterr().out == "customers imported: 1\n"


@pytest.mark.parametrize(
    ("pbx", "secret", "words"),
    [
        *(
            ('kind = "none"', f"MOKED_HUB_{name}", f"MOKED_HUB_{name} is set: a private hub takes no secret")
            for name in (
                *("AMI_SECRET", "CRM_SECRET", "DATABASE_PASSWORD", "ROUTING_SECRET"),
                *("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"),
            )
        ),
        ('kind = "ami"\nhost = "pbx"\nuser = "hub"\ntls = true', "", "set MOKED_HUB_AMI_SECRET"),
    ],
)
def test_the_private_hub_takes_no_secret_of_a_centre(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pbx: str,
    secret: str,
    words: str,
) -> None:
    if secret:
        monkeypatch.setenv(secret, "hunter2")
    config, path = write_settings(tmp_path, pbx), runtime_directory() / "hub.sock"
    status = main(["private", "--socket", str(path), "--settings", str(config)])
    told = capsys.readouterr().err
    assert (status, "hunter2" in told) == (os.EX_CONFIG, False)
    assert words in told


def test_the_private_hub_keeps_its_own_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path, database=make_url("postgresql+asyncpg:///hub"))
    socket = str(runtime_directory() / "hub.sock")
    assert main(["private", "--socket", socket, "--settings", str(config)]) == os.EX_CONFIG
    assert "a private hub keeps its own SQLite file" in capsys.readouterr().err


def test_the_private_hub_enrols_no_devices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, path = with_accounts(write_settings(tmp_path)), runtime_directory() / "hub.sock"
    assert main(["private", "--socket", str(path), "--settings", str(config)]) == os.EX_CONFIG
    assert "enrols no devices" in capsys.readouterr().err


def test_the_private_hub_refuses_a_directory_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(elsewhere)
    assert main(["private", "--socket", str(tmp_path / "link" / "hub.sock")]) == os.EX_NOPERM
    assert "not a directory of yours" in capsys.readouterr().err
