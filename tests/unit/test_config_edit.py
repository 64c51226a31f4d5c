"""Values put into a settings file that a person wrote: everything else stays as it was."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.config import ConfigError
from agent_tui.config_edit import edited, edited_entry, read, write

TABLES = {"hub": {"url": "https://hub.example.com", "settings": None}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[hub]\nurl = "https://hub.example.com"\n'),
        ("[sip]\nuser = 1\n", '[sip]\nuser = 1\n\n[hub]\nurl = "https://hub.example.com"\n'),
        (
            '[hub] # ours\nca_file = "x" # keep\nurl="old"\nsettings = "s"\n# url = "a\u2028hint"\n'
            "[a.b]\nurl = 1\n",
            '[hub] # ours\nurl = "https://hub.example.com"\nca_file = "x" # keep\n# url = "a\u2028hint"\n'
            "[a.b]\nurl = 1\n",
        ),
    ],
)
def test_a_key_is_put_where_it_belongs(before: str, after: str) -> None:
    assert edited(before, TABLES) == after


@pytest.mark.parametrize(
    "text",
    ['hub.url = "x"\n', 'hub = { url = "x" }\n', '[hub]\n"url" = "x"\n', '[hub]\nnote = """\nurl = 1"""\n'],
)
def test_what_cannot_be_changed_line_by_line_is_left(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - tomllib's or ours
        edited(text, TABLES)


SETS = (
    '[audio]\nname = "A"\n[[audio.profile]] # one\nname = "B"\nspeaker = "old"\n\n'
    '[[audio.profile]]\nname = "C"\n'
)


def test_a_key_is_put_into_the_entry_of_that_name_and_no_other() -> None:
    after = edited_entry(SETS, "audio.profile", "B", {"speaker": "new", "ringer": None})
    assert after == SETS.replace('name = "B"\nspeaker = "old"', 'speaker = "new"\nname = "B"')
    profiles = tomllib.loads(edited_entry(SETS, "audio.profile", "C", {"speaker": "c"}))["audio"]["profile"]
    assert profiles == [{"name": "B", "speaker": "old"}, {"name": "C", "speaker": "c"}]


@pytest.mark.parametrize(
    ("text", "name"),
    [(SETS, "D"), ("", "B"), ('audio.profile = [{ name = "B" }]\n', "B")],
)
def test_an_entry_that_is_not_there_or_written_otherwise_is_left(text: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"no \[\[audio.profile\]\]|only be changed by hand"):
        edited_entry(text, "audio.profile", name, {"speaker": "x"})


@given(st.text(max_size=40))
def test_any_value_comes_back_as_it_is(value: str) -> None:
    if any(sign in value for sign in "\x7f") or any(0xD800 <= ord(sign) < 0xE000 for sign in value):
        return  # TOML has no such text, and cleaned text holds none
    assert tomllib.loads(edited("", {"hub": {"url": value}})) == {"hub": {"url": value}}


def test_a_file_is_replaced_in_one_step_and_keeps_its_mode(tmp_path: Path) -> None:
    where = tmp_path / "new" / "config.toml"
    write(where, "a = 1\n")
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    where.chmod(0o644)
    write(where, "a = 2\n")
    assert (read(where), stat.S_IMODE(where.stat().st_mode)) == ("a = 2\n", 0o644)
    assert [file.name for file in where.parent.iterdir()] == ["config.toml"]


def test_what_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        write(tmp_path / "file" / "config.toml", "")
    (tmp_path / "broken").write_text("[")
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "broken")
    assert read(tmp_path / "none") == ""
