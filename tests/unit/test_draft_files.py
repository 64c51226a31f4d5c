"""Drafts on the machine: private, whole, gone when they are to go."""

from __future__ import annotations

import os
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_tui.adapters.draft_files import DraftFiles
from agent_tui.ports import DraftsError
from agent_tui.session.draft import Draft
from hub.contract import ScriptProgress, VoiceQuality

FULL = Draft(
    contact="../k-1\n",
    note="רות asks\nfor a bill ☎",
    note_saved=False,
    progress=ScriptProgress(script="s", revision="r", done=("a",), answers={"a": "yes"}),
    progress_saved=False,
    customer="c-1",
    disposition="solved",
    finishing=True,
    wrap_up_key="key",
    wrap_up_since=datetime(2026, 3, 1, tzinfo=UTC),
    voice=VoiceQuality(mos=4.0, least_mos=3.0, loss_in=0.0, loss_out=1.0, jitter=2.0, rtt=3.0),
)

DAY = 24 * 3600.0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "run" / "drafts"


def test_what_is_kept_is_found_by_the_next_desk(place: Path) -> None:
    DraftFiles(place, Draft).keep(FULL)
    assert DraftFiles(place, Draft).load() == (FULL,)
    assert {file.parent for file in place.rglob("*")} == {place}, "a contact's id leads nowhere else"


def test_only_the_user_can_read_it(place: Path) -> None:
    before = os.umask(0)
    try:
        DraftFiles(place, Draft).keep(FULL)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in place.iterdir()] == [0o600]


def test_the_last_word_of_a_contact_counts_and_none_is_left_of_one_that_is_dropped(place: Path) -> None:
    files = DraftFiles(place, Draft)
    files.keep(FULL)
    later = FULL.model_copy(update={"note": "short"})
    files.keep(later)
    assert files.load() == (later,)
    files.drop(FULL.contact)
    files.drop(FULL.contact)
    assert list(place.iterdir()) == []


def test_what_was_typed_before_the_weekend_is_there_after_it(place: Path) -> None:
    files = DraftFiles(place, Draft)
    files.keep(FULL)
    (old,) = place.iterdir()
    os.utime(old, (time.time() - 13 * DAY,) * 2)
    assert files.load() == (FULL,)


def test_what_cannot_be_read_or_is_two_weeks_old_goes(place: Path) -> None:
    files = DraftFiles(place, Draft)
    files.keep(FULL)
    (old,) = place.iterdir()
    os.utime(old, (time.time() - 15 * DAY,) * 2)
    for name, content in (("a.json", b"{"), ("b.json", b"\xff"), ("c.json", b"{}"), ("d.new", b"{}")):
        (place / name).write_bytes(content)
    assert files.load() == ()
    assert list(place.iterdir()) == []


def test_a_place_that_cannot_be_used_is_told(place: Path) -> None:
    place.parent.mkdir()
    place.write_text("a file")
    files = DraftFiles(place, Draft)
    for act in (files.load, lambda: files.keep(FULL), lambda: files.drop(FULL.contact)):
        with pytest.raises(DraftsError):
            act()
