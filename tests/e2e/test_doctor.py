"""``moked doctor`` as its users run it, before a real centre: whole, and with things broken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.centre import Centre, Home
from tests.e2e.processes import moked_env
from tests.e2e.terminal import Terminal
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

_WITHIN = 90.0


@pytest.fixture
def home(centre: Centre) -> Iterator[Home]:
    made = centre.prepare("1001")
    yield made
    made.end_phone()


def command(home: Home, *options: str) -> list[str]:
    return [sys.executable, "-m", "agent_tui", "doctor", "--config", str(home.config), *options]


def doctor(home: Home, *options: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """Exit status, the findings by their names, and everything that was said."""
    ran = subprocess.run(
        command(home, "--json", *options),
        check=False,
        env=home.env,
        capture_output=True,
        timeout=_WITHIN,
        text=True,
    )
    findings = json.loads(ran.stdout)["findings"]
    return ran.returncode, {one["check"]: one for one in findings}, ran.stdout + ran.stderr


def test_a_whole_centre_is_well(home: Home) -> None:
    status, findings, said = doctor(home)
    judged = {check: one["verdict"] for check, one in findings.items()}
    assert judged == {
        "unicode": "good",
        "colours": "warning",
        "terminal": "skipped",
        "settings": "good",
        "sound": "skipped",
        "name": "good",
        "certificate": "warning",
        "password": "good",
        "registration": "good",
        "reachable": "good",
        "echo call": "good",
        "token": "good",
        "hub": "good",
        "exchange": "good",
    }
    assert status == 0
    assert findings["echo call"]["figures"]["mos"] > 4
    for secret in (home.env["MOKED_SIP_PASSWORD"], home.env["MOKED_HUB_TOKEN"]):
        assert secret not in said


def test_a_broken_centre_says_each_time_what_to_do(centre: Centre, home: Home) -> None:
    centre.stop_hub()
    home.env.pop("MOKED_HUB_TOKEN")
    home.env["MOKED_SIP_PASSWORD"] = "wrong"
    status, findings, _ = doctor(home, "--echo", "")
    failed = {check: one["cure"] for check, one in findings.items() if one["verdict"] == "failed"}
    assert set(failed) == {"registration", "token"}
    assert "moked login" in failed["registration"]
    assert "MOKED_HUB_TOKEN" in failed["token"], "this machine has no keyring"
    assert status == 1
    home.env["MOKED_HUB_TOKEN"] = "x" * 43
    _, findings, _ = doctor(home, "--echo", "")
    assert (findings["hub"]["verdict"], "[hub] url" in findings["hub"]["cure"]) == ("failed", True)


def test_the_engine_of_the_settings_is_the_one_looked_at(centre: Centre, asterisk: Asterisk) -> None:
    """The portable one has no reports to tell of; that our voice came back is proof enough."""
    home = centre.prepare("1101", account=asterisk.account("1101"))
    home.config.write_text(f'{home.config.read_text("utf-8")}\n[phone]\nengine = "pyvoip"\n', "utf-8")
    status, findings, _ = doctor(home)
    judged = {check: findings[check]["verdict"] for check in ("registration", "reachable", "echo call")}
    assert (status, set(judged.values())) == (0, {"good"})
    assert "there was no report of it" in findings["echo call"]["found"]
    assert "mos" not in findings["echo call"]["figures"]
    assert "certificate" not in findings, "there is none without TLS"


def test_a_slip_in_the_registrars_name_is_told_once(home: Home) -> None:
    text = home.config.read_text("utf-8").replace('domain = "', 'domain = "no-such-host.invalid:5061" # "')
    home.config.write_text(text, "utf-8")
    status, findings, _ = doctor(home)
    failed = [check for check, one in findings.items() if one["verdict"] == "failed"]
    assert (status, failed) == (1, ["name"])
    assert findings["registration"]["verdict"] == "skipped"


def test_every_exchange_of_the_settings_is_looked_at(home: Home) -> None:
    text = home.config.read_text("utf-8").replace(
        "[sip]\n", '[sip]\nfallback_domains = ["no-such-host.invalid:5061"]\n'
    )
    home.config.write_text(text, "utf-8")
    ran = subprocess.run(
        command(home, "--echo", ""),
        check=False,
        env=home.env,
        capture_output=True,
        timeout=_WITHIN,
        text=True,
    )
    assert "✔ name          localhost is" in ran.stdout
    assert "✖ name          no-such-host.invalid has no address" in ran.stdout
    assert "✔ registration" in ran.stdout
    assert ran.returncode == 1


def test_without_settings_it_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path / "config.toml", moked_env(tmp_path))
    status, findings, _ = doctor(home)
    assert (status, findings["settings"]["verdict"]) == (1, "failed")
    assert "There is no settings file" in findings["settings"]["found"]
    assert "registration" not in findings


def test_beside_an_open_desk_it_leaves_the_phone_alone(centre: Centre) -> None:
    with centre.desk("1001") as desk:
        desk.terminal.wait_for("● Registered", within=40)
        status, findings, _ = doctor(desk.home)
        assert (status, findings["registration"]["verdict"]) == (0, "skipped")
        assert "Close it" in findings["registration"]["found"]
        assert "● Registered" in desk.terminal.text


def test_an_open_desk_shows_it_and_keeps_its_phone(centre: Centre) -> None:
    """The checks are those of the command; the line is the running phone's, whose registration stays."""
    with centre.desk("1001") as desk:
        desk.terminal.wait_for("● Registered", within=40)
        desk.terminal.press("f11")
        desk.terminal.wait_for("✔ registration", "▲ reachable", "▲ certificate", "the hub sees the exchange")
        desk.terminal.wait_for("checks have something to say", within=_WITHIN)
        desk.terminal.press("escape")
        desk.terminal.wait_for("● Registered")


def test_people_read_a_table_in_their_terminal(home: Home) -> None:
    with Terminal(command(home), env=home.env, columns=100, lines=50) as terminal:
        terminal.wait_for("checks have something to say", within=_WITHIN)
        rows = terminal.rows
        assert terminal.modes == terminal.modes_before
    assert any(row.startswith("✔ registration  1001 at ") for row in rows)
    assert any(row.startswith("✔ echo call     our voice is back after ") for row in rows)
    assert any(row.startswith("▲ certificate") for row in rows)
    assert any(row.startswith("                → Tell the administrator") for row in rows)
