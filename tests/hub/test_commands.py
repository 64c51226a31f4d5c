"""What an administrator types, and the words they get back."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.engine import URL, make_url

from edge.runtime import runtime_directory
from hub.__main__ import main
from tests.hub.centre import NOAH
from tests.hub.served import write_settings
from tests.postgres import GUARDED, PASSWORD, PostgresServer

_HEADER = "customer,name,language,numbers,segment,city\n"


@pytest.fixture(autouse=True)
def _own_process() -> Iterator[None]:
    """The command sets up its process's umask and log, which here are the tests' own."""
    umask, handlers = os.umask(0o022), logging.getLogger().handlers[:]
    yield
    os.umask(umask)
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


def test_a_token_is_shown_once_and_can_be_revoked(
    tmp_path: Path, empty_database: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path, database=empty_database)
    assert main(["token", "yael", "--config", str(config)]) == 0
    assert len(capsys.readouterr().out.strip()) >= 43
    assert main(["revoke", "yael", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "tokens revoked: 1\n"


def test_a_token_for_nobody_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path)
    assert main(["token", "yoel", "--config", str(config)]) == os.EX_CONFIG
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        "moked hub: there is no agent 'yoel'; the centre has: yael, daniel\n",
    )


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
    assert main(["token", "yael", "--config", str(config)]) == os.EX_UNAVAILABLE
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
    assert main(["token", "yael", "--config", str(config)]) == status
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

    monkeypatch.setattr("hub.__main__.new_token", fail)
    assert main(["token", "yael", "--config", str(write_settings(tmp_path))]) == os.EX_SOFTWARE
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
        ('kind = "none"', "MOKED_HUB_AMI_SECRET", "takes no secret of a centre"),
        ('kind = "none"', "MOKED_HUB_DATABASE_PASSWORD", "takes no secret of a centre"),
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


def test_the_private_hub_refuses_a_directory_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(elsewhere)
    assert main(["private", "--socket", str(tmp_path / "link" / "hub.sock")]) == os.EX_NOPERM
    assert "not a directory of yours" in capsys.readouterr().err
