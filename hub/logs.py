"""The hub's log: one line an event on stderr, JSON unless a person reads it.

What is logged names contacts and agents by id. Tokens, notes, cards and callers' numbers are never logged.
"""

from __future__ import annotations

import logging
import sys

import structlog


def set_up() -> None:
    """Send structlog and the libraries' warnings to stderr."""
    person = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
