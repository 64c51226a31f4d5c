"""A new agent types ``moked`` and nothing else: a screen asks, a real hub answers, and the desk is there.

Later the administrator takes the device off, and the desk leads back to the same screen.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.contract.enrolment.served import Centre, serving
from tests.e2e.processes import moked_env
from tests.e2e.terminal import Terminal
from tests.pbx.certificates import make_certificates

TITLE = "Begin: make this your device"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    directory = tmp_path / "centre"
    directory.mkdir()
    with serving(make_certificates(directory)) as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home; the phone that a desk started there ends with it."""
    yield tmp_path / "home"
    runtime = os.environ["MOKED_RUNTIME_DIR"].encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"sip" in command and any(word.startswith(runtime) for word in command):
                os.kill(int(process.name), signal.SIGTERM)


def moked(home: Path) -> Terminal:
    """``moked`` in a terminal, with a keyring that lasts as long as it does."""
    env = moked_env(
        home,
        PYTHON_KEYRING_BACKEND="tests.conftest.MemoryKeyring",
        PYTHONPATH=str(Path(__file__).parents[2]),
    )
    return Terminal([sys.executable, "-m", "agent_tui"], env=env, columns=120, lines=40)


def test_a_new_agent_is_at_the_desk_by_a_code_and_again_after_the_device_was_taken_off(
    centre: Centre, home: Path
) -> None:
    code = centre.run("agent", "add", "yael").strip()
    with moked(home) as terminal:
        terminal.wait_for(TITLE)
        terminal.type(centre.url.removeprefix("https://"))
        terminal.press("tab")
        terminal.type(code)
        terminal.press("enter")
        terminal.wait_for("Offline", "Yael")
        assert TITLE not in terminal.text

        device = centre.run("agent", "devices", "yael").split()[0]
        centre.run("agent", "revoke", "yael", "--device", device)
        terminal.wait_for("does not know this device any more", "Log in", within=90)
        terminal.press("f9")
        terminal.wait_for(TITLE, centre.url)
        terminal.type(centre.run("agent", "add", "yael").strip())
        terminal.press("enter")
        terminal.wait_for("Offline", "Yael")
        terminal.press("ctrl+q")
        assert terminal.wait_ended() == 0
        terminal.wait_read()
        shown = terminal.painted
    log = "".join(file.read_text(errors="replace") for file in home.rglob("*.log"))
    for secret in (code, code.replace("-", "")):
        assert secret not in log
    assert b"Traceback" not in shown


def test_who_leaves_the_screen_is_told_of_the_other_ways_and_nothing_is_kept(home: Path) -> None:
    with moked(home) as terminal:
        terminal.wait_for(TITLE)
        terminal.press("escape")
        assert terminal.wait_ended() == 2
        terminal.wait_read()
        assert "moked demo" in terminal.text
    assert not list(home.rglob("config.toml"))
