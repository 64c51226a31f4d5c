"""Customers from CSV: the sample is whole, every fault is told by its line, hostile text is cleaned."""

from __future__ import annotations

from pathlib import Path

import pytest

import centre.model
from bots.demo_home import AGENT
from hub import sample
from hub.adapters.customer_csv import CsvError, read_customers, read_history, read_matters
from hub.db.customers import CustomerRow

_HEADER = "customer,name,language,numbers,segment,city,plan:Plan,owes\n"
_ANN = "C-1,Ann,en,0505550101 *27,gold,Haifa,Fibre,\n"


def _file(directory: Path, text: str) -> Path:
    path = directory / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sample_centre_is_whole() -> None:
    people = read_customers(sample.CUSTOMERS, "IL")
    known = {person.id for person in people}
    assert len(people) == 30
    assert {person.language for person in people} == {"en", "he"}
    assert len(read_matters(sample.MATTERS, known)) == 16
    assert len(read_history(sample.HISTORY, known)) == 29
    numbers = [number for person in people for number in person.numbers]
    assert all("55501" in number for number in numbers)


def test_customers_of_the_sample_have_agents_of_the_sample_and_the_demos_own_is_among_them() -> None:
    agents = {agent.id for agent in centre.model.load(sample.CENTRE).agents}
    own = {(one.facts["personal_agent"], one.language) for one in _people() if "personal_agent" in one.facts}
    assert {agent for agent, _ in own} == agents
    assert {(AGENT, "en"), (AGENT, "he")} <= own
    assert any("personal_agent" not in one.facts for one in _people())


def _people() -> tuple[CustomerRow, ...]:
    return read_customers(sample.CUSTOMERS, "IL")


def test_extra_columns_are_facts_and_with_a_label_fields(tmp_path: Path) -> None:
    (ann,) = read_customers(_file(tmp_path, _HEADER + _ANN), "IL")
    assert ann.numbers == ("+972505550101", "*27")
    assert ann.fields == (("Plan", "Fibre"),)
    assert ann.facts == {"plan": "Fibre"}


def test_hostile_text_is_cleaned(tmp_path: Path) -> None:
    row = "C-1,[/red]\x1b]0;x\x07\u202eAnn,en,,gold,Haifa,,\n"
    (ann,) = read_customers(_file(tmp_path, _HEADER + row), "IL")
    assert ann.name == "[/red]]0;xAnn"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("C-1,Ann,fr,,,,,\n", "language 'fr': en or he"),
        (",Ann,en,,,,,\n", "customer is empty"),
        ("C-1,,en,,,,,\n", "name is empty"),
        ("C-1,Ann,en,o5o,,,,\n", "'o5o' is no telephone number"),
        ("C-1,Ann,en,anonymous,,,,\n", "'anonymous' is no telephone number"),
        ("C-0,Zoe,en,,,,,\n", "customer 'C-0' is there twice"),
        ("C-1,Ann\n", "fewer values than columns"),
        ("C-1,Ann,en,,,,,,,\n", "more values than columns"),
    ],
)
def test_a_fault_is_told_by_its_line(tmp_path: Path, row: str, words: str) -> None:
    path = _file(tmp_path, _HEADER + _ANN.replace("C-1", "C-0") + row)
    with pytest.raises(CsvError) as told:
        read_customers(path, "IL")
    assert told.value.faults == [f"{path} line 3: {words}"]


def test_all_faults_are_told_up_to_a_limit(tmp_path: Path) -> None:
    path = _file(tmp_path, _HEADER + "C-1,Ann,fr,,,,,\n" * 50)
    with pytest.raises(CsvError) as told:
        read_customers(path, "IL")
    assert len(told.value.faults) == 20


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("customer,name,language,numbers,segment\n", "the column 'city' is missing"),
        ("customer,name,language,numbers,segment,city,Plan Name\n", "no such column: 'Plan Name'"),
        ("", "the column 'customer' is missing"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(CsvError, match="line 1") as told:
        read_customers(_file(tmp_path, header), "IL")
    assert words in str(told.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CsvError, match=r"x\.csv"):
        read_customers(path, "IL")


def test_matters_of_nobody_and_wrong_dates_are_told(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("customer,reference,title,opened,status\nC-9,R,T,2026-01-01,open\nC-1,R,T,soon,open\n")
    with pytest.raises(CsvError) as told:
        read_matters(path, {"C-1"})
    assert told.value.faults == [
        f"{path} line 2: there is no customer 'C-9'",
        f"{path} line 3: opened 'soon': a date as 2026-11-22, or with a time",
    ]
