"""Files on the agent's own machine: only what was meant is read, and nothing is overwritten."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.ports import LocalFileError
from agent_tui.session.writing import LocalFile
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


def test_a_pipe_is_not_waited_for(files: DiskFiles, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(LocalFileError):
        files.look(str(tmp_path / "pipe.jpg"))


def test_no_more_is_read_than_may_be_sent(files: DiskFiles, invoice: Path) -> None:
    with pytest.raises(LocalFileError):
        files.read(str(invoice), len(PDF) - 1)


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


def test_a_place_that_takes_nothing_is_said(files: DiskFiles, tmp_path: Path) -> None:
    (tmp_path / "Downloads").write_text("a file")
    with pytest.raises(LocalFileError):
        files.save("photo.jpg", "image/jpeg", JPEG)
