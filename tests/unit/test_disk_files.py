"""Files on the agent's own machine: only what was meant is read, and nothing is overwritten."""

from __future__ import annotations

import errno
import os
import re
import shlex
import stat
from pathlib import Path
from typing import IO

import pytest

from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.ports import LocalFileError
from agent_tui.session.writing import LocalFile
from edge.text import clean
from tests.stubs.some_files import HTML, JPEG, PDF


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(lambda: tmp_path / "Downloads")


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    path = tmp_path / "חשבונית מאי.pdf"
    path.write_bytes(PDF)
    return path


def test_a_file_is_told_by_its_content(files: DiskFiles, invoice: Path) -> None:
    assert files.look(str(invoice)) == LocalFile("חשבונית מאי.pdf", len(PDF), "application/pdf")
    page = invoice.with_name("page.jpg")
    page.write_bytes(HTML)
    assert files.look(str(page)).media_type == "text/plain"
    page.write_bytes(b"MZ\x00")
    assert files.look(str(page)).media_type == ""
    assert files.read(str(invoice), len(PDF)) == PDF


@pytest.mark.parametrize("form", ["'{}'", '"{}"', "  {} \n", "file://{}"])
def test_a_path_may_stand_as_terminals_drop_it(files: DiskFiles, invoice: Path, form: str) -> None:
    assert files.read(form.format(invoice), 100) == PDF
    escaped = str(invoice).replace(" ", "\\ ")
    assert files.read(escaped, 100) == PDF
    assert files.read(invoice.as_uri(), 100) == PDF


@pytest.mark.parametrize(
    "name", ["photo (2).jpg", "ג'ינס & דו\"ח.jpg", "50% [$1].jpg", "a\\b.jpg", "'quoted'.jpg"]
)
def test_a_name_of_any_characters_may_be_dropped(files: DiskFiles, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(JPEG)
    escaped = re.sub(r"([^\w/.-])", r"\\\1", str(path))
    for dropped in (str(path), shlex.quote(str(path)), escaped, path.as_uri(), shlex.quote(path.as_uri())):
        assert files.read(dropped, 100) == JPEG, dropped


@pytest.mark.parametrize(
    "name",
    [
        "10.00.00\u202fAM.jpg",
        "two  spaces.jpg",
        "\u200fחשבונית.jpg",
        "cafe\u0301.jpg",
        "a\x1b[31mb.jpg",
        "ends .jpg",
    ],
)
def test_a_name_that_a_paste_cleaned_is_found(files: DiskFiles, tmp_path: Path, name: str) -> None:
    (tmp_path / f"in {name}").mkdir()
    path = tmp_path / f"in {name}" / name
    path.write_bytes(JPEG)
    pasted = clean(str(path), limit=4096)
    assert files.read(pasted, 100) == JPEG
    assert files.look(pasted) == LocalFile(clean(name), len(JPEG), "image/jpeg")


def test_of_two_names_that_read_the_same_none_is_guessed(files: DiskFiles, tmp_path: Path) -> None:
    for name in ("a  b.jpg", "a\u202fb.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    with pytest.raises(LocalFileError):
        files.read(f"{tmp_path}/a b.jpg", 100)
    assert files.read(f"{tmp_path}/a  b.jpg", 100) == JPEG


def test_a_tilde_is_home(files: DiskFiles, invoice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(invoice.parent))
    assert files.read(f"~/{invoice.name}", 100) == PDF


@pytest.mark.parametrize(
    "path", ["", "photo.jpg", "/no/such/file", "/dev/null", "/tmp", "\x00", "~nobody-here/x"]
)
def test_what_is_no_file_is_said(files: DiskFiles, path: str) -> None:
    for act in (files.look, lambda path: files.read(path, 10)):
        with pytest.raises(LocalFileError) as said:
            act(path)
        assert str(said.value)


def test_a_path_counts_from_nowhere(files: DiskFiles, invoice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(invoice.parent)
    for path in (invoice.name, f"./{invoice.name}", f"'{invoice.name}'"):
        with pytest.raises(LocalFileError, match="whole path"):
            files.read(path, 100)


def test_a_pipe_is_not_waited_for(files: DiskFiles, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(LocalFileError):
        files.look(str(tmp_path / "pipe.jpg"))


def test_no_more_is_read_than_may_be_sent(files: DiskFiles, invoice: Path) -> None:
    with pytest.raises(LocalFileError):
        files.read(str(invoice), len(PDF) - 1)
    os.truncate(invoice, 2**42)
    with pytest.raises(LocalFileError, match="larger"):
        files.read(str(invoice), len(PDF))
    assert files.look(str(invoice)) == LocalFile(invoice.name, 2**42, "application/pdf")


def test_what_may_not_be_read_is_said(
    files: DiskFiles, invoice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_arguments: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuses)
    with pytest.raises(LocalFileError, match="may not read"):
        files.look(str(invoice))


def test_what_is_saved_is_new_private_and_runs_nothing(files: DiskFiles, tmp_path: Path) -> None:
    first = Path(files.save("photo.jpg", "image/jpeg", JPEG))
    second = Path(files.save("photo.jpg", "image/jpeg", b"another"))
    assert (first.name, second.name) == ("photo.jpg", "photo (2).jpg")
    assert (first.read_bytes(), second.read_bytes()) == (JPEG, b"another")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert first.parent == tmp_path / "Downloads"


def test_a_link_that_waits_there_leads_nowhere(files: DiskFiles, tmp_path: Path) -> None:
    victim = tmp_path / ".bashrc"
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "photo.jpg").symlink_to(victim)
    assert Path(files.save("photo.jpg", "image/jpeg", JPEG)).name == "photo (2).jpg"
    assert not victim.exists()


def test_a_name_that_is_a_path_stays_in_its_place(files: DiskFiles, tmp_path: Path) -> None:
    saved = Path(files.save("../../.ssh/authorized_keys", "text/plain", b"x"))
    assert saved.parent == tmp_path / "Downloads"
    assert saved.name.endswith(".txt")


def test_of_a_full_disk_nothing_is_left(
    files: DiskFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(descriptor: int, _mode: str) -> IO[bytes]:
        os.close(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", fails)
    with pytest.raises(LocalFileError, match="The disk is full"):
        files.save("photo.jpg", "image/jpeg", JPEG)
    assert list((tmp_path / "Downloads").iterdir()) == []


def test_a_place_that_takes_nothing_is_said(files: DiskFiles, tmp_path: Path) -> None:
    (tmp_path / "Downloads").write_text("a file")
    with pytest.raises(LocalFileError):
        files.save("photo.jpg", "image/jpeg", JPEG)
