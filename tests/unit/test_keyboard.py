"""The table of keys: each act has one, no two have the same, and the settings may choose others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.overlay_keys import OVERLAY_KEYS
from agent_tui.commands.shortcuts import (
    BY_ID,
    DISMISS,
    FIXED,
    PARTS,
    SHORTCUTS,
    keymap,
    label,
    named,
    sent_as,
    use,
)
from agent_tui.config import ConfigError, KeysSection, load
from agent_tui.config_keys import read_key
from agent_tui.text import catalogue
from agent_tui.text.catalogue import KEY, Phrase, _
from tools.catalogue import catalogue as tools_catalogue
from tools.catalogue import messages

LEAST = '[sip]\nuser = "1001"\ndomain = "pbx.example.com"\n[keys]\n'


def keys_of(path: Path, text: str) -> dict[str, str]:
    file = path / "config.toml"
    file.write_text(LEAST + text, encoding="utf-8")
    return load(file).keys.chosen


def refused(path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        keys_of(path, text)
    return str(caught.value)


def test_every_act_of_the_desk_is_in_the_table() -> None:
    told: set[type[do.Command] | None] = {command for shortcut in SHORTCUTS for command in shortcut.commands}
    told |= {part.meaning.command for part in PARTS} | {DISMISS.command}
    told |= {one.command for key in OVERLAY_KEYS for one in key.meanings} - {None}
    told |= {command for fixed in FIXED for command in fixed.commands}
    by_typing = {do.SearchHistory, do.EditAnswer, do.EditEarly}
    by_a_screen_that_opens_or_closes = {
        *(do.LeaveHistory, do.LeaveFloor, do.LeaveCustomers, do.LeaveFile),
        *(do.FindDevices, do.SeeConversation),
    }
    assert told == set(get_args(do.Command)) - by_typing - by_a_screen_that_opens_or_closes


def test_each_id_can_be_given_another_key_and_nothing_else_can() -> None:
    assert list(KeysSection.model_fields) == list(BY_ID)
    assert KeysSection().chosen == {one.id: one.key for one in SHORTCUTS}


def test_no_usual_key_is_there_twice_or_could_not_be_written() -> None:
    usual = [one.key for one in SHORTCUTS]
    assert len(set(usual)) == len(usual)
    assert [read_key(label(key)) for key in usual] == usual
    fixed = {key for one in FIXED for key in one.keys}
    assert not fixed & set(usual)


@pytest.mark.parametrize(
    ("written", "key", "shown"),
    [
        ("F2", "f2", "F2"),
        ("f12", "f12", "F12"),
        ("Ctrl+P", "ctrl+p", "Ctrl+P"),
        (" ctrl + ↓ ", "ctrl+down", "Ctrl+↓"),
        ("INS", "insert", "Insert"),
    ],
)
def test_keys_are_written_as_people_write_them(written: str, key: str, shown: str) -> None:
    assert read_key(written) == key
    assert label(key) == shown


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("a", "is typed into the note"),
        ("ש", "is typed into the note"),
        ("ctrl+v", "is needed to edit the note"),
        ("ctrl+m", "is the same as Enter to a terminal"),
        ("ctrl+i", "is the same as Tab to a terminal"),
        ("escape", "means the same everywhere"),
        ("enter", "means the same everywhere"),
        ("alt+f4", "is no key that every terminal knows"),
        ("ctrl+pageup", "is no key that every terminal knows"),
        ("f13", "is no key that every terminal knows"),
        ("", "is no key that every terminal knows"),
    ],
)
def test_what_is_no_key_for_an_act_is_refused_with_another(tmp_path: Path, written: str, why: str) -> None:
    told = "".join(
        char for char in refused(tmp_path, f'answer = "{written}"\n') if char not in "\u2068\u2069"
    )
    assert told.startswith(f"{tmp_path / 'config.toml'} line 5: [keys] answer: {written!r} {why}")
    assert "take F1 to F12, or Ctrl with one of" in told


def test_one_key_for_two_acts_is_refused_with_both_and_a_free_one(tmp_path: Path) -> None:
    told = refused(tmp_path, 'mute = "f2"\n')
    assert "[keys] F2 is both answer and mute" in told
    next_step = told.partition("as in ")[2]
    assert keys_of(tmp_path, f"{next_step}\n")["answer"] == "f2"


def test_all_that_is_wrong_with_the_keys_is_told_at_once(tmp_path: Path) -> None:
    told = refused(tmp_path, 'hangup = "f2"\nhelp = "a"\nmute = "f2"\nhold = "f2"\nquit = "f13"\n')
    told = "".join(char for char in told if char not in "\u2068\u2069")
    assert "[keys] has no key 'hangup'" in told
    assert "help: 'a' is typed into the note" in told
    assert "quit: 'f13' is no key" in told
    assert "F2 is both answer and mute" in told
    assert "F2 is both answer and hold" in told
    instead = re.findall(r'as in (\w+ = ".*?")', told)
    assert len(instead) == 2
    assert keys_of(tmp_path, "\n".join(instead))["answer"] == "f2"


def test_an_act_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    told = refused(tmp_path, 'hangup = "f2"\n')
    assert "line 5: [keys] has no key 'hangup'; did you mean 'hang_up'?" in told


def test_two_acts_may_change_places(tmp_path: Path) -> None:
    keys = keys_of(tmp_path, 'answer = "f8"\nhang_up = "f2"\n')
    use(keys)
    assert (named("answer"), named("hang_up"), named("hold")) == ("F8", "F2", "F3")
    assert keymap()["answer"] == "f8"


def test_messages_say_the_keys_as_they_are_and_leave_what_others_wrote() -> None:
    use({"presence": "f8", "hang_up": "ctrl+t"})
    assert (
        str(Phrase("{who} likes F9. Press F9 or F8.", who="F9 [F8]"))
        == "F9 [F8] likes F8. Press F8 or Ctrl+T."
    )
    catalogue.use("he")
    assert _("F2 answers, F8 hangs up").endswith("ניתוק: Ctrl+T")


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_key_that_a_message_names_is_the_usual_one_of_an_act(language: str) -> None:
    usual = {label(one.key) for one in SHORTCUTS}
    written = None if language == "en" else tools_catalogue(language)
    for message in messages():
        texts: tuple[str, ...] = (message.text, message.many)
        if written is not None:
            known = written.get(message.text, message.context or None)
            assert known is not None
            texts = (
                (known.string or "",) if not isinstance(known.string, list | tuple) else tuple(known.string)
            )
        assert {key for text in texts for key in KEY.findall(text)} <= usual, message.text


@pytest.mark.parametrize(("key", "sent"), [("f2", "f2"), ("ctrl+p", "ctrl+p,ctrl+פ"), ("ctrl+q", "ctrl+q")])
def test_a_key_is_found_under_the_hebrew_layout_too(key: str, sent: str) -> None:
    assert sent_as(key) == sent
