"""Script files: what is read, and how a fault is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import sample
from hub.contract import Condition
from hub.domain.scripts import ScriptError, parse_script

_HEAD = 'queue = "support"\nlanguage = "en"\ntitle = "Support"\n'
_GREET = '[[steps]]\nid = "greet"\ntitle = "Hello {name}"\nanswers = ["yes", "no"]\n'


def _parse(text: str) -> object:
    return parse_script("support.en.toml", text.encode())


@pytest.mark.parametrize("path", sorted(sample.SCRIPTS.glob("*.toml")), ids=lambda path: path.name)
def test_the_samples_scripts_are_sound(path: Path) -> None:
    read = parse_script(path.name, path.read_bytes())
    assert f"{read.queue}.{read.script.language}.toml" == path.name


def test_a_script_is_read_whole() -> None:
    more = (
        '[[steps]]\nid = "end"\ntitle = "End"\ntext = "Bye"\nwhen = [{ answer = "greet", values = ["no"] }]\n'
    )
    read = parse_script("support.en.toml", (_HEAD + _GREET + more).encode())
    assert (read.queue, read.script.id, read.script.title) == ("support", "support.en", "Support")
    assert [step.id for step in read.script.steps] == ["greet", "end"]
    assert read.script.steps[1].when == (Condition(answer="greet", values=("no",)),)


def test_every_edit_changes_the_revision() -> None:
    one = parse_script("a.toml", (_HEAD + _GREET).encode())
    other = parse_script("a.toml", (_HEAD + _GREET + "# a word\n").encode())
    assert one.script.revision != other.script.revision
    assert one == parse_script("a.toml", (_HEAD + _GREET).encode())


def test_text_from_the_file_is_cleaned() -> None:
    step = '[[steps]]\nid = "a"\ntitle = "A\\u202Eb"\ntext = "one\\u001b[2J\\ntwo"\n'
    (read,) = parse_script("a.toml", (_HEAD + step).encode()).script.steps
    assert (read.title, read.text) == ("Ab", "one[2J\ntwo")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("when = [{ fact = 'x', operator = 'matches', values = ['1'] }]", "when.0.operator"),
        ("when = [{ fact = 'x', operator = 'is' }]", "'is' needs values"),
        ("when = [{ values = ['x'] }]", "one of fact and answer"),
        ("when = [{ fact = 'x', answer = 'greet', values = ['yes'] }]", "one of fact and answer"),
        ("when = [{ fact = '__class__', operator = 'present' }]", "no plain name"),
        ("when = [{ answer = 'later', values = ['yes'] }]", "no earlier step 'later'"),
        ("when = [{ answer = 'greet', values = ['maybe'] }]", "'maybe' is no answer of step 'greet'"),
        ("text = 'Hello {name.__class__}'", "{name.__class__}: between braces"),
        ("text = 'Hello {name!r}'", "{name!r}: between braces"),
        ("text = 'Hello {name'", "{name: between braces"),
        ("text = 'Hello }'", "}: between braces"),
        ("eval = '1+1'", "eval: no such key"),
        ("answers = 'yes'", "answers"),
    ],
)
def test_a_fault_is_told_by_file_line_and_step(step: str, words: str) -> None:
    text = _HEAD + _GREET + f'\n[[steps]]\nid = "bad"\ntitle = "Bad"\n{step}\n'
    with pytest.raises(ScriptError) as told:
        _parse(text)
    assert str(told.value).startswith("support.en.toml: line 9: step 'bad': ")
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("queue = x\n", "line 1"),
        (_HEAD, "between 1 and"),
        (_HEAD.replace("support", "") + _GREET, "queue"),
        (_HEAD.replace('"en"', '"fr"') + _GREET, "language"),
        (_HEAD + 'colour = "red"\n' + _GREET, "no such key: colour"),
        (_HEAD + _GREET + _GREET, "an earlier step of this name"),
        (_HEAD + 'steps = ["a"]\n', "a step is a table"),
        (_HEAD + "steps = 3\n", "between 1 and"),
        (_HEAD + _GREET.replace('"greet"', '"Greet me"'), "small letters"),
    ],
)
def test_a_file_that_is_no_script_is_refused(text: str, words: str) -> None:
    with pytest.raises(ScriptError, match=r"support\.en\.toml") as told:
        _parse(text)
    assert words in str(told.value)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(ScriptError):
        parse_script("x.toml", data)
