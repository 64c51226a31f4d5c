"""In which language a command speaks, and who orders its Hebrew, read without all that the desk is made of.

A settings file with a mistake in it still says which language the mistake is to be told in.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import NamedTuple

from agent_tui.text import catalogue


class Manners(NamedTuple):
    """``[desk] language`` and ``[terminal] bidi`` as they are written; empty where they are not."""

    language: str = ""
    bidi: str = ""


def manners(config: Path) -> Manners:
    """Those of a settings file; none of one that is not there or cannot be read."""
    try:
        tables = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # tomllib's and the decoder's errors are ValueErrors
        return Manners()
    return Manners(_text(tables, "desk", "language"), _text(tables, "terminal", "bidi"))


def speak(config: Path) -> Manners:
    """Speak as the settings say, else as the system does, by the desk's own rule."""
    found = manners(config)
    catalogue.use(catalogue.chosen(found.language, "", os.environ))
    return found


def _text(tables: dict[str, object], table: str, key: str) -> str:
    values = tables.get(table)
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""
