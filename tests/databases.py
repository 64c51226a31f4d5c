"""What the hub may stand on, for as many databases as tests want: SQLite's files, a Postgres server."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy.engine import URL

from hub.db.engine import sqlite_url
from tests.postgres import PostgresServer


class Databases(Protocol):
    """One kind of database."""

    def empty(self) -> URL:
        """A new database without a table."""
        ...

    def copy(self, url: URL) -> URL:
        """A new database as ``url`` is, to which nobody may be connected."""
        ...

    def drop(self, url: URL) -> None:
        """Delete a database, whoever is connected."""
        ...


@dataclass(frozen=True)
class SqliteDatabases:
    """Files in ``directory``."""

    directory: Path
    _numbers: count[int] = field(default_factory=count)

    def empty(self) -> URL:
        return sqlite_url(self.directory / f"hub{next(self._numbers)}.db")

    def copy(self, url: URL) -> URL:
        copied = self.empty()
        shutil.copy(_file(url), _file(copied))
        return copied

    def drop(self, url: URL) -> None:
        for file in self.directory.glob(f"{_file(url).name}*"):
            file.unlink()


@dataclass(frozen=True)
class PostgresDatabases:
    """Databases of one server, made from templates."""

    server: PostgresServer

    def empty(self) -> URL:
        return self.server.create()

    def copy(self, url: URL) -> URL:
        assert url.database
        return self.server.create(url.database)

    def drop(self, url: URL) -> None:
        self.server.drop(url)


def databases_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """The databases that a fixture's parameter names."""
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path_factory.mktemp("databases"))
    return PostgresDatabases(request.getfixturevalue("postgres"))


def _file(url: URL) -> Path:
    assert url.database
    return Path(url.database)
