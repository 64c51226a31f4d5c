"""What every test stands on: a home, a clock zone and a keyring of its own; one Asterisk and one Postgres for
the run, and a database for each test that wants one.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
import structlog
from hypothesis import settings
from sqlalchemy.engine import URL
from textual.css.stylesheet import Stylesheet

from agent_tui.commands import shortcuts
from agent_tui.text import catalogue
from tests.databases import Databases, databases_of
from tests.order import in_order
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk
from tests.pbx.root import find_root
from tests.postgres import NoPostgres, PostgresServer
from tests.settled import settled
from tests.style_sheets import parsed_once

settings.register_profile("moked", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("moked")

_YOUNG = 20_000
"""New objects after which the young ones are looked through for garbage."""
_KEPT = ("PATH", "CI", "TERM", "MOKED_ASTERISK_ROOT", "TMPDIR")
"""Of the surroundings a test sees only these."""


class MemoryKeyring(keyring.backend.KeyringBackend):
    """Keeps passwords for one test."""

    priority = 1.0

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("no such password")


@pytest.fixture
def own_process() -> Iterator[None]:
    """For what is run in this process and sets up its umask and log, which here are all tests' own."""
    umask, log = os.umask(0o022), logging.getLogger()
    handlers, level = log.handlers[:], log.level
    yield
    os.umask(umask)
    log.handlers[:] = handlers
    log.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home and a private runtime directory, UTC, an own locale and keyring; yields the home.

    The directory's name is short, since the path of a Unix socket holds 107 bytes at most (unix(7)).
    """
    directory = Path(tempfile.mkdtemp(prefix="mt-"))
    home = directory / "home"
    home.mkdir()
    for name in set(os.environ) - set(_KEPT):
        if not name.startswith(("PYTEST_", "COVERAGE", "PYTHON", "HYPOTHESIS", "TEXTUAL_SNAPSHOT_")):
            monkeypatch.delenv(name)
    places = {"XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_CACHE_HOME": ".cache"}
    for name, place in {**places, "XDG_STATE_HOME": ".local/state"}.items():
        monkeypatch.setenv(name, str(home / place))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MOKED_RUNTIME_DIR", str(directory / "run"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANG", "C.UTF-8")
    catalogue.use("en")
    shortcuts.use({})
    shortcuts.draw_arrows(True)
    shortcuts.say_words({})
    time.tzset()
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield home
    keyring.set_keyring(before)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _as_from_a_terminal() -> None:
    """What tests start hears of a closed terminal, which it would not where the run is under ``nohup``."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_parsed_once() -> Iterator[None]:
    """No desk of a test parses what the one before it has parsed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _waited_for_what_is_left_to_do() -> Iterator[None]:
    """Not for a processor that rests, nor for the next of the frames that a terminal gets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agent_tui.screens.paced.FRAME", 0.001)
        for module in ("app", "pilot"):
            patch.setattr(f"textual.{module}.wait_for_idle", settled)
        yield


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    """The run's Asterisk, started by the first test that wants it. Each test finds it calm."""
    with Asterisk(find_root()) as exchange:
        yield exchange


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The run's Postgres, started by the first test that wants it."""
    try:
        server = PostgresServer()
    except NoPostgres as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Whoever opens a database of the hub does it on both kinds."""
    return databases_of(request, tmp_path_factory)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[URL]:
    """A database without a table."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def console(asterisk: Asterisk) -> Console:
    """The tests' own hand on the exchange: customers, channels."""
    return Console(asterisk)


@pytest.fixture(autouse=True)
def calm_exchange(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test on the Asterisk: it runs, nobody calls, no member is left, every figure is nought."""
    yield
    if "asterisk" not in request.fixturenames:
        return
    exchange: Asterisk = request.getfixturevalue("asterisk")
    if not exchange.running:
        exchange.start()
    Console(exchange).calm()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever asks for the Asterisk bears the mark ``pbx``, so that it can be chosen or left out."""
    if "asterisk" in getattr(item, "fixturenames", ()):
        item.add_marker("pbx")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers take the files as they stand here: after pytest put those of one database together."""
    items[:] = in_order(items)


def pytest_collection_finish() -> None:
    """Python looks for garbage among what tests make, not again and again among all modules and tests, and as
    seldom as in the hub: a third of what a test of the desk costs otherwise.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test on the Asterisk shows the end of Asterisk's log."""
    report = yield
    funcargs = getattr(item, "funcargs", {})
    exchange = funcargs.get("asterisk")
    if report.when == "call" and report.failed and isinstance(exchange, Asterisk):
        report.sections.append(("Asterisk's log", exchange.log()[-6000:]))
    return report
