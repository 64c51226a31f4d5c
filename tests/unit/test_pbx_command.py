"""``moked pbx``: what it writes, what it refuses with which words, and what a difference shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from centre.secrets import ACCOUNTS_PASSWORD, AMI_SECRET, TRUNK_PASSWORD
from hub import sample
from pbx.__main__ import main
from pbx.render import FILES

_SECRETS = ("s3cret-ami", "s3cret-trunk", "s3cret-1001")


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample centre's secrets: two in the environment, the agents' in the file that is returned."""
    monkeypatch.setenv(AMI_SECRET, "s3cret-ami")
    monkeypatch.setenv(TRUNK_PASSWORD, "s3cret-trunk")
    file = tmp_path / "passwords.toml"
    file.touch(mode=0o600)
    file.write_text("".join(f'{number} = "s3cret-{number}"\n' for number in range(1001, 1005)))
    return file


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """A copy of the sample centre's file."""
    return Path(shutil.copy(sample.CENTRE, tmp_path / "centre.toml"))


@pytest.fixture
def rendered(tmp_path: Path, centre: Path, secrets: Path) -> Path:
    """The directory that the sample centre is rendered into."""
    to = tmp_path / "etc"
    to.mkdir()
    assert main(["render", str(centre), "--to", str(to), "--passwords", str(secrets)]) == 0
    return to


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_it_writes_every_file_with_the_secrets(rendered: Path) -> None:
    assert sorted(path.name for path in rendered.iterdir() if path.is_file()) == list(FILES)
    assert "password = s3cret-1003" in (rendered / "pjsip.conf").read_text()
    assert "password = s3cret-trunk" in (rendered / "pjsip.conf").read_text()
    assert "secret = s3cret-ami" in (rendered / "manager.conf").read_text()


@pytest.mark.parametrize(("word", "count"), [("required", (4, 0)), ("dtls", (3, 1)), ("off", (3, 0))])
def test_an_agents_voice_is_protected_as_the_file_says(
    centre: Path, secrets: Path, tmp_path: Path, word: str, count: tuple[int, int]
) -> None:
    change(centre, 'media_encryption = "required"', f'media_encryption = "{word}"')
    assert main(["render", str(centre), "--to", str(tmp_path), "--passwords", str(secrets)]) == 0
    text = (tmp_path / "pjsip.conf").read_text()
    assert (text.count("media_encryption = sdes"), text.count("media_encryption = dtls")) == count


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('strategy = "rrmemory"', 'strategy = "round"', "queues.0.strategy"),
        ("[exchange]", "[exchanges]", "exchanges: no such key; did you mean 'exchange'?"),
        ("+97235550100", "0&PJSIP/premium", "outside_numbers.0"),
    ],
)
def test_check_refuses_by_the_key(
    centre: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    before, _, _ = centre.read_text("utf-8").partition(old)
    change(centre, old, new)
    assert main(["check", str(centre)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"moked pbx: {centre}:{before.count(chr(10)) + 1}: {words}")


def test_check_wants_no_secret_but_an_exchange(
    tmp_path: Path, centre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(centre)]) == 0
    none = tmp_path / "none.toml"
    none.write_text("country = 'IL'\n")
    assert main(["check", str(none)]) == 1
    assert f"{none}: there is no [exchange]" in capsys.readouterr().err


def test_what_is_rendered_differs_in_nothing(
    centre: Path, secrets: Path, rendered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["diff", str(centre), "--against", str(rendered), "--passwords", str(secrets)]) == 0
    assert capsys.readouterr().out == ""


def test_a_difference_is_shown_and_no_secret(
    centre: Path, secrets: Path, rendered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(centre, "ring_seconds = 15", "ring_seconds = 12")
    change(rendered / "pjsip.conf", "s3cret-1001", "0ld-1001")
    change(rendered / "manager.conf", "secret = s3cret-ami", ";secret = 0ld-er\nsecret = 0ld-ami")
    (rendered / "features.conf").unlink()
    capsys.readouterr()
    assert main(["diff", str(centre), "--against", str(rendered), "--passwords", str(secrets)]) == 1
    told = capsys.readouterr().out
    assert "-timeout = 15\n+timeout = 12\n" in told
    assert "-password = (not shown)\n+password = (not shown)\n" in told
    assert "-;secret = (not shown)\n-secret = (not shown)\n+secret = (not shown)\n" in told
    assert "+[general]\n" in told
    assert [secret for secret in (*_SECRETS, "0ld") if secret in told] == []


def test_a_secret_that_is_missing_or_not_kept_is_named(
    centre: Path,
    secrets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["render", str(centre), "--to", str(tmp_path), "--passwords", str(secrets)]

    def refused() -> str:
        assert main(command) == 1
        assert not (tmp_path / "pjsip.conf").exists()
        return capsys.readouterr().err

    change(secrets, '1004 = "s3cret-1004"\n', "")
    assert f"{centre}: agent 'omri': there is no password for extension 1004" in refused()
    secrets.chmod(0o640)
    assert f"chmod 600 {secrets}" in refused()
    secrets.unlink()
    assert f"{secrets}: there is no such file" in refused()
    monkeypatch.delenv(AMI_SECRET)
    assert f"set {AMI_SECRET} to" in refused()
    monkeypatch.delenv(TRUNK_PASSWORD)
    assert f"set {TRUNK_PASSWORD} to" in refused()


def test_who_has_no_password_is_left_to_enrolled_devices_where_there_are_such(
    centre: Path, secrets: Path, tmp_path: Path
) -> None:
    change(secrets, '1004 = "s3cret-1004"\n', "")
    with centre.open("a") as file:
        file.write('[exchange.phones]\naccounts = "/accounts.db"\ndomain = "pbx.example.com"\n')
    assert main(["render", str(centre), "--to", str(tmp_path), "--passwords", str(secrets)]) == 0
    text = (tmp_path / "pjsip.conf").read_text()
    assert ("[1003]" in text, "[1004]" in text) == (True, False)
    assert "dbfile => /accounts.db" in (tmp_path / "res_config_sqlite3.conf").read_text()


def test_accounts_in_postgres_take_asterisks_password_from_the_environment(
    centre: Path,
    secrets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with centre.open("a") as file:
        file.write('[exchange.phones]\npostgres = {}\ndomain = "pbx.example.com"\n')
    command = ["render", str(centre), "--to", str(tmp_path), "--passwords", str(secrets)]
    monkeypatch.delenv(ACCOUNTS_PASSWORD, raising=False)
    assert main(command) == 1
    assert f"set {ACCOUNTS_PASSWORD} to" in capsys.readouterr().err
    monkeypatch.setenv(ACCOUNTS_PASSWORD, "s3cret-accounts")
    assert main(command) == 0
    assert "dbpass = s3cret-accounts\n" in (tmp_path / "res_pgsql.conf").read_text()


@pytest.mark.parametrize("line", ["1001 = 5", '1001 = ""', '1001 = "a;s3cret"', "1001"])
def test_a_password_that_asterisk_could_not_read_is_refused_and_not_shown(
    centre: Path, secrets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    secrets.write_text(line + "\n")
    assert main(["render", str(centre), "--to", str(tmp_path), "--passwords", str(secrets)]) == 1
    told = capsys.readouterr().err
    assert str(secrets) in told
    assert "s3cret" not in told
