"""What a log has of an exception: where it came from, and nothing that it quotes."""

from __future__ import annotations

import asyncio
import logging
import threading
from io import StringIO

import pytest

from edge.traces import WithoutWords, log_strays, survived

NUMBER = "0521234567"


def breaks() -> None:
    raise LookupError(NUMBER)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a log is told meanwhile."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(WithoutWords("%(message)s"))
    monkeypatch.setattr(LOG, "handlers", [handler])
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    return written


LOG = logging.Logger("tests.traces")


def has_places_alone(written: StringIO) -> bool:
    return (
        "LookupError" in written.getvalue()
        and "breaks" in written.getvalue()
        and NUMBER not in written.getvalue()
    )


def test_what_is_survived_is_logged_by_its_place(told: StringIO) -> None:
    with survived(LOG, "a test"):
        breaks()
    assert told.getvalue().startswith("a fault in a test\n")
    assert has_places_alone(told)


async def test_being_cancelled_is_no_fault(told: StringIO) -> None:
    with pytest.raises(asyncio.CancelledError), survived(LOG, "a test"):
        raise asyncio.CancelledError
    assert told.getvalue() == ""


async def test_a_task_that_nobody_waits_for_is_logged_without_words(told: StringIO) -> None:
    log_strays(LOG)
    asyncio.get_running_loop().call_soon(breaks)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert has_places_alone(told)


async def test_what_has_no_exception_is_told_by_its_kind(told: StringIO) -> None:
    log_strays(LOG)
    asyncio.get_running_loop().call_exception_handler({"message": NUMBER})
    assert told.getvalue() == "a task failed that nobody waits for\n"


async def test_a_thread_that_fails_is_logged_without_words(told: StringIO) -> None:
    log_strays(LOG)
    failing = threading.Thread(target=breaks)
    failing.start()
    failing.join()
    assert has_places_alone(told)
