"""The machine that figures were measured on, as far as it explains them; never whose it is."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

_SHOWN = ("textual", "baresip-python", "pyVoIP", "httpx", "fastapi", "sqlalchemy")


def description() -> str:
    """Processor, memory, system and versions; and the load, since figures of a busy machine are worse."""
    one, five, _fifteen = os.getloadavg()
    packages = ", ".join(f"{name} {version(name)}" for name in _SHOWN)
    return "\n".join(
        (
            f"- {_processor()}, {os.cpu_count()} cores, {_memory():.0f} GB",
            f"- {platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}",
            f"- {packages}",
            f"- load before the run: {one:.1f} over 1 minute, {five:.1f} over 5",
        )
    )


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
