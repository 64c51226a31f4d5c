"""The agent's secrets come from the machine's own keyring, and no desk stays unpainted for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.acts import DANA
from tests.e2e.centre import Centre
from tests.e2e.machine_keyring import machine_keyring
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.pbx


def _kept(env: dict[str, str], account: str, secret: str) -> None:
    """Put a secret there by keyring's own command."""
    command = [sys.executable, "-m", "keyring", "set", "moked", account]
    subprocess.run(command, input=secret, env=env, text=True, check=True, capture_output=True, timeout=30)


def test_a_desk_registers_and_reaches_its_hub_by_what_the_keyring_has(centre: Centre) -> None:
    home = centre.prepare(DANA)
    password, token = home.env.pop("MOKED_SIP_PASSWORD"), home.env.pop("MOKED_HUB_TOKEN")
    with machine_keyring(home.place / "keyring", b"the user's own") as found:
        env = {**home.env, **found}
        subprocess.run(
            [sys.executable, "-m", "agent_tui", "login", "--config", str(home.config)],
            input=f"{password}\n",
            env=env,
            text=True,
            check=True,
            capture_output=True,
            timeout=30,
        )
        _kept(env, f"hub:{centre.url}", token)
        try:
            with Terminal(home.command, env=env) as screen:
                screen.wait_for("● Registered", "0 waiting", within=40)
                screen.end()
        finally:
            home.end_phone()
    files = [path for path in home.place.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if password.encode() in path.read_bytes()], "none has it in the clear"


def test_a_desk_is_there_while_its_keyring_waits_to_be_unlocked_and_can_be_left(centre: Centre) -> None:
    home = centre.prepare(DANA)
    del home.env["MOKED_SIP_PASSWORD"], home.env["MOKED_HUB_TOKEN"]
    home.env["PYTHON_KEYRING_BACKEND"] = "tests.stubs.keyrings.LockedKeyring"
    home.env["PYTHONPATH"] = str(Path(__file__).parents[2])
    with Terminal(home.command, env=home.env) as screen:
        screen.wait_for("No call", "Ctrl+Q", "PHONE DOWN", "keyring is locked", within=40)
        screen.press("ctrl+q")
        assert screen.wait_ended() == 0
