"""The hub's log: one line an event on stderr, as JSON or for a person.

What is logged names requests, agents and contacts by id. Tokens, notes, cards and callers' numbers are never
logged; since the words of an exception may quote any of them, of an exception only its type and place are.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any, TextIO

import stamina.instrumentation
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from edge.traces import places
from hub.settings import LogFormat

log = structlog.get_logger(__name__)


def set_up(look: LogFormat = "auto", to: TextIO | None = None) -> None:
    """Send what structlog and the libraries' warnings tell to stderr or ``to``, in one look."""
    stream = to or sys.stderr
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
    ]
    renderer = _renderer(look, stream)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    stamina.instrumentation.set_on_retry_hooks(())  # its own line quotes the exception


def tell_failed_task(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A loop's exception handler. asyncio's own would show the words of the exception."""
    log.error("a task failed that nobody waits for", exc_info=context.get("exception"))


def _renderer(look: LogFormat, stream: TextIO) -> Processor:
    person = stream.isatty()
    if look == "console" or (look == "auto" and person):
        return structlog.dev.ConsoleRenderer(colors=person, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _without_words(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Replaces ``exc_info`` by the types of the exceptions and the places they went through."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["exception"] = "".join(places(error)).rstrip()
    return event
