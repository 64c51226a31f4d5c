"""Where the desk's own files lie. Imports next to nothing, since the first picture waits for it."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def config_file() -> Path:
    """The settings when nothing else is said: in the user's directory for settings."""
    return platformdirs.user_config_path("moked", appauthor=False) / "config.toml"


def log_file(name: str) -> Path:
    """The log of one of the desk's processes, in the user's directory for logs, made where it is missing."""
    directory = platformdirs.user_log_path("moked", appauthor=False)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory / f"{name}.log"
