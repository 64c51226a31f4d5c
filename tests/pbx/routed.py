"""A centre that places its callers: the run's Asterisk asks a hub process before each queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import centre.model
from centre.entries import Entry
from centre.routing import Routing
from centre.secrets import ROUTING_SECRET
from pbx.centre import Centre as Exchange
from pbx.render import render
from tests.e2e.centre import Centre
from tests.pbx.centre import free_port
from tests.pbx.rig import Asterisk

SECRET = "the-secret-of-this-run"
GOLD, STANDARD = "0505550121", "0505550123"
"""Customers of the sample centre with these segments."""

SEGMENTS = """
[[segments]]
name = "premium"
values = ["Gold", "platinum"]
head_start_seconds = {head_start}

[routing]
hub = "http://127.0.0.1:{port}"

[spoken_statuses]
shipped = "status-shipped"

[[entries]]
number = "820"
queue = "sales"
choices = [{{ digit = "1", queue = "sales", titles = {{ en = "My order" }} }}]
"""


@dataclass(frozen=True)
class Routed:
    """``centre`` has the hub; ``asterisk`` asks where it is told to."""

    asterisk: Asterisk
    centre: Centre
    port: int
    exchange: Exchange

    def ask(self, *, port: int = 0, secret: str = SECRET) -> None:
        """Let the exchange ask at ``port`` (0: the hub's own) with ``secret``."""
        self.render(hub=f"http://127.0.0.1:{port or self.port}", secret=secret)

    def render(self, *, hub: str, secret: str = SECRET, authority: Path | None = None) -> None:
        """Let the exchange ask ``hub``, known by ``authority``, with ``secret``."""
        routing = Routing(hub=hub, hub_authority=authority)
        _put(self.asterisk, replace(self.exchange, routing=routing, routing_secret=secret))


@contextmanager
def routed(  # noqa: PLR0913 - each run has a part of its own
    asterisk: Asterisk,
    home: Path,
    head_start: int,
    entries: tuple[Entry, ...] = (),
    *,
    program: tuple[str, str] = ("hub", "serve"),
    change: Callable[[str], str] = str,
    customers: str = "",
) -> Iterator[Routed]:
    """A hub with segments, run by ``program``, an exchange with ``entries``; afterwards it asks nobody.

    ``change`` makes the centre's file of the run's own. ``customers`` (CSV) take the place of the sample's.
    """
    port = free_port()
    file = home / "routed.toml"
    text = change(asterisk.centre_file.read_text())
    file.write_text(text + SEGMENTS.format(port=port, head_start=head_start))
    loaded = centre.model.load(file)
    assert loaded.routing == Routing(hub=f"http://127.0.0.1:{port}")
    made = Centre(asterisk, home)
    made.program = program
    made.serve(file, port)
    if customers:
        made.know(customers)
    made.env = {**made.env, ROUTING_SECRET: SECRET}
    for module in ("res_curl", "func_curl", "func_uri"):
        asterisk.cli(f"module load {module}.so")
    ready = Routed(asterisk, made, port, replace(_with(asterisk.centre, loaded), entries=entries))
    try:
        ready.ask()
        made.start_hub()
        yield ready
    finally:
        made.stop_hub()
        _put(asterisk, asterisk.centre)


def _with(exchange: Exchange, loaded: centre.model.Centre) -> Exchange:
    """``exchange`` with the queues, and the agents' queues and own numbers, of a changed file."""
    agents = tuple(
        replace(agent, queues=told.queues, personal_number=told.personal_number)
        for agent, told in zip(exchange.agents, loaded.agents, strict=True)
    )
    return replace(exchange, queues=loaded.queues, agents=agents)


def _put(asterisk: Asterisk, exchange: Exchange) -> None:
    files = render(exchange)
    for name in (
        "announcements.conf",
        "entries.conf",
        "extensions.conf",
        "first.conf",
        "identification.conf",
        "queuerules.conf",
        "queues.conf",
        "routing.conf",
    ):
        (asterisk.directory / "etc" / name).write_text(files[name])
    asterisk.cli("queue reload all")
    asterisk.cli("dialplan reload")
