"""The demo's own home: a temporary directory with settings for the desk and a copy of the sample centre."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from agent_tui.text.catalogue import chosen
from edge.runtime import private_directory

AGENT = "yael"
EXTENSION = "1001"
"""The person at the desk: an agent of the sample centre."""

_CONFIG = """\
# The demo's settings: they go when it ends.
[sip]
user = "{extension}"
domain = "{domain}"
display_name = "Yael Amir"
# Plain SIP on loopback; the voice is encrypted all the same.
transport = "udp"
media_encryption = "required"

[hub]
settings = "hub.toml"
agent = "{agent}"

[audio]
kind = "{audio}"

[desk]
language = "{language}"
"""

_NO_PBX = 'kind = "none"'


@dataclass(frozen=True, slots=True)
class DemoHome:
    """Where the demo's files lie."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> DemoHome:
        """Lay out ``root``, an empty private directory, with the sample centre and its hub on the lab."""
        home = cls(root)
        private_directory(home.runtime)
        home.logs.mkdir()
        with as_file(files("hub.sample")) as sample:
            shutil.copytree(sample, home.centre, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        home.connect_hub()
        return home

    @property
    def centre(self) -> Path:
        """Settings, customers and scripts; an edited script shows on the desk."""
        return self.root / "centre"

    @property
    def config(self) -> Path:
        """The desk's settings."""
        return self.centre / "config.toml"

    @property
    def hub_settings(self) -> Path:
        """The private hub's settings."""
        return self.centre / "hub.toml"

    @property
    def runtime(self) -> Path:
        """Sockets and locks."""
        return self.root / "run"

    @property
    def hub_socket(self) -> Path:
        """Where the desk looks for its private hub."""
        return self.runtime / "hub.sock"

    @property
    def lab_socket(self) -> Path:
        """The lab exchange's control socket."""
        return self.runtime / "lab.sock"

    @property
    def logs(self) -> Path:
        """What the demo's processes say of their own."""
        return self.root / "logs"

    def connect_hub(self) -> None:
        """Put the hub on the lab exchange."""
        text = self.hub_settings.read_text(encoding="utf-8")
        lab = text.replace(_NO_PBX, f'kind = "lab"\nsocket = "{self.lab_socket}"', 1)
        if lab == text:
            raise AssertionError("the sample hub's settings name no exchange")
        self.hub_settings.write_text(lab, encoding="utf-8")

    def write_config(self, domain: str, audio: str, surroundings: Mapping[str, str]) -> None:
        """Settings for the desk: an account at the exchange whose SIP address is ``domain``.

        Who tries the desk is no agent of the sample centre: the system's language is theirs.
        """
        language = chosen("", "", surroundings)
        config = _CONFIG.format(
            extension=EXTENSION, agent=AGENT, domain=domain, audio=audio, language=language
        )
        self.config.write_text(config, encoding="utf-8")

    def environment(self, surroundings: Mapping[str, str]) -> dict[str, str]:
        """``surroundings`` with this home in place of the user's, so that the demo leaves no trace."""
        own = {
            "XDG_CONFIG_HOME": "config",
            "XDG_DATA_HOME": "data",
            "XDG_STATE_HOME": "state",
            "XDG_CACHE_HOME": "cache",
        }
        places = {name: os.fspath(self.root / place) for name, place in own.items()}
        return {**surroundings, **places, "MOKED_RUNTIME_DIR": os.fspath(self.runtime)}
