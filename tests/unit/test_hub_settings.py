"""The hub's settings: errors name file, key and nearest key; secrets stay out of file and repr."""

from __future__ import annotations

from pathlib import Path

import pytest

import hub
from centre.toml_file import SettingsError
from hub import sample
from hub.crm_settings import BuiltinCrmSettings
from hub.settings import AmiSettings, load
from tests.hub.served import with_accounts, write_settings

_AMI = '[pbx]\nkind = "ami"\nhost = "pbx.example.com"\nuser = "hub"\ntls = true\n'


def _file(directory: Path, text: str) -> Path:
    path = directory / "hub.toml"
    path.write_text(text)
    return path


def test_the_sample_is_sound_and_its_paths_are_its_own() -> None:
    settings = load(sample.SETTINGS)
    assert settings.hub.scripts == sample.SCRIPTS
    assert isinstance(settings.crm, BuiltinCrmSettings)
    assert settings.crm.customers == sample.CUSTOMERS
    assert {agent.extension for agent in settings.centre.agents} == {"1001", "1002", "1003", "1004"}
    assert settings.hub.database.endswith("/hub/sample/moked-hub.db")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hub]\nprot = 1\n", "hub.prot: no such key; did you mean 'port'?"),
        ("[hubb]\n", "hubb: no such key; did you mean 'hub'?"),
        ("[hub]\nport = 'x'\n", "hub.port: "),
        ("[hub]\nhost = '0.0.0.0'\n", "needs https"),
        ("[hub]\ncertificate = 'a.pem'\n", "belong together"),
        ("[hub]\ndatabase = 'postgresql+asyncpg://hub:secret@db/hub'\n", "set MOKED_HUB_DATABASE_PASSWORD"),
        ("[hub]\ndatabase = 'postgresql+asyncpg://hub@db/hub?password=secret@'\n", "does not belong"),
        ("[hub]\ndatabase = 'postgresql://hub@db/hub'\n", "use sqlite+aiosqlite or postgresql+asyncpg"),
        ("[hub]\ndatabase = 'hub.db'\n", "no URL of a database"),
        ("[hub]\ndatabase = 'postgresql+asyncpg://hub@db/hub'\n", "add ?ssl=verify-full"),
        ("[hub]\ndatabase = 'postgresql+asyncpg://hub@db/hub?ssl=require'\n", "add ?ssl=verify-full"),
        ("[hub]\ndatabase = 'postgresql+asyncpg://hub@/hub?host=/run&host=db'\n", "add ?ssl=verify-full"),
        ("[hub]\ndatabase_password = 'secret@'\n", "set MOKED_HUB_DATABASE_PASSWORD"),
        ("[hub]\nmetrics_token = 'secret@'\n", "set MOKED_HUB_METRICS_TOKEN"),
        ("[hub]\nlog = 'yaml'\n", "hub.log: "),
        ("[hub]\naddress = 'http://hub1.example.com:8750'\n", "http is for this machine"),
        ("[hub]\naddress = 'https://hub@hub1.example.com'\n", "address must be"),
        ("[hub]\naddress = 'https://hub1.example.com/hub'\n", "address must be"),
        ("[pbx]\nkind = 'ari'\n", "pbx: "),
        ("[pbx]\nkind = 'lab'\nsockett = 'x'\n", "pbx.sockett: no such key; did you mean 'socket'?"),
        ("[pbx]\nkind = 'ami'\nhost = 'pbx.example.com'\nuser = 'hub'\n", "pbx: AMI's password would travel"),
        ("[crm]\ntimeout_seconds = 0\n", "crm.timeout_seconds: "),
        ("[sip]\naccounts = 'postgresql+asyncpg://hub@db/a'\n", "add ?ssl=verify-full"),
        ("[sip]\naccounts = 'postgresql+asyncpg://hub:secret@/a'\n", "set MOKED_HUB_DATABASE_PASSWORD"),
        ("[sip]\naccounts = 'postgresql+asyncpg://hub@'\n", "sip.accounts: the exchange must find it"),
        ("[sip]\naccounts = 'sqlite+aiosqlite://'\n", "sip.accounts: the exchange must find it"),
        ("[sip]\naccounts = 'accounts.db'\n", "sip.accounts: no URL of a database"),
        ("[sip]\naccounts = 'sqlite+aiosqlite:///accounts.db'\n", "[exchange.phones]"),
    ],
)
def test_a_slip_of_the_pen_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError) as told:
        load(path)
    assert str(told.value).startswith(f"{path}:")
    assert words in str(told.value)
    assert "secret@" not in str(told.value)


def test_the_centre_is_read_from_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("country = 'US'\n")
    assert load(_file(tmp_path, "centre = 'one.toml'\n")).centre.country == "US"
    with pytest.raises(SettingsError) as told:
        load(_file(tmp_path, "centre = 'none.toml'\n"))
    begin = "name the right one, or begin with a copy of hub/sample/centre.toml"
    assert str(told.value) == f"{tmp_path / 'none.toml'}: there is no such file: {begin}"


