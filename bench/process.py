"""What a process costs, as Linux counts it (proc(5)), and which one serves a socket."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from edge.runtime import peer_pid

_TICKS = os.sysconf("SC_CLK_TCK")
_KB = 1024


def pss(pid: int) -> float:
    """Memory in MB: pages of its own, and its share of those that others map too (PSS)."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / _KB


def rss(pid: int) -> float:
    """Memory in MB with shared pages counted whole (RSS)."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS") / _KB


def _kilobytes(file: Path, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    if found is None:
        raise LookupError(f"{file} tells no {name}")
    return float(found.group(1))


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far, user and system, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def serving(path: Path) -> int:
    """The process that listens on the Unix socket ``path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(path))
        return peer_pid(line)


@contextmanager
def standing(statement: str, env: Mapping[str, str]) -> Iterator[int]:
    """A Python that did ``statement`` and waits; yields its pid once it did."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{statement}\nprint(flush=True)\ninput()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(env),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.stdin.write(b"\n")
        process.stdin.close()
