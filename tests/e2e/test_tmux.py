"""``moked`` in tmux, as agents run it: picture, ring, answer, hang up, quit, and the terminal as it was."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

PROMPT = "the shell is back"


class Tmux:
    """A tmux server of this test's own, with one pane that runs a shell."""

    def __init__(self, directory: Path, env: dict[str, str]) -> None:
        self._socket = directory / "tmux"
        self._env = {**env, "TERM": "xterm-256color"}
        self._run("new-session", "-d", "-x", "120", "-y", "40", "-c", str(directory), "env PS1= sh")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), "-f", os.devnull, *arguments],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout

    @property
    def screen(self) -> str:
        """What a person sees in the pane."""
        return self._run("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        """Send keys by tmux's names."""
        self._run("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a line and press Enter."""
        self._run("send-keys", "-l", text)
        self._run("send-keys", "Enter")

    def sees(self, *texts: str) -> None:
        """Wait until all ``texts`` are on the screen at once."""
        try:
            eventually(lambda: all(text in self.screen for text in texts), f"{texts!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen}") from None

    def asked(self, what: str) -> str:
        """What tmux knows of the pane: a format of tmux(1)."""
        return self._run("display-message", "-p", what).strip()

    def close(self) -> None:
        """End the server and its pane."""
        self._run("kill-server")


@pytest.fixture
def shell(centre: Centre, surroundings: Path) -> Iterator[Tmux]:
    tmux = Tmux(surroundings, centre.env)
    yield tmux
    tmux.close()


def test_a_day_in_tmux(centre: Centre, console: Console, shell: Tmux, surroundings: Path) -> None:
    home = centre.prepare("1101")
    modes = "alternate=#{alternate_on} mouse=#{mouse_any_flag} keypad=#{keypad_flag} cursor=#{cursor_flag}"
    shell.type("stty -a > before")
    before = shell.asked(modes)
    setting = " ".join(f"{name}={shlex.quote(value)}" for name, value in home.env.items())
    try:
        shell.type(f"clear; env {setting} {shlex.join(home.command)}; stty -a > after; echo {PROMPT}")
        shell.sees("● Registered", "Queues")
        shell.keys("F9")
        shell.sees("▲ Ready", "free")
        customer = console.customer("support", number="0505550121")
        shell.sees("RINGING", "Ruth Ben-Ami")
        shell.keys("F2")
        shell.sees("TALKING")
        shell.keys("F8")
        shell.sees("WRAP-UP")
        customer.wait_gone()
        shell.keys("C-q")
        eventually(lambda: PROMPT in shell.screen.splitlines(), "the shell back")
    finally:
        home.end_phone()
    assert shell.asked(modes) == before
    assert "RINGING" not in shell.screen
    assert (surroundings / "after").read_text() == (surroundings / "before").read_text()