def test_accounts_lie_beside_the_file_where_the_centre_has_phones(tmp_path: Path) -> None:
    settings = load(with_accounts(write_settings(tmp_path)))
    assert settings.sip is not None
    assert settings.sip.accounts == f"sqlite+aiosqlite:///{tmp_path}/accounts.db"
    assert settings.centre.exchange is not None
    assert settings.centre.exchange.phones is not None
    assert settings.centre.exchange.phones.transport == "tls"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        load(tmp_path / "none.toml")
    begin = "name the right one, or begin with a copy of hub/sample/hub.toml"
    assert str(told.value) == f"{tmp_path / 'none.toml'}: there is no such file: {begin}"


def test_a_file_that_is_no_text_is_told_in_words(tmp_path: Path) -> None:
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "hub.toml", "it is no text in UTF-8")):
        if path != tmp_path:
            path.write_bytes(b"\xff\xfe")
        with pytest.raises(SettingsError) as told:
            load(path)
        assert str(told.value) == f"{path}: cannot be read: {why}"


def test_the_samples_that_are_named_are_there() -> None:
    for name in ("hub.toml", "centre.toml"):
        assert (Path(hub.__file__).parent / "sample" / name).is_file()


def test_the_ami_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, _AMI)
    with pytest.raises(SettingsError, match="set MOKED_HUB_AMI_SECRET"):
        load(path)
    monkeypatch.setenv("MOKED_HUB_AMI_SECRET", "hunter2")
    settings = load(path)
    assert isinstance(settings.pbx, AmiSettings)
    assert settings.pbx.secret.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


def test_the_routing_secret_comes_from_the_environment_where_the_centre_has_routing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "routed.toml").write_text("[routing]\n")
    path = _file(tmp_path, 'centre = "routed.toml"\n')
    with pytest.raises(SettingsError, match="set MOKED_HUB_ROUTING_SECRET"):
        load(path)
    monkeypatch.setenv("MOKED_HUB_ROUTING_SECRET", "hunter2")
    settings = load(path)
    assert settings.hub.routing_secret.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + settings.model_dump_json()
    with pytest.raises(SettingsError, match="routing_secret does not belong in a file"):
        load(_file(tmp_path, '[hub]\nrouting_secret = "hunter3"\n'))


@pytest.mark.parametrize(
    "place",
    [
        "hub@db.example.com/hub?ssl=verify-full",
        "hub@localhost/hub",
        "hub@/hub?host=/run/postgresql",
        "hub@/hub",
    ],
)
def test_the_databases_password_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("MOKED_HUB_DATABASE_PASSWORD", "hunter2")
    settings = load(_file(tmp_path, f"[hub]\ndatabase = 'postgresql+asyncpg://{place}'\n"))
    assert settings.hub.database_url.password == "hunter2"
    shown = f"{settings!r} {settings} {settings.model_dump_json()} {settings.hub.database_url!r}"
    assert "hunter2" not in shown


def test_the_ami_secret_is_refused_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOKED_HUB_AMI_SECRET", "hunter2")
    with pytest.raises(SettingsError, match="does not belong in a file"):
        load(_file(tmp_path, _AMI + 'secret = "hunter3"\n'))


def test_no_slip_of_the_pen_leads_to_a_secret_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        load(_file(tmp_path, _AMI + 'secrett = "hunter3"\n'))
    assert str(told.value).endswith("pbx.secrett: no such key")


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    settings = load(_file(tmp_path, '[hub]\nscripts = "s"\n[pbx]\nkind = "lab"\nsocket = "/run/lab.sock"\n'))
    assert settings.hub.scripts == tmp_path / "s"
    assert settings.hub.database == f"sqlite+aiosqlite:///{tmp_path}/moked-hub.db"
    assert settings.pbx.model_dump()["socket"] == Path("/run/lab.sock")


@pytest.mark.parametrize(
    ("hub", "address"),
    [
        ("", "http://127.0.0.1:8750"),
        ("host = '::1'", "http://[::1]:8750"),
        (
            "host = 'hub1.example.com'\ncertificate = 'a.pem'\ncertificate_key = 'a.key'",
            "https://hub1.example.com:8750",
        ),
        ("host = '0.0.0.0'\nbehind_proxy = true", ""),
        ("host = '::'\nbehind_proxy = true", ""),
        ("host = ''\nbehind_proxy = true", ""),
        ("host = '0.0.0.0'\nbehind_proxy = true\naddress = 'http://hub1:80'", "http://hub1:80"),
        ("address = 'https://[2001:db8::1]'", "https://[2001:db8::1]"),
    ],
)
def test_where_other_hubs_ask_this_one(tmp_path: Path, hub: str, address: str) -> None:
    assert load(_file(tmp_path, f"[hub]\n{hub}\n")).hub.asked_at(8750) == address
