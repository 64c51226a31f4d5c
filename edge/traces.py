"""Where an exception came from, for a log: its types and places, never its words nor a variable's value.

The words of an exception may quote a note, a card or a caller's number, and variables hold them.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def places(error: BaseException) -> Iterator[str]:
    """Type and traceback of ``error``, then those of what it consists of or came from. Each ends its line."""
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
    yield from traceback.format_tb(error.__traceback__)
    causes = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for cause in (*causes, before):
        if cause is not None:
            yield from places(cause)
