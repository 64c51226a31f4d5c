"""A PipeWire of a test's own: its programs, and what it knows.

Several run beside each other: each has its own runtime directory and session bus.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.pbx.rig import ends_with_us
from tests.standing import Standing

_START_WITHIN = 30.0
_STOP_WITHIN = 5.0
_POLL = 0.02
_MANAGER = "WirePlumber [export]"
PROGRAMS = ("dbus-daemon", "pipewire", "wireplumber", "pw-cli", "pw-dump", "pw-link", "pw-play", "pw-record")


class SoundFailed(Exception):
    """PipeWire did not start, or did not obey; the text holds what it said."""


class PipeWire(Standing):
    """PipeWire with its session manager. A context manager that leaves nothing behind."""

    def __init__(self, quantum: int = 480) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ms-"))
        self._quantum = quantum
        self._processes: list[subprocess.Popen[bytes]] = []
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="pipewire")
        self.env = {
            "XDG_RUNTIME_DIR": str(self.directory),
            "PIPEWIRE_RUNTIME_DIR": str(self.directory),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.directory}/bus",
            # the realtime portal and the sound cards of this machine are none of a test's business
            "DISABLE_RTKIT": "1",
        }
        self._whole_env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "XDG_STATE_HOME": str(self.directory / "state"),
            **self.env,
        }

    def start(self) -> None:
        """Start all of it; raises ``SoundFailed``."""
        missing = [program for program in PROGRAMS if shutil.which(program) is None]
        if missing:
            raise SoundFailed(f"not installed: {', '.join(missing)}; see scripts/system-packages.sh")
        self.spawn("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={self._bus}")
        self.until((self.directory / "bus").exists, "a session bus")
        self.spawn("pipewire")
        self.until(lambda: bool(self.objects()), "PipeWire")
        self.spawn("wireplumber")
        self.until(lambda: _MANAGER in self._clients(), "the session manager")
        self.tell("pw-metadata", "-n", "settings", "0", "clock.force-quantum", str(self._quantum))

    @property
    def _bus(self) -> str:
        return self.env["DBUS_SESSION_BUS_ADDRESS"]

    def close(self) -> None:
        """End everything, the last begun first. Safe to call twice."""
        while self._processes:
            self.end(self._processes[-1])
        self._starter.shutdown()
        shutil.rmtree(self.directory, ignore_errors=True)

    def spawn(self, *command: str) -> subprocess.Popen[bytes]:
        """Begin a program of this sound system's; it ends with the rig, or before by ``end``."""
        # the kernel ties the child's life to the thread that begins it, so that is one that stays
        process = self._starter.submit(self._spawn, command).result(_START_WITHIN)
        self._processes.append(process)
        return process

    def _spawn(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with (self.directory / f"{command[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [*ends_with_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=self._whole_env,
            )

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End a program that was begun here."""
        self._processes.remove(process)
        process.terminate()
        try:
            process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_WITHIN)

    # The state of it all

    def objects(self) -> list[dict[str, Any]]:
        """All that PipeWire knows; nothing while it is not there."""
        done = subprocess.run(
            ["pw-dump"], env=self._whole_env, capture_output=True, timeout=_START_WITHIN, check=False
        )
        if done.returncode or not done.stdout.strip():
            return []
        # what changes while it looks follows as a list of its own
        objects: list[dict[str, Any]] = json.JSONDecoder().raw_decode(done.stdout.decode().lstrip())[0]
        return objects

    def ids(self, name: str) -> list[int]:
        """The objects of this name."""
        return [one["id"] for one in self.objects() if _props(one).get("node.name") == name]

    def _clients(self) -> set[str]:
        return {str(_props(one).get("application.name")) for one in self.objects()}

    def metadata(self) -> dict[str, list[dict[str, Any]]]:
        """Its stores of settings by name."""
        found = ((one.get("props") or {}, one.get("metadata") or []) for one in self.objects())
        return {props["metadata.name"]: entries for props, entries in found if "metadata.name" in props}

    def defaults(self) -> set[str]:
        """The devices that are given to whoever names none; nothing before there are any."""
        entries = self.metadata().get("default", [])
        wanted = ("default.audio.sink", "default.audio.source")
        return {entry["value"]["name"] for entry in entries if entry["key"] in wanted}

    def tell(self, *command: str) -> str:
        """Run one of its tools; raises ``SoundFailed`` with what it said."""
        done = subprocess.run(
            command, env=self._whole_env, capture_output=True, text=True, timeout=_START_WITHIN, check=False
        )
        if done.returncode:
            raise SoundFailed(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait until it is so; raises ``SoundFailed`` in the end."""
        deadline = time.monotonic() + _START_WITHIN
        while not reached():
            if time.monotonic() > deadline:
                raise SoundFailed(f"waited for {what}: {self.log()}")
            time.sleep(_POLL)

    def log(self) -> str:
        """What its programs said."""
        return "".join(f"\n{path.name}:\n{path.read_text()[-2000:]}" for path in self.directory.glob("*.log"))


def _props(one: dict[str, Any]) -> dict[str, Any]:
    props: dict[str, Any] = (one.get("info") or {}).get("props") or {}
    return props
