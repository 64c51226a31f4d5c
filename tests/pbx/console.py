"""The tests' own hand on the exchange, over AMI as the user ``tests`` of ``local/manager_local.conf``."""

from __future__ import annotations

import io
import itertools
import socket
import time
import wave
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from pbx.prompts import shipped
from tests.e2e.eventually import eventually
from tests.pbx.centre import queue_number
from tests.pbx.rig import Asterisk

_SILENT = 0
_PLAY = ("Playback", "BackGround")
_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class _Line:
    sock: socket.socket
    replies: BinaryIO

    def send(self, action: str, fields: dict[str, object]) -> None:
        """Send an action."""
        lines = [f"Action: {action}", *(f"{key}: {value}" for key, value in fields.items())]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a line break in a field")
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def message(self) -> dict[str, str]:
        """The next message."""
        message: dict[str, str] = {}
        while line := self.replies.readline().decode().strip():
            key, _, value = line.partition(":")
            message[key] = value.strip()
        return message


class ActionFailed(Exception):
    """Asterisk refused an action of the tests."""


@dataclass(frozen=True, slots=True)
class Step:
    """An application that the channel ``unique`` begins, and what it is given."""

    unique: str
    context: str
    application: str
    data: str

    @property
    def played(self) -> tuple[str, ...]:
        """The prompts that it plays, as ``LANGUAGE/NAME``."""
        if self.application not in _PLAY:
            return ()
        files = self.data.partition(",")[0].split("&")
        return tuple("/".join(Path(file).parts[-2:]) for file in files)

    @property
    def lasts(self) -> float:
        """Seconds for which nothing more is told of the channel, since it is played prompts."""
        return sum(_prompts().get(prompt, 0.0) for prompt in self.played)


@dataclass(frozen=True, slots=True)
class Customer:
    """A made-up customer on a Local channel. ``contact`` is the Uniqueid of its channel in the queue.

    ``heard`` is a WAV file (8 kHz, mono, 16 bit) of what the customer hears but music, complete once they are
    gone; ``sent`` is one of all that is sent to them.
    """

    console: Console
    contact: str
    far: str
    heard: Path

    @property
    def sent(self) -> Path:
        return self.heard.with_name(f"{self.heard.stem}-sent.wav")

    def hang_up(self) -> None:
        """The customer hangs up."""
        channel = self.console.channel(self.contact)
        if channel:
            self.console.act("Hangup", Channel=channel)

    def press(self, digit: str) -> None:
        """The customer presses a key (RFC 4733 towards the agent)."""
        self.console.act("PlayDTMF", Channel=self.console.channel(self.far), Digit=digit, Receive="true")

    def types(self, keys: str) -> None:
        """The customer presses several keys, one after the other."""
        far = self.console.channel(self.far)
        self.console.act("Redirect", Channel=far, Context="test-types", Exten=f"keys-{keys}", Priority=1)

    @property
    def where(self) -> str:
        """The context and the application of the dialplan that the customer is in."""
        rows = [row for row in self.console.channels() if row["Uniqueid"] == self.contact]
        return " ".join((rows[0]["Context"], rows[0]["Application"])) if rows else ""

    @property
    def present(self) -> bool:
        """Whether the customer is still on the line."""
        return bool(self.console.channel(self.contact))

    def wait_gone(self) -> None:
        """Wait until their call has ended here as well: whoever hangs up knows of it first."""
        eventually(lambda: not self.present, f"{self.contact} is gone")


