"""``python -m bots.customers``: customers of the sample centre who call the lab exchange's queues.

One process, one SIP stack, a phone for each; and a colleague agent who answers transfers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bots.bot import Bot
from bots.people import MOST_CUSTOMERS, Person, Stories, callers, sample_customers
from bots.voices import COLLEAGUE, Recording
from edge.lifetime import stop_event
from pbx.lab.client import ControlClient
from sip.account import Account, MediaEncryption, Transport
from sip.audio.port import AudioPort
from sip.audio.wav_port import WavPort
from sip.behaviour import Behaviour
from sip.engines.choice import baresip
from sip.errors import Unsupported

COLLEAGUE_PERSON = Person("Daniel Katz", "1002", "en")
_REGISTERED_WITHIN = 20.0
_BETWEEN_FIRST_CALLS = 15.0
"""Seconds between the first calls of two customers: the floor fills up, but not at once."""


class Mouth:
    """What a bot's phone says: the recording chosen last, from the next call on."""

    def __init__(self, recording: Recording | None = None) -> None:
        self._recording = recording

    def choose(self, recording: Recording) -> None:
        """Say this from the next call on."""
        self._recording = recording

    def port(self) -> AudioPort:
        """The sound of one call."""
        return WavPort(self._recording.path if self._recording else None, None)


@dataclass(frozen=True, slots=True)
class LabAddress:
    """Where the lab exchange is: ``domain`` its SIP address, ``control`` its socket."""

    domain: str
    control: Path

    async def account(self, person: Person) -> Account:
        """An account of this run, with a password that nobody but the exchange is told."""
        password = secrets.token_urlsafe(24)
        client = await ControlClient.connect(self.control)
        try:
            await client.ask("enrol", user=person.number, password=password)
        finally:
            await client.close()
        return Account(
            user=person.number,
            domain=self.domain,
            password=password,
            display_name=person.name,
            transport=Transport.UDP,
            media_encryption=MediaEncryption.REQUIRED,
        )


@dataclass(frozen=True, slots=True)
class Role:
    """A person, what they say at first, and their stories: None for who only answers."""

    person: Person
    says: Recording | None = None
    stories: Stories | None = None


def cast(count: int, seed: int) -> tuple[Role, ...]:
    """A colleague and ``count`` customers; the first of them calls at once. Raises ``ValueError``."""
    people = callers(sample_customers(), count, seed)
    customers = (
        Role(person, stories=Stories(person, seed, first_after=turn * _BETWEEN_FIRST_CALLS))
        for turn, person in enumerate(people)
    )
    return (Role(COLLEAGUE_PERSON, says=COLLEAGUE), *customers)


async def play(roles: Sequence[Role], lab: LabAddress, stop: asyncio.Event) -> None:
    """Let everybody live until ``stop``; the first line on stdout tells that all can be rung.

    Raises ``TimeoutError`` when some phone does not register, ``sip.errors.PhoneError``, ``ControlGone``.
    """
    make = baresip()
    async with AsyncExitStack() as engines, asyncio.TaskGroup() as tasks:
        bots, living = [], []
        for role in roles:
            mouth = Mouth(role.says)
            engine = make(mouth.port, Behaviour(follow_transfers=True, watches=False)).engine
            engines.push_async_callback(engine.close)
            await engine.start()
            bot = Bot(role.person, engine, mouth.choose, (lab.domain, lab.control), role.stories)
            bots.append(bot)
            living.append(tasks.create_task(bot.live(await lab.account(role.person))))
        await _all_registered(bots)
        _say_ready(bots)
        await stop.wait()
        for task in living:
            task.cancel()


async def _all_registered(bots: Sequence[Bot]) -> None:
    async with asyncio.timeout(_REGISTERED_WITHIN):
        for bot in bots:
            await bot.registered.wait()


def _say_ready(bots: Sequence[Bot]) -> None:
    ready = {"ready": {"numbers": [bot.person.number for bot in bots]}}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bots.customers", description=__doc__)
    parser.add_argument("--control", type=Path, required=True, help="the lab exchange's control socket")
    parser.add_argument("--domain", required=True, help="its SIP address, host:port")
    parser.add_argument("--count", type=int, default=4, help=f"how many customers, at most {MOST_CUSTOMERS}")
    parser.add_argument("--seed", type=int, default=1, help="who calls and when")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    return parser.parse_args(argv)


async def _main(argv: Sequence[str]) -> None:
    given = _arguments(argv)
    stop = stop_event(with_parent=given.with_parent)
    try:
        await play(cast(given.count, given.seed), LabAddress(given.domain, given.control), stop)
    except Unsupported as error:
        sys.exit(str(error))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
