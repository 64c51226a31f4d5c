"""``moked demo``: a centre with customers on this machine, and a desk in it; nothing to set up.

A lab exchange, bot customers and a private hub are started, then the desk in the foreground. When it ends,
however it ends, they end too, and the demo's home is removed. Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent_tui import cli_words
from agent_tui.command_line import NotUnderstood, Parser
from bots.children import ChildFailed, Program, children, end, end_server, ready_line
from bots.demo_home import AGENT, EXTENSION, DemoHome
from pbx.lab.client import ControlClient, ControlGone

_CUSTOMERS = 4
_SEEDS = 1_000_000
_HUB_URL = "http://hub"
_MISUSED = 2
_INTERRUPTED = 130
"""Exit status of what a signal ended, as shells have it."""


@dataclass(frozen=True, slots=True)
class DemoCentre:
    """A running centre: what a desk, or a bot in its place, needs to work in it."""

    home: DemoHome
    domain: str
    password: str = field(repr=False)
    """Of the agent's SIP account, made for this run."""
    token: str = field(repr=False)
    """The agent's for the hub, at ``home.hub_socket``."""


@asynccontextmanager
async def centre(
    home: DemoHome, surroundings: Mapping[str, str], *, audio: str = "sounddevice", seed: int | None = None
) -> AsyncIterator[DemoCentre]:
    """Exchange, customers and hub, the agent's presence ready. Raises ``ChildFailed``, ``ControlGone``."""
    env = home.environment(surroundings)
    password, token = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    async with AsyncExitStack() as stack:
        programs = (_exchange(home), _hub(home, token))
        (line, _) = await stack.enter_async_context(children(programs, env, home.logs))
        domain = f"127.0.0.1:{ready_line(line)['port']}"
        home.write_config(domain, audio, surroundings)
        await _enrol(home.lab_socket, password)
        await _be_ready(home.hub_socket, token)
        await stack.enter_async_context(children([_customers(home, domain, seed)], env, home.logs))
        yield DemoCentre(home, domain, password, token)


def _exchange(home: DemoHome) -> Program:
    return Program("exchange", ("pbx.lab", "--control", str(home.lab_socket), "--with-parent"))


def _hub(home: DemoHome, token: str) -> Program:
    """The private hub that the desk finds; the token is told where no other process can read it."""
    places = ("--socket", str(home.hub_socket), "--settings", str(home.hub_settings))
    return Program("hub", ("hub", "private", *places, "--agent", AGENT), f"{token}\n")


def _customers(home: DemoHome, domain: str, seed: int | None) -> Program:
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    places = ("--control", str(home.lab_socket), "--domain", domain)
    crowd = ("--count", str(_CUSTOMERS), "--seed", str(seed))
    return Program("customers", ("bots.customers", *places, *crowd, "--with-parent"))


def main(argv: Sequence[str]) -> int:
    """Run the demo; returns the desk's exit status."""
    parser = Parser("moked demo")
    parser.add_argument("--seed", type=int)
    try:
        given = parser.parse_args(argv)
    except NotUnderstood:
        cli_words.not_understood("demo", argv)
        return _MISUSED
    cli_words.opens_demo()
    try:
        with tempfile.TemporaryDirectory(prefix="moked-demo-", ignore_cleanup_errors=True) as directory:
            return asyncio.run(_demo(DemoHome.make(Path(directory)), given.seed))
    except (ChildFailed, ControlGone, OSError) as error:
        cli_words.demo_failed(error)
        return 1
    except asyncio.CancelledError:
        return _INTERRUPTED


async def _demo(home: DemoHome, seed: int | None) -> int:
    _cancel_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    async with centre(home, os.environ, seed=seed) as running:
        env = {**home.environment(os.environ), "MOKED_SIP_PASSWORD": running.password}
        try:
            return await _desk(home.config, env)
        finally:
            # The phone outlives its desk by design, but not the demo.
            for path in set(home.runtime.glob("*.sock")) - {home.hub_socket, home.lab_socket}:
                await end_server(path)


def _cancel_on(*signals: signal.Signals) -> None:
    task = asyncio.current_task()
    if task is None:
        raise AssertionError("called inside a task")
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def _desk(config: Path, env: Mapping[str, str]) -> int:
    """The desk in the foreground; Ctrl-C is a key of its own there."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    command = (sys.executable, "-m", "agent_tui", "--config", os.fspath(config))
    desk = await asyncio.create_subprocess_exec(*command, env=dict(env))
    try:
        return await desk.wait()
    finally:
        if desk.returncode is None:
            await end(desk)


async def _enrol(control: Path, password: str) -> None:
    client = await ControlClient.connect(control)
    try:
        await client.ask("enrol", user=EXTENSION, password=password)
    finally:
        await client.close()


async def _be_ready(socket: Path, token: str) -> None:
    """Choose to be ready, as nobody should have to find a key before the first call comes."""
    # half a second of imports, while the processes just started have the same to do
    from agent_tui.adapters.http_hub import HttpHub  # noqa: PLC0415
    from agent_tui.adapters.hub_address import HubAddress  # noqa: PLC0415
    from agent_tui.ports import HubError  # noqa: PLC0415
    from hub.contract import Presence  # noqa: PLC0415

    async def locate() -> HubAddress:
        return HubAddress(_HUB_URL, token, socket)

    hub = HttpHub(locate)
    try:
        await hub.snapshot()
        await hub.set_presence(Presence.READY, "")
    except HubError as error:
        raise ChildFailed(str(error)) from None
    finally:
        await hub.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