class Console:
    """Acts on one Asterisk as nobody else may: makes customers, ends calls, empties queues."""

    def __init__(self, asterisk: Asterisk) -> None:
        self._asterisk = asterisk

    def act(self, action: str, **fields: object) -> list[dict[str, str]]:
        """Do ``action`` and return its messages: the response, then the events of its list."""
        return list(self._exchange(action, fields))

    def _exchange(self, action: str, fields: dict[str, object]) -> Iterator[dict[str, str]]:
        with self._line() as line:
            line.send(action, fields)
            first = _accepted(line.message())
            yield first
            while first.get("EventList") == "start":
                message = line.message()
                if message.get("EventList") == "Complete":
                    return
                yield message

    @contextmanager
    def _line(self, events: str = "off") -> Iterator[_Line]:
        """A line of one's own, logged in; every wait on it ends after a while."""
        with (
            closing(self._asterisk.connect(self._asterisk.centre.ports.ami)) as sock,
            sock.makefile("rb") as replies,
        ):
            replies.readline()
            line = _Line(sock, replies)
            line.send("Login", {"Username": "tests", "Secret": "tests", "Events": events})
            _accepted(line.message())
            yield line

    @contextmanager
    def events(self, *names: str) -> Iterator[Iterator[str]]:
        """The names of the call events of these kinds, as they come from now on."""
        with self._line(events="call") as line:
            yield (name for name in iter(lambda: line.message().get("Event", ""), None) if name in names)

    def channels(self) -> list[dict[str, str]]:
        """Every channel there is (CoreShowChannel)."""
        return self.act("CoreShowChannels")[1:]

    def channel(self, unique: str) -> str:
        """The name of the channel with this Uniqueid, empty when it is gone."""
        names = [row["Channel"] for row in self.channels() if row["Uniqueid"] == unique]
        return names[0] if names else ""

    def customer(
        self, queue: str, *, number: str = "0525550101", name: str = "", tone: int = 440
    ) -> Customer:
        """A customer calls ``queue`` and plays a tone of ``tone`` Hz (0: silence), hearing into a file."""
        return self._caller("test-from-outside", queue_number(queue), f'"{name}" <{number}>', tone)

    def colleague(self, extension: str, *, number: str, name: str = "", tone: int = 440) -> Customer:
        """Somebody in the centre dials agent ``extension``, past all queues; else as ``customer``."""
        return self._caller("test-from-agents", extension, f'"{name}" <{number}>', tone)

    def dialled(self, context: str, number: str, shown_as: str, tone: int) -> Customer:
        """A customer who dials any number."""
        return self._caller(context, number, shown_as, tone)

    def variable(self, unique: str, name: str) -> str:
        """What a variable or function says on the channel with this Uniqueid."""
        return self.act("Getvar", Channel=self.channel(unique), Variable=name)[0]["Value"]

    @contextmanager
    def steps(self) -> Iterator[Iterator[Step]]:
        """What channels do in the dialplan from now on (Newexten), as it comes."""
        with self._line(events="dialplan") as line:
            yield _steps(line)

    @contextmanager
    def told(self, *names: str) -> Iterator[Iterator[dict[str, str]]]:
        """The events of these kinds, of calls, queues and the dialplan, in Asterisk's order from now on."""
        with self._line(events="call,agent,dialplan,user") as line:
            yield (message for message in iter(line.message, None) if message.get("Event") in names)

    def _caller(self, context: str, number: str, shown_as: str, tone: int) -> Customer:
        serial = next(_serial)
        contact, far = f"customer-{serial}", f"customer-{serial}-far"
        heard = self._asterisk.directory / "spool/monitor" / f"{contact}.wav"
        self.act(
            "Originate",
            Channel=f"Local/{tone or _SILENT}@test-customers/n",
            ChannelId=contact,
            OtherChannelId=far,
            Context=context,
            Exten=number,
            Priority=1,
            CallerID=shown_as,
            Variable=f"__HEARD={self._asterisk.root.inside(heard)}",
            Async="true",
        )
        return Customer(self, contact, far, heard)

    def member(self, queue: str, extension: str) -> None:
        """Make an agent a member of ``queue``, as the hub does it."""
        device = f"PJSIP/{extension}"
        self.act("QueueAdd", Queue=queue, Interface=device, StateInterface=device)

    def wait_bridged(self, extension: str) -> None:
        """Wait until the agent's channel talks with another: the answer is told a moment before it."""
        mine = f"PJSIP/{extension}-"
        bridges: dict[str, str] = {}
        with self._line(events="call") as line:
            line.send("CoreShowChannels", {})
            while True:
                message = line.message()
                channel = message.get("Channel", "")
                bridge = message.get("BridgeUniqueid") or message.get("BridgeId", "")
                if message.get("Event") in ("BridgeEnter", "CoreShowChannel") and bridge:
                    bridges[channel] = bridge
                elif message.get("Event") == "BridgeLeave":
                    bridges.pop(channel, None)
                mates = [bridge for name, bridge in bridges.items() if name.startswith(mine)]
                if any(list(bridges.values()).count(bridge) > 1 for bridge in mates):
                    return

    def wait_free(self, extension: str) -> None:
        """Wait until Asterisk sees the agent's phone as free: a moment after it registered."""
        self.wait_state(extension, "NOT_INUSE")

    def wait_state(self, extension: str, *states: str) -> None:
        """Wait until Asterisk sees the agent's phone in one of these states (DeviceStateChange)."""
        wanted = [(f"PJSIP/{extension}", state) for state in states]
        with self._line(events="call") as line:
            line.send("DeviceStateList", {})
            while True:
                message = line.message()
                if (message.get("Device"), message.get("State")) in wanted:
                    return

    def calm(self) -> None:
        """End all calls, and see them ended; send all members home, set all figures to nought."""
        eventually(self._silent, "all calls end")
        for row in self.act("QueueStatus")[1:]:
            if row.get("Event") == "QueueMember":
                self.act("QueueRemove", Queue=row["Queue"], Interface=row["StateInterface"])
        self.act("QueueReset")

    def _silent(self) -> bool:
        """Whether there is no channel; those there are, are ended."""
        if not self.channels():
            return True
        self.act("Hangup", Channel="/.*/")
        return False


def _steps(line: _Line) -> Iterator[Step]:
    """Each as it is told; while prompts are played, the wait for the next is so much longer."""
    patience, over = line.sock.gettimeout() or 0.0, 0.0
    for message in iter(line.message, None):
        if message.get("Event") == "Newexten":
            step = Step(message["Uniqueid"], message["Context"], message["Application"], message["AppData"])
            now = time.monotonic()
            over = max(over, now + step.lasts)
            line.sock.settimeout(patience + over - now)
            yield step


@cache
def _prompts() -> Mapping[str, float]:
    """How long each of moked's prompts is, in seconds."""
    lengths = {}
    for name, sound in shipped().items():
        with wave.open(io.BytesIO(sound)) as file:
            lengths[name.removesuffix(".wav")] = file.getnframes() / file.getframerate()
    return lengths


def _accepted(message: dict[str, str]) -> dict[str, str]:
    if message.get("Response") != "Success":
        raise ActionFailed(message.get("Message", "the line was closed"))
    return message
