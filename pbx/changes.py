"""What a rendering would change in Asterisk's directory, for eyes that must not see a secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

_SECRET = re.compile(r"((?:password|secret|md5_cred)\s*=>?).*")


def changes(rendered: Mapping[str, str], directory: Path) -> list[str]:
    """A unified diff from the files in ``directory`` to those ``rendered``; empty when nothing differs.

    A file that is not there counts as empty. Raises ``OSError`` for one that cannot be read.
    """
    return [
        _SECRET.sub(r"\1 (not shown)", line)
        for name, text in rendered.items()
        for line in difflib.unified_diff(
            _lines(directory / name),
            text.splitlines(),
            str(directory / name),
            f"rendered {name}",
            lineterm="",
        )
    ]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
