"""Text that stands in Asterisk's files.

Asterisk reads its files by lines, with ``;`` for comments and ``[...]`` for sections, and has no quoting that
works everywhere. So a value that holds any of these is refused, not escaped: a name cannot become a line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

from pydantic import AfterValidator, Field

_ACTS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029;\[\]\"\\$]")

AnyText = TypeVar("AnyText", str, Path)


class UnsafeValueError(ValueError):
    """A value could act in a configuration file. It may be a secret: the words name only the sign."""


def plain(value: AnyText) -> AnyText:
    """``value``, in which nothing acts. Raises ``UnsafeValueError``."""
    found = _ACTS.search(str(value))
    if found:
        raise UnsafeValueError(f"holds {found.group()!r}, which acts in Asterisk's files: leave it out")
    return value


PlainName: TypeAlias = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(plain)]
PlainPath: TypeAlias = Annotated[Path, AfterValidator(plain)]
Word: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""The name of a section or of a queue."""
Number: TypeAlias = Annotated[str, Field(pattern=r"^\+?[0-9*#]{1,32}$")]
"""What can be dialled: no letter, for in a pattern of the dialplan letters are wildcards."""
