"""``moked hub crm try``: an administrator sees what is asked, answered and made of it, and no secret."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from centre.secrets import CRM_SECRET
from hub.__main__ import main
from tests.contract.crms import stand_in
from tests.stubs.crm_server import HTML, SECRET, Answer, CrmApi
from tests.stubs.odoo import DATABASE
from tests.stubs.rest_crm import CLIENT, TOML

USAGE = 2
"""As argparse ends, where an argument is wrong."""

pytestmark = pytest.mark.usefixtures("own_process")


@pytest.fixture(params=["hubspot", "odoo", "rest", "rest by oauth2"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def api(kind: str) -> Iterator[CrmApi]:
    with stand_in(kind.partition(" ")[0]) as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, api: CrmApi, kind: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CRM_SECRET, SECRET)
    rest = re.sub(r"^\[", "[crm.", TOML.format(address=api.address), flags=re.MULTILINE)
    login = f'{{ kind = "oauth2", token_address = "{api.address}/oauth/token", client_id = "{CLIENT}" }}'
    sections = {
        "hubspot": f'kind = "hubspot"\naddress = "{api.address}"\n',
        "odoo": f'kind = "odoo"\naddress = "{api.address}"\ndatabase = "{DATABASE}"\n',
        "rest": rest,
        "rest by oauth2": rest.replace('{ kind = "bearer" }', login),
    }
    file = tmp_path / "hub.toml"
    file.write_text(f"[crm]\ntimeout_seconds = 5.0\n{sections[kind]}")
    return file


def test_it_shows_what_was_asked_and_answered_and_the_card(
    config: Path, api: CrmApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["crm", "try", "050-555-0101", "--config", str(config)]) == os.EX_OK
    told = capsys.readouterr()
    asked = [one for one in api.asked if one.path != "/oauth/token"]
    assert all(f"{one.method} {api.address}{one.path}" in told.out for one in asked)
    for one in asked:
        sent = json.dumps(one.json(), ensure_ascii=False, indent=2) if one.body else ""
        assert all(f"> {line}\n" in told.out for line in sent.splitlines()), sent
    assert "< 200" in told.out
    assert "customer 1001: נועה ברק" in told.out
    assert "matter" in told.out or "odoo" in config.read_text()
    assert "looked up as '+972505550101'" in told.err
    assert "customers found: 1" in told.err
    given = api.told.get("given", [])
    for secret in (SECRET, *given):
        assert secret not in told.out + told.err
    assert "•••" in told.out


def test_what_goes_wrong_is_shown_and_named(
    config: Path, api: CrmApi, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = f"{HTML}\x1b[2J\u202e{SECRET}"
    api.broken["/json/2" if "odoo" in config.read_text() else "c"] = Answer(200, evil)
    assert main(["crm", "try", "0505550101", "--config", str(config)]) == os.EX_CONFIG
    told = capsys.readouterr()
    assert "CrmGarbled: The CRM answers with a page" in told.err
    assert "Please log in" in told.out or "oauth" in config.read_text()
    assert "\x1b" not in told.out + told.err
    assert "\u202e" not in told.out + told.err
    assert SECRET not in told.out + told.err


@pytest.mark.parametrize("number", ["anonymous", "Restricted", "0", "", " "])
def test_a_withheld_number_is_not_asked_about(
    config: Path, api: CrmApi, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["crm", "try", number, "--config", str(config)]) == USAGE
    assert "withheld" in capsys.readouterr().err
    assert api.asked == []


@pytest.mark.parametrize(
    "number", ["hello", "+972hello", "+1", "*", "1" * 30, "sip:1@pbx.example", "הלו\x1b[2J"]
)
def test_what_is_no_number_is_not_asked_about(
    config: Path, api: CrmApi, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["crm", "try", number, "--config", str(config)]) == USAGE
    told = capsys.readouterr()
    assert "is no telephone number: write" in told.err
    assert "*1234" in told.err
    assert "\x1b" not in told.err
    assert (told.out, api.asked) == ("", [])


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("*1234", "*1234"),
        ("#31", "#31"),
        ("2700", "2700"),
        ("+442079460000", "+442079460000"),
        ("02-555-0101", "+97225550101"),
        ("972 50 555 0177", "+972505550177"),
    ],
)
def test_a_number_is_asked_about_as_a_caller_s_is(
    config: Path, api: CrmApi, typed: str, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["crm", "try", typed, "--config", str(config)]) == os.EX_OK
    told = capsys.readouterr()
    assert f"looked up as {asked!r}" in told.err
    assert "customers found: 0" in told.err
    assert api.asked
