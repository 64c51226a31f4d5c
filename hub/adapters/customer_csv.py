"""Customers, matters and history from CSV files, with every fault told by file and line.

- ``customers.csv``: ``customer,name,language,numbers,segment,city``, then one column a fact: ``plan`` is
  known to scripts, ``plan:Plan`` is shown on the card under that label as well; spaces separate numbers;
  ``personal_agent`` is the id of the agent whose customer it is
- ``matters.csv``: ``customer,reference,title,opened,status``
- ``history.csv``: ``customer,at,channel,summary,agent``
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from edge.text import clean
from hub.db.customers import CustomerRow, MatterRow, PastRow
from hub.domain.numbers import normalise

_CUSTOMER_COLUMNS = ("customer", "name", "language", "numbers", "segment", "city")
_MATTER_COLUMNS = ("customer", "reference", "title", "opened", "status")
_HISTORY_COLUMNS = ("customer", "at", "channel", "summary", "agent")
_FACT = re.compile(r"([a-z][a-z0-9_]*)(?::(.+))?")
_NUMBER = re.compile(r"[+*#]?[0-9*#]+")
_MOST_FAULTS = 20

_Row = TypeVar("_Row")


class CsvError(Exception):
    """A file cannot be imported. ``faults`` tell each place; ``str(error)`` holds them all, a line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_customers(path: Path, country: str) -> tuple[CustomerRow, ...]:
    """The customers in ``path``; ``country`` reads numbers without a country code. Raises ``CsvError``."""
    seen: set[str] = set()

    def customer(row: Mapping[str, str]) -> CustomerRow:
        key = _needed(row, "customer", 64)
        if key in seen:
            raise ValueError(f"customer {key!r} is there twice")
        seen.add(key)
        return _customer(row, key, country)

    return _read(path, _CUSTOMER_COLUMNS, customer, facts=True)


def read_matters(path: Path, known: Set[str]) -> tuple[MatterRow, ...]:
    """The open matters in ``path``, of ``known`` customers. Raises ``CsvError``."""
    return _read(path, _MATTER_COLUMNS, lambda row: _matter(row, known))


def read_history(path: Path, known: Set[str]) -> tuple[PastRow, ...]:
    """The past contacts in ``path``, of ``known`` customers. Raises ``CsvError``."""
    return _read(path, _HISTORY_COLUMNS, lambda row: _past(row, known))


def _read(
    path: Path, columns: tuple[str, ...], make: Callable[[Mapping[str, str]], _Row], *, facts: bool = False
) -> tuple[_Row, ...]:
    made: list[_Row] = []
    faults: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=True)
            _check_header(path, reader.fieldnames or (), columns, facts=facts)
            for row in reader:
                try:
                    made.append(make(_whole(row)))
                except ValueError as error:
                    faults.append(f"{path} line {reader.line_num}: {error}")
                if len(faults) >= _MOST_FAULTS:
                    break
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CsvError([f"{path}: {error}"]) from None
    if faults:
        raise CsvError(faults)
    return tuple(made)


def _check_header(path: Path, header: object, columns: tuple[str, ...], *, facts: bool) -> None:
    names = tuple(header) if isinstance(header, (list, tuple)) else ()
    missing = [name for name in columns if name not in names]
    if missing:
        raise CsvError([f"{path} line 1: the column {missing[0]!r} is missing"])
    for name in names:
        if name not in columns and not (facts and _FACT.fullmatch(name)):
            raise CsvError([f"{path} line 1: no such column: {name!r}"])


def _whole(row: dict[str, str | None]) -> Mapping[str, str]:
    if "" in row:
        raise ValueError("more values than columns")
    whole = {name: value for name, value in row.items() if value is not None}
    if len(whole) < len(row):
        raise ValueError("fewer values than columns")
    return whole


def _customer(row: Mapping[str, str], key: str, country: str) -> CustomerRow:
    if row["language"] not in {"en", "he"}:
        raise ValueError(f"language {row['language']!r}: en or he")
    extra = list(_extra(row))
    return CustomerRow(
        id=key,
        name=_needed(row, "name", 120),
        language=row["language"],
        numbers=tuple(dict.fromkeys(_number(number, country) for number in row["numbers"].split())),
        segment=clean(row["segment"], limit=60),
        city=clean(row["city"], limit=80),
        fields=tuple((label, value) for _name, label, value in extra if label and value),
        facts={name: value for name, _label, value in extra if value},
    )


def _extra(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for column, value in row.items():
        found = _FACT.fullmatch(column)
        if column not in _CUSTOMER_COLUMNS and found:
            yield found[1], clean(found[2], limit=40), clean(value)


def _number(raw: str, country: str) -> str:
    number = normalise(raw, country)
    if number is None or not _NUMBER.fullmatch(number):
        raise ValueError(f"{clean(raw)!r} is no telephone number")
    return number


def _matter(row: Mapping[str, str], known: Set[str]) -> MatterRow:
    return MatterRow(
        customer=_known(row, known),
        reference=_needed(row, "reference", 64),
        title=_needed(row, "title", 200),
        opened=_time(row, "opened"),
        status=clean(row["status"]),
    )


def _past(row: Mapping[str, str], known: Set[str]) -> PastRow:
    return PastRow(
        customer=_known(row, known),
        at=_time(row, "at"),
        channel=_needed(row, "channel", 40),
        summary=clean(row["summary"], limit=500),
        agent=clean(row["agent"]),
    )


def _known(row: Mapping[str, str], known: Set[str]) -> str:
    key = _needed(row, "customer", 64)
    if key not in known:
        raise ValueError(f"there is no customer {key!r}")
    return key


def _needed(row: Mapping[str, str], column: str, limit: int) -> str:
    value = clean(row[column], limit=limit)
    if not value:
        raise ValueError(f"{column} is empty")
    return value


def _time(row: Mapping[str, str], column: str) -> datetime:
    try:
        moment = datetime.fromisoformat(row[column])
    except ValueError:
        raise ValueError(f"{column} {clean(row[column])!r}: a date as 2026-11-22, or with a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
