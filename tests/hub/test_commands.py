"""What an administrator types, and the words they get back."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from edge.enrolment_code import EnrolmentCode, authority_fingerprint
from edge.runtime import runtime_directory
from hub.__main__ import main
from hub.db.devices import DeviceStore
from hub.db.engine import open_database
from hub.settings import load
from tests.hub.served import write_settings
from tests.pbx.certificates import make_certificates


def with_authority(directory: Path) -> Path:
    """Settings of a hub that enrols devices."""
    make_certificates(directory)
    return write_settings(directory, hub='ca_file = "ca.pem"')


async def admit(config: Path, agent: str, *names: str, sip_digest: str = "") -> list[str]:
    """The ids of devices that were enrolled earlier."""
    engine = await open_database(load(config).hub.database)
    store = DeviceStore(engine)
    ids = []
    for number, name in enumerate(names):
        at = _NOW + timedelta(hours=number)
        ids.append((await store.admit(agent, f"token-{name}", at, name=name, sip_digest=sip_digest)).id)
    await engine.dispose()
    return ids


_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_HEADER = "customer,name,language,numbers,segment,city\n"


@pytest.fixture(autouse=True)
def _own_process() -> Iterator[None]:
    """The command sets up its process's umask and log, which here are the tests' own."""
    umask, handlers = os.umask(0o022), logging.getLogger().handlers[:]
    yield
    os.umask(umask)
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


def test_a_code_is_printed_alone_and_names_the_authority(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = with_authority(tmp_path)
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
        "moked hub: there is no agent 'yoel'; the settings have: yael, daniel\n",
    )


@pytest.mark.parametrize("authority", ["", 'ca_file = "no.pem"', 'ca_file = "hub.toml"'])
def test_no_code_without_an_authority_to_trust(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], authority: str
) -> None:
    config = write_settings(tmp_path, hub=authority)
    assert main(["agent", "add", "yael", "--config", str(config)]) == os.EX_CONFIG
    assert "hub.ca_file" in capsys.readouterr().err


def test_devices_are_listed_and_revoked_one_by_one_or_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path)
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


def test_a_revoked_password_is_gone_when_the_command_is_done_without_a_hub(tmp_path: Path) -> None:
    config = write_settings(tmp_path)
    with config.open("a") as file:
        file.write('[sip]\naccounts = "sqlite+aiosqlite:///accounts.db"\ndomain = "pbx.example.com"\n')
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


def test_a_slip_in_the_settings_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path)
    config.write_text(config.read_text().replace("port = 0", "prot = 0"))
    assert main(["serve", "--config", str(config)]) == os.EX_CONFIG
    assert f"{config}: hub.prot: no such key; did you mean 'port'?" in capsys.readouterr().err


def test_a_database_out_of_reach_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path)
    config.write_text(
        config.read_text().replace("port = 0", 'database = "sqlite+aiosqlite:///no/such/dir/a"')
    )
    assert main(["agent", "devices", "yael", "--config", str(config)]) == os.EX_UNAVAILABLE
    assert "unable to open database file" in capsys.readouterr().err


def test_customers_are_imported_or_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, people = write_settings(tmp_path), tmp_path / "people.csv"
    people.write_text(_HEADER + "C-7,Ann,en,0505550107,gold,Haifa\nC-8,Ben,fr,05055,gold,\n")
    assert main(["import-customers", str(people), "--config", str(config)]) == os.EX_CONFIG
    assert "people.csv line 3: language 'fr': en or he" in capsys.readouterr().err
    people.write_text(_HEADER + "C-7,Ann,en,0505550107,gold,Haifa\n")
    assert main(["import-customers", str(people), "--config", str(config)]) == 0
    assert capsys.readouterr().out == "customers imported: 1\n"


@pytest.mark.parametrize(
    ("pbx", "secret", "words"),
    [
        ('kind = "none"', "hunter2", "takes no exchange's secret"),
        ('kind = "none"\n[sip]\naccounts = "sqlite://"\ndomain = "pbx"', "", "enrols no devices"),
        ('kind = "ami"\nhost = "pbx"\nuser = "hub"', "", "set MOKED_HUB_AMI_SECRET"),
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
        monkeypatch.setenv("MOKED_HUB_AMI_SECRET", secret)
    config, path = write_settings(tmp_path, pbx), runtime_directory() / "hub.sock"
    status = main(["private", "--socket", str(path), "--settings", str(config)])
    told = capsys.readouterr().err
    assert (status, "hunter2" in told) == (os.EX_CONFIG, False)
    assert words in told


def test_the_private_hub_refuses_a_directory_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(elsewhere)
    assert main(["private", "--socket", str(tmp_path / "link" / "hub.sock")]) == os.EX_NOPERM
    assert "not a directory of yours" in capsys.readouterr().err
