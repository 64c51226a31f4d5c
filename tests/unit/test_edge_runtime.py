"""Sockets and locks lie where only their owner can reach them."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from edge.runtime import AlreadyRunningError, Lock, NotPrivateError, peer_is_us, private_directory


def test_a_new_directory_is_ours_alone(tmp_path: Path) -> None:
    made = private_directory(tmp_path / "run" / "moked")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_an_open_directory_of_ours_is_closed(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    assert stat.S_IMODE(private_directory(tmp_path / "run").stat().st_mode) == 0o700


def test_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPrivateError, match="MOKED_RUNTIME_DIR"):
        private_directory(tmp_path / "run")


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: (tmp_path / "run").stat().st_uid + 1)
    with pytest.raises(NotPrivateError):
        private_directory(tmp_path / "run")


def test_our_own_process_is_known_at_the_other_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_is_us(ours)


def test_one_holder_at_a_time_and_the_next_after_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with Lock(path), pytest.raises(AlreadyRunningError), Lock(path):
        pass
    with Lock(path):
        pass
