"""What a rendering would change in Asterisk's directory, for eyes that must not see a secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from pathlib import Path

_SECRET = re.compile(r"^([+\- ]\s*(?:password|secret|md5_cred)\s*=>?)(.*)")
_MASK = " (not shown)"


def changes(rendered: Mapping[str, str], directory: Path, secrets: Collection[str]) -> list[str]:
    """A unified diff from the files in ``directory`` to those ``rendered``; empty when nothing differs.

    A file that is not there counts as empty. Raises ``OSError`` for one that cannot be read.
    """
    return [
        _masked(line, secrets)
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


def _masked(line: str, secrets: Collection[str]) -> str:
    """``line`` without its secret: what is in the place of one, and ours wherever they stand."""
    line = _SECRET.sub(rf"\1{_MASK}", line)
    for secret in secrets:
        line = line.replace(secret, _MASK.strip())
    return line
