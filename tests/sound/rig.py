"""Sound cards for tests: a PipeWire of a test's own, with devices that are plugged in and out as told.

Several run beside each other: each has its own runtime directory and session bus. Real code on the way, and
no hardware: a device is PipeWire's null sink, which keeps time as a sound card does.
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


class SoundRig(Standing):
    """A PipeWire with its session manager. A context manager that leaves nothing behind."""

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
        self._until((self.directory / "bus").exists, "a session bus")
        self.spawn("pipewire")
        self._until(lambda: bool(self.objects()), "PipeWire")
        self.spawn("wireplumber")
        self._until(lambda: _MANAGER in self._clients(), "the session manager")
        self._tell("pw-metadata", "-n", "settings", "0", "clock.force-quantum", str(self._quantum))

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

    # Devices

    def plug_speaker(self, name: str) -> None:
        """A speaker; what it plays can be recorded."""
        self._make(name, "Audio/Sink")

    def plug_microphone(self, name: str) -> None:
        """A microphone, which hears what is played into the speaker ``<name>-mouth``."""
        if not self._ids(f"{name}-mouth"):
            self._make(f"{name}-mouth", "Audio/Sink")
        self._make(name, "Audio/Source/Virtual")
        self.link(f"{name}-mouth:monitor_MONO", f"{name}:input_MONO")

    def unplug(self, name: str) -> None:
        """Take a device away, whoever uses it."""
        for number in self._ids(name):
            self._tell("pw-cli", "destroy", str(number))
        self._until(lambda: not self._ids(name), f"{name} to be gone")

    def take_as_default(self, speaker: str, microphone: str) -> None:
        """Make these what is given to whoever names none."""
        # the session manager keeps defaults from the first device on
        self._until(lambda: "default" in self._metadata(), "defaults")
        for kind, name in (("sink", speaker), ("source", microphone)):
            value = json.dumps({"name": name})
            self._tell("pw-metadata", "0", f"default.configured.audio.{kind}", value, "Spa:String:JSON")
        self._until(lambda: self._defaults() == {speaker, microphone}, f"{speaker} by default")

    def _make(self, name: str, media_class: str) -> None:
        props = {
            "factory.name": "support.null-audio-sink",
            "node.name": name,
            "node.description": f"The {name}",
            "media.class": media_class,
            "object.linger": True,
            "audio.position": ["MONO"],
        }
        self._tell("pw-cli", "create-node", "adapter", json.dumps(props))
        self._until(lambda: bool(self._ids(name)) and f"{name}:" in self.ports(), f"{name} to be there")

    def link(self, source: str, sink: str) -> None:
        """Let one port hear another."""
        self._until(lambda: source in self.ports() and sink in self.ports(), f"{source} and {sink}")
        self._tell("pw-link", source, sink)

    def links(self) -> str:
        """Who hears whom, as ``pw-link`` says it."""
        return self._tell("pw-link", "-l")

    def ports(self) -> str:
        """All that can be linked, as ``pw-link`` says it."""
        return self._tell("pw-link", "-io")

    # Mouths and ears

    def play(self, wav: Path, speaker: str) -> subprocess.Popen[bytes]:
        """Play a file into a speaker."""
        return self.spawn("pw-play", "--target", speaker, str(wav))

    def record(self, wav: Path, speaker: str) -> subprocess.Popen[bytes]:
        """Record what a speaker plays, mono at 16 kHz; the file can be read while it grows."""
        return self.spawn(
            *("pw-record", "--target", speaker, "-P", "{ stream.capture.sink=true }"),
            *("--rate", "16000", "--channels", "1", "--format", "s16", str(wav)),
        )

    def record_both(self, wav: Path, left: str, right: str) -> subprocess.Popen[bytes]:
        """Record what two speakers play, side by side at 48 kHz, in time with each other."""
        name = f"recorder-{wav.stem}"
        recorder = self.spawn(
            *("pw-record", "--target", "0", "-P", json.dumps({"node.name": name})),
            *("--rate", "48000", "--channels", "2", "--format", "s16", str(wav)),
        )
        for speaker, channel in ((left, "FL"), (right, "FR")):
            self.link(f"{speaker}:monitor_MONO", f"{name}:input_{channel}")
        return recorder

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

    def _ids(self, name: str) -> list[int]:
        return [one["id"] for one in self.objects() if _props(one).get("node.name") == name]

    def _clients(self) -> set[str]:
        return {str(_props(one).get("application.name")) for one in self.objects()}

    def _metadata(self) -> dict[str, list[dict[str, Any]]]:
        found = ((one.get("props") or {}, one.get("metadata") or []) for one in self.objects())
        return {props["metadata.name"]: entries for props, entries in found if "metadata.name" in props}

    def _defaults(self) -> set[str]:
        entries = self._metadata().get("default", [])
        wanted = ("default.audio.sink", "default.audio.source")
        return {entry["value"]["name"] for entry in entries if entry["key"] in wanted}

    def _tell(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._whole_env, capture_output=True, text=True, timeout=_START_WITHIN, check=False
        )
        if done.returncode:
            raise SoundFailed(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def _until(self, reached: Callable[[], bool], what: str) -> None:
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
