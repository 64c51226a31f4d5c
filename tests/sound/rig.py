"""Sound cards for tests: devices in a PipeWire of the test's own, plugged in and out as told.

Real code on the way, and no hardware: a device is PipeWire's null sink, which keeps time as a card does.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.sound.pipewire import PipeWire
from tests.standing import Standing


class SoundRig(Standing):
    """Devices, mouths and ears. A context manager that leaves nothing behind."""

    def __init__(self) -> None:
        self.pipewire = PipeWire()

    def start(self) -> None:
        """Have a PipeWire; raises ``SoundFailed``."""
        self.pipewire.start()

    def close(self) -> None:
        """Take everything away. Safe to call twice."""
        self.pipewire.close()

    # Devices

    def plug_speaker(self, name: str) -> None:
        """A speaker; what it plays can be recorded."""
        self._make(name, "Audio/Sink")

    def plug_microphone(self, name: str) -> None:
        """A microphone, which hears what is played into the speaker ``<name>-mouth``."""
        if not self.pipewire.ids(f"{name}-mouth"):
            self._make(f"{name}-mouth", "Audio/Sink")
        self._make(name, "Audio/Source/Virtual")
        self.link(f"{name}-mouth:monitor_MONO", f"{name}:input_MONO")

    def unplug(self, name: str) -> None:
        """Take a device away, whoever uses it."""
        for number in self.pipewire.ids(name):
            self.pipewire.tell("pw-cli", "destroy", str(number))
        self.pipewire.until(lambda: not self.pipewire.ids(name), f"{name} to be gone")

    def take_as_default(self, speaker: str, microphone: str) -> None:
        """Make these what is given to whoever names none."""
        # the session manager keeps defaults from the first device on
        self.pipewire.until(lambda: "default" in self.pipewire.metadata(), "defaults")
        for kind, name in (("sink", speaker), ("source", microphone)):
            value = json.dumps({"name": name})
            self.pipewire.tell(
                "pw-metadata", "0", f"default.configured.audio.{kind}", value, "Spa:String:JSON"
            )
        self.pipewire.until(
            lambda: self.pipewire.defaults() == {speaker, microphone}, f"{speaker} by default"
        )

    def _make(self, name: str, media_class: str) -> None:
        props = {
            "factory.name": "support.null-audio-sink",
            "node.name": name,
            "node.description": f"The {name}",
            "media.class": media_class,
            "object.linger": True,
            "audio.position": ["MONO"],
        }
        self.pipewire.tell("pw-cli", "create-node", "adapter", json.dumps(props))
        self.pipewire.until(
            lambda: bool(self.pipewire.ids(name)) and f"{name}:" in self.ports(), f"{name} to be there"
        )

    def link(self, source: str, sink: str) -> None:
        """Let one port hear another."""
        self.pipewire.until(lambda: source in self.ports() and sink in self.ports(), f"{source} and {sink}")
        self.pipewire.tell("pw-link", source, sink)

    def links(self) -> str:
        """Who hears whom, as ``pw-link`` says it."""
        return self.pipewire.tell("pw-link", "-l")

    def ports(self) -> str:
        """All that can be linked, as ``pw-link`` says it."""
        return self.pipewire.tell("pw-link", "-io")

    # Mouths and ears

    def play(self, wav: Path, speaker: str) -> subprocess.Popen[bytes]:
        """Play a file into a speaker."""
        return self.pipewire.spawn("pw-play", "--target", speaker, str(wav))

    def record(self, wav: Path, speaker: str) -> subprocess.Popen[bytes]:
        """Record what a speaker plays, mono at 16 kHz; the file can be read while it grows."""
        return self.pipewire.spawn(
            *("pw-record", "--target", speaker, "-P", "{ stream.capture.sink=true }"),
            *("--rate", "16000", "--channels", "1", "--format", "s16", str(wav)),
        )

    def record_both(self, wav: Path, left: str, right: str) -> subprocess.Popen[bytes]:
        """Record what two speakers play, side by side at 48 kHz, in time with each other."""
        name = f"recorder-{wav.stem}"
        recorder = self.pipewire.spawn(
            *("pw-record", "--target", "0", "-P", json.dumps({"node.name": name})),
            *("--rate", "48000", "--channels", "2", "--format", "s16", str(wav)),
        )
        for speaker, channel in ((left, "FL"), (right, "FR")):
            self.link(f"{speaker}:monitor_MONO", f"{name}:input_{channel}")
        return recorder
