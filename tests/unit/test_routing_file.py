"""``[routing]``, segments and values in ``centre.toml``: what is taken, what is refused, with which words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from centre.secrets import AMI_SECRET, ROUTING_SECRET, TRUNK_PASSWORD
from hub import sample
from pbx.__main__ import main

ROUTING = """
[routing]
hub = "https://hub.example.com:8750"
hub_authority = "/etc/asterisk/keys/ca.pem"
"""
PREMIUM = '\n[[segments]]\nname = "premium"\nvalues = ["gold"]\nhead_start_seconds = 60\n'
SECRET = "s3cret-routing-of-16"


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample.CENTRE, tmp_path / "centre.toml"))


def add(centre: Path, more: str) -> Path:
    centre.write_text(centre.read_text() + more)
    return centre


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (PREMIUM, "segments and customer_values need [routing]"),
        (ROUTING + PREMIUM + PREMIUM, "'premium'"),
        (ROUTING + PREMIUM + PREMIUM.replace("premium", "vip").replace("gold", "Gold"), "both take 'Gold'"),
        (ROUTING + PREMIUM.replace("gold", ""), "values"),
        (ROUTING + PREMIUM + 'titles = { en = "VIP" }\n', "segment 'premium': titles: he is needed"),
        (ROUTING + PREMIUM.replace("60", "-1"), "head_start_seconds"),
        (ROUTING + PREMIUM.replace("head_start", "headstart"), "head_start_seconds"),
        ('\n[routing]\nhub = "http://hub.example.com"\n', "http is for 127.0.0.1 alone"),
        ('\n[routing]\nhub = "https://hub.example.com/v1"\n', "and no more"),
        ('\n[routing]\nhub = "https://hub,${SHELL(id)}"\n', "and no more"),
    ],
)
def test_what_is_wrong_is_named(
    centre: Path, more: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(add(centre, more))]) == 1
    assert words in capsys.readouterr().err


def _render(centre: Path, to: Path) -> int:
    passwords = to / "passwords.toml"
    passwords.touch(mode=0o600)
    passwords.write_text("".join(f'{number} = "pw{number}"\n' for number in range(1001, 1005)))
    return main(["render", str(centre), "--to", str(to), "--passwords", str(passwords)])


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AMI_SECRET, "s3cret-ami")
    monkeypatch.setenv(TRUNK_PASSWORD, "s3cret-trunk")
    monkeypatch.setenv(ROUTING_SECRET, SECRET)


@pytest.mark.usefixtures("environment")
def test_the_exchange_asks_by_its_secret_and_verifies_the_hub(
    centre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(centre, ROUTING + PREMIUM)
    assert main(["check", str(centre)]) == 0
    assert _render(centre, tmp_path) == 0
    having = [path.name for path in tmp_path.iterdir() if path.is_file() and SECRET in path.read_text()]
    assert having == ["routing.conf"]
    text = (tmp_path / "routing.conf").read_text()
    for line in ("(ssl_verifypeer)=1)", "(ssl_verifyhost)=2)", "(ssl_cainfo)=/etc/asterisk/keys/ca.pem)"):
        assert line in text
    assert text.count("CURL(https://hub.example.com:8750/routing,") == 1
    capsys.readouterr()
    (tmp_path / "routing.conf").unlink()
    passwords = str(tmp_path / "passwords.toml")
    assert main(["diff", str(centre), "--against", str(tmp_path), "--passwords", passwords]) == 1
    assert SECRET not in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
def test_without_routing_the_exchange_asks_nobody(centre: Path, tmp_path: Path) -> None:
    assert _render(centre, tmp_path) == 0
    acting = [
        line
        for name in ("extensions.conf", "routing.conf", "modules.conf")
        for line in (tmp_path / name).read_text().splitlines()
        if not line.startswith(";")
    ]
    assert [line for line in acting if re.search(r"curl|Gosub\(routing", line, re.IGNORECASE)] == []


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "secret", ["", "short", "a secret with spaces in it", "0123456789abcdef)${SHELL(id)}"]
)
def test_a_secret_that_is_none_is_refused_and_not_shown(
    centre: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secret: str,
) -> None:
    monkeypatch.setenv(ROUTING_SECRET, secret)
    assert _render(add(centre, ROUTING), tmp_path) == 1
    told = capsys.readouterr().err
    assert ROUTING_SECRET in told
    assert not secret or secret not in told
