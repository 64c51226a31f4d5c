"""Where an exception came from, for a log: its types and places, never its words nor a variable's value.

The words of an exception may quote a note, a card, a caller's number or a password, and variables hold them.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeAlias

_Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def places(error: BaseException) -> Iterator[str]:
    """Type and traceback of ``error``, then those of what it consists of or came from. Each ends its line."""
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
    yield from traceback.format_tb(error.__traceback__)
    causes = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for cause in (*causes, before):
        if cause is not None:
            yield from places(cause)


class WithoutWords(logging.Formatter):
    """Writes of each exception no more than its places, whoever logs it: libraries do, too."""

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        """The places of ``ei``."""
        return "".join(places(ei[1])).rstrip() if ei[1] is not None else ""


def log_strays(log: logging.Logger) -> None:
    """Have ``log`` told of what fails in threads, and in tasks of this loop that nobody waits for.

    asyncio and threading would write the words. To be called in the loop.
    """

    def of_a_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("a task failed that nobody waits for", exc_info=error if error is not None else False)

    def of_a_thread(told: threading.ExceptHookArgs) -> None:
        log.error("a thread failed", exc_info=told.exc_value)

    asyncio.get_running_loop().set_exception_handler(of_a_task)
    threading.excepthook = of_a_thread


def survived(log: logging.Logger, what: str) -> AbstractContextManager[None, bool]:
    """Within it a fault of ours ends what is done, is logged as one in ``what``, and ends no more."""
    return _Survived(log, what)


class _Survived(AbstractContextManager[None, bool]):
    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._log.error("a fault in %s", self._what, exc_info=error)
        return True
