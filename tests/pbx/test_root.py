"""Finding and making the root that holds Asterisk.

debootstrap and apt are played by scripts; their real work, a minute and a half of downloads, is done once on
each machine that has no Asterisk yet.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tests.pbx.root import NoAsterisk, Root, build_root, find_root, make_known

_DEBOOTSTRAP = """#!/bin/sh
echo run >> "$MOKED_RUNS"
mkdir -p "$3/usr/sbin" "$3/etc"
{then}
"""
_CHROOT = """#!/bin/sh
case "$*" in *" install "*) touch "$1/usr/sbin/asterisk";; esac
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory, first in PATH, for scripts in the place of system tools."""
    tools = tmp_path / "bin"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("MOKED_RUNS", str(tmp_path / "runs"))
    script(tools / "chroot", _CHROOT)
    script(tools / "debootstrap", _DEBOOTSTRAP.format(then=""))
    return tools


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_a_root_is_made_once_however_many_ask(tools: Path, tmp_path: Path) -> None:
    target = tmp_path / "cache/root"
    asking = [threading.Thread(target=build_root, args=(target,)) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert (target / "usr/sbin/asterisk").exists()
    assert (tmp_path / "runs").read_text() == "run\n"
    assert (target / "usr/sbin/policy-rc.d").read_text().endswith("exit 101\n")
    assert [path.name for path in target.parent.iterdir() if path.name.endswith(".part")] == []


def test_a_root_half_made_is_no_root(tools: Path, tmp_path: Path) -> None:
    script(tools / "debootstrap", _DEBOOTSTRAP.format(then="echo 'E: no mirror'; exit 1"))
    target = tmp_path / "cache/root"
    with pytest.raises(NoAsterisk, match="E: no mirror"):
        build_root(target)
    assert [path.name for path in target.parent.iterdir()] == ["root.lock"]


def test_a_named_root_without_asterisk_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOKED_ASTERISK_ROOT", str(tmp_path))
    with pytest.raises(NoAsterisk, match="MOKED_ASTERISK_ROOT"):
        find_root()


def test_the_root_knows_this_machine_by_name_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "centre-7")
    (tmp_path / "root/etc").mkdir(parents=True)
    for _ in range(2):
        make_known(Root(tmp_path / "root"))
    assert (tmp_path / "root/etc/hosts").read_text().splitlines() == [
        "127.0.0.1 localhost",
        "127.0.0.1 centre-7",
    ]


def test_a_path_in_the_root_has_its_name_inside() -> None:
    assert Root(Path("/srv/image")).inside(Path("/srv/image/run/x")) == Path("/run/x")
    assert Root(Path("/")).inside(Path("/run/x")) == Path("/run/x")
    assert Root(Path("/")).command("ls") == ["ls"]
    assert Root(Path("/srv/image")).command("ls") == ["chroot", "/srv/image", "ls"]
