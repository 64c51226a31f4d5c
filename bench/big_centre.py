"""A centre of many agents: its files, their tokens, and its hub as a process on one core."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from hub.contract import Presence
from hub.db.agents import AgentStore
from hub.db.devices import DeviceStore, new_token
from hub.db.engine import open_database, sqlite_url
from hub.domain.presence import Intent
from tests.e2e.processes import Process, moked_env

SECRET = "ami-of-this-run"  # noqa: S105 - guards a stand-in for the length of a run
QUEUES = tuple(f"queue-{number}" for number in range(1, 6))
"""Every agent serves all of them, so each change of an agent's phone is told five times."""

_FIRST_EXTENSION = 2001
_FIRST = -15
"""As a nice value: some thirty times the share of others."""
_SAMPLE = Path(__file__).parents[1] / "hub/sample"

_AGENT = """
[[agents]]
id = "a{extension}"
name = "Agent {extension}"
extension = "{extension}"
queues = [{queues}]
"""
_QUEUE = """
[[queues]]
name = "{name}"
titles = {{ en = "{name}", he = "{name}" }}
"""
_DISPOSITION = """
[[dispositions]]
code = "solved"
labels = { en = "Solved", he = "נפתר" }
"""
_HUB = """
centre = "centre.toml"
[hub]
host = "127.0.0.1"
port = 0
database = "sqlite+aiosqlite:///hub.db"
[pbx]
kind = "ami"
host = "127.0.0.1"
port = {port}
user = "hub"
[crm]
customers = "{sample}/customers.csv"
matters = "{sample}/matters.csv"
history = "{sample}/history.csv"
"""


class BigCentre:
    """``count`` agents who are all ready. ``home`` is an empty directory."""

    def __init__(self, home: Path, count: int) -> None:
        self.home = home
        self.extensions = tuple(str(_FIRST_EXTENSION + number) for number in range(count))
        self.log = home / "hub.log"
        queues = ", ".join(f'"{name}"' for name in QUEUES)
        parts = [
            *(_QUEUE.format(name=name) for name in QUEUES),
            _DISPOSITION,
            *(_AGENT.format(extension=extension, queues=queues) for extension in self.extensions),
        ]
        (home / "centre.toml").write_text("".join(parts), "utf-8")

    async def enrol(self) -> dict[str, str]:
        """A token by extension, as an enrolment leaves it; every agent chose to be ready."""
        engine = await open_database(sqlite_url(self.home / "hub.db"))
        devices, agents, now = DeviceStore(engine), AgentStore(engine), datetime.now(UTC)
        tokens = {extension: new_token() for extension in self.extensions}
        for extension, token in tokens.items():
            await devices.admit(f"a{extension}", token, now)
            await agents.choose(f"a{extension}", Intent(Presence.READY, "", now))
        await engine.dispose()
        return tokens

    @contextmanager
    def hub(self, exchange: int, cores: Sequence[int]) -> Iterator[Process]:
        """Its hub, as a service runs it, on ``cores``, with the manager interface at port ``exchange``."""
        config = self.home / "hub.toml"
        config.write_text(_HUB.format(port=exchange, sample=_SAMPLE), "utf-8")
        env = moked_env(self.home, MOKED_HUB_AMI_SECRET=SECRET)
        with on_cores(cores):
            process = Process("hub", "serve", "--config", str(config), env=env, log=self.log)
        go_first(process.pid)
        with process:
            yield process


@contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """Meanwhile the calling thread, and for good what it starts, run on ``cores`` alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def go_first(pid: int) -> None:
    """Let the session of ``pid`` go before other work of the machine, where the kernel shares cores by
    sessions (sched(7), autogroup) and this user may say so.
    """
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(_FIRST))


def two_cores() -> tuple[Sequence[int], Sequence[int]]:
    """One core for what is measured, and the others for what loads it; the same where there is but one."""
    first, *others = sorted(os.sched_getaffinity(0))
    return (first,), tuple(others) or (first,)
