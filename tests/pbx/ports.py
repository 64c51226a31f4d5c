"""Which UDP ports a process has: proc(5) tells sockets by inode, and the kernel's table their ports."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def udp_ports(pid: int | str = "self") -> set[int]:
    """The IPv4 ports that the process is bound to now."""
    process = Path(f"/proc/{pid}")
    open_now: set[str] = set()
    for entry in tuple((process / "fd").iterdir()):
        with suppress(OSError):  # closed in the meantime
            open_now.add(str(entry.readlink()))
    rows = [line.split() for line in (process / "net/udp").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if f"socket:[{row[9]}]" in open_now}
