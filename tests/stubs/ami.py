"""The manager interface of an Asterisk with many agents, as the hub's user hears it through its event filter.

Callers do what a test says; what Asterisk tells of it, here is told alike. Every agent is a member of every
queue. ``tests/pbx/test_ami_stub.py`` holds a call here to the same call on the real Asterisk.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

from hub.adapters import ami_wire
from hub.adapters.ami_wire import Message

_FREE, _BUSY, _RINGING = 1, 2, 6
_CHALLENGE = "4711"
_TRUNK = "PJSIP/trunk"

Fields: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A caller of ``queue`` whom agent ``extension`` gets; ``contact`` is the caller's channel."""

    contact: str
    queue: str
    extension: str
    number: str = "0505550121"
    name: str = "Ruth"


@dataclass(slots=True)
class _Member:
    """One agent, in all queues alike."""

    state: int = _FREE
    paused: bool = False
    reason: str = ""
    taken: int = 0
    last: int = 0


class StubAmi:
    """One login at a time. An async context manager; ``told`` is the number of events told so far.

    What a caller does is told at once; the moment (seconds, monotonic) just before it is returned.
    """

    def __init__(self, extensions: Iterable[str], queues: Sequence[str], secret: str) -> None:
        self.told = 0
        self.port = 0
        self.refused: list[str] = []
        """Actions that it does not know."""
        self._secret = secret
        self._queues = queues
        self._members = {extension: _Member() for extension in extensions}
        self._began = int(time.time())
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._served = asyncio.Event()
        """The line that was taken is gone."""
        self._answers: Mapping[str, Callable[[Message], None]] = {
            "Challenge": lambda action: self._reply(action, Challenge=_CHALLENGE),
            "Login": self._log_in,
            "Ping": lambda action: self._reply(action, Ping="Pong"),
            "QueueStatus": self._queue_status,
            "Status": lambda action: self._list(action, ()),
            "QueuePause": self._pause,
        }

    async def __aenter__(self) -> StubAmi:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.transport.abort()
            await self._served.wait()

    # what callers and agents do

    def joins(self, call: QueueCall) -> float:
        """The caller is the first in the queue."""
        place = {"Queue": call.queue, "Position": 1, "Count": 1}
        return self._tell([("QueueCallerJoin", {**_caller(call), **place})])

    def offers(self, call: QueueCall) -> float:
        """The dialplan is about to ring the agent."""
        about = {"UserEvent": "MokedOffer", "Queue": call.queue, "Contact": call.contact}
        return self._tell([("UserEvent", {**_agent(call), **about, "Interface": f"PJSIP/{call.extension}"})])

    def rings(self, call: QueueCall) -> float:
        """The agent is rung."""
        offered = ("AgentCalled", {**_both(call), **_member_of(call)})
        return self._tell([offered, *self._state(call.extension, _RINGING)])

    def answers(self, call: QueueCall, waited: float) -> float:
        """The agent answers."""
        times = {"RingTime": 1, "HoldTime": int(waited)}
        return self._tell(
            [
                ("DialEnd", {**_both(call), "DialStatus": "ANSWER"}),
                ("QueueCallerLeave", {**_caller(call), "Queue": call.queue, "Count": 0, "Position": 1}),
                ("AgentConnect", {**_both(call), **_member_of(call), **times}),
                *self._state(call.extension, _BUSY),
            ]
        )

    def ends(self, call: QueueCall, waited: float, talked: float) -> float:
        """The caller hangs up."""
        member = self._members[call.extension]
        member.taken, member.last = member.taken + 1, int(time.time())
        times = {"HoldTime": int(waited), "TalkTime": int(talked), "Reason": "caller"}
        cause, words = {"Cause": 16}, {"Cause-txt": "Normal Clearing"}
        return self._tell(
            [
                ("HangupRequest", _caller(call)),
                ("AgentComplete", {**_both(call), **_member_of(call), **times}),
                ("SoftHangupRequest", {**_caller(call), **cause}),
                ("Hangup", {**_agent(call), **cause, **words}),
                ("Hangup", {**_caller(call), **cause, **words}),
                *self._state(call.extension, _FREE),
            ]
        )

    # the line

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._served.clear()
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                block = await reader.readuntil(ami_wire.END)
                action = ami_wire.parse(block.removesuffix(ami_wire.END))
                self._answers.get(action["Action"], self._refuse)(action)
        writer.transport.abort()
        self._served.set()

    def _refuse(self, action: Message) -> None:
        self.refused.append(action["Action"])
        self._say({"Response": "Error", "ActionID": action["ActionID"], "Message": "Invalid/unknown command"})

    def _log_in(self, action: Message) -> None:
        key = hashlib.md5(f"{_CHALLENGE}{self._secret}".encode(), usedforsecurity=False).hexdigest()
        if secrets.compare_digest(action["Key"], key):
            self._reply(action, Message="Authentication accepted")
        else:
            self._refuse(action)

    def _queue_status(self, action: Message) -> None:
        rows: list[tuple[str, Fields]] = []
        for queue in self._queues:
            rows.append(("QueueParams", {"Queue": queue, "Completed": 0, "Abandoned": 0, "ServiceLevel": 20}))
            rows += [
                (
                    "QueueMember",
                    {"Queue": queue, "Location": f"PJSIP/{extension}", **self._standing(extension)},
                )
                for extension in self._members
            ]
        self._list(action, rows)

    def _pause(self, action: Message) -> None:
        extension = action["Interface"].removeprefix("PJSIP/")
        member = self._members[extension]
        member.paused, member.reason = action["Paused"] == "true", action.get("Reason", "")
        self._reply(action, Message="Interface paused successfully")
        self._tell([("QueueMemberPause", self._row(queue, extension)) for queue in self._queues])

    def _reply(self, action: Message, **fields: object) -> None:
        self._say({"Response": "Success", "ActionID": action["ActionID"], **fields})

    def _list(self, action: Message, rows: Sequence[tuple[str, Fields]]) -> None:
        self._reply(action, EventList="start", Message="a list follows")
        number = {"ActionID": action["ActionID"]}
        for name, fields in rows:
            self._say({"Event": name, **number, **fields})
        end = {"EventList": "Complete", "ListItems": len(rows)}
        self._say({"Event": f"{action['Action']}Complete", **number, **end})

    def _say(self, fields: Fields) -> None:
        if self._writer is not None:
            self._writer.write(_block(fields))

    def _tell(self, events: Sequence[tuple[str, Fields]]) -> float:
        """All of it in one write, as it comes from an exchange that is not idle."""
        stamp = f"{time.time():.6f}"
        written = b"".join(
            _block({"Event": name, "Privilege": _privilege(name), "Timestamp": stamp, **fields})
            for name, fields in events
        )
        self.told += len(events)
        at = time.monotonic()
        if self._writer is not None:
            self._writer.write(written)
        return at

    # members

    def _state(self, extension: str, state: int) -> list[tuple[str, Fields]]:
        self._members[extension].state = state
        return [("QueueMemberStatus", self._row(queue, extension)) for queue in self._queues]

    def _row(self, queue: str, extension: str) -> Fields:
        return {"Queue": queue, "Interface": f"PJSIP/{extension}", **self._standing(extension)}

    def _standing(self, extension: str) -> Fields:
        member = self._members[extension]
        return {
            "MemberName": f"PJSIP/{extension}",
            "StateInterface": f"PJSIP/{extension}",
            "Membership": "dynamic",
            "Penalty": 1,
            "CallsTaken": member.taken,
            "LastCall": member.last,
            "LastPause": 0,
            "LoginTime": self._began,
            "InCall": int(member.state == _BUSY),
            "Status": member.state,
            "Paused": int(member.paused),
            "PausedReason": member.reason,
            "Ringinuse": 0,
            "Wrapuptime": 0,
        }


def _block(fields: Fields) -> bytes:
    return "".join([*(f"{key}: {value}\r\n" for key, value in fields.items()), "\r\n"]).encode()


def _privilege(event: str) -> str:
    if event == "UserEvent":
        return "user,all"
    return "agent,all" if event.startswith(("Queue", "Agent")) else "call,all"


def _member_of(call: QueueCall) -> Fields:
    member = f"PJSIP/{call.extension}"
    return {"Queue": call.queue, "MemberName": member, "Interface": member}


def _caller(call: QueueCall) -> Fields:
    serial = call.contact.rpartition(".")[2]
    return _channel(f"{_TRUNK}-{serial:0>8}", call, call.contact)


def _agent(call: QueueCall) -> Fields:
    serial = call.contact.rpartition(".")[2]
    return _channel(f"PJSIP/{call.extension}-{serial:0>8}", call, f"{call.contact}1")


def _both(call: QueueCall) -> Fields:
    return {**_caller(call), **{f"Dest{key}": value for key, value in _agent(call).items()}}


def _channel(name: str, call: QueueCall, unique: str) -> Fields:
    return {
        "Channel": name,
        "ChannelState": 6,
        "ChannelStateDesc": "Up",
        "CallerIDNum": call.number,
        "CallerIDName": call.name,
        "ConnectedLineNum": call.extension,
        "ConnectedLineName": "<unknown>",
        "Language": "en",
        "AccountCode": "",
        "Context": "queues",
        "Exten": "700",
        "Priority": 8,
        "Uniqueid": unique,
        "Linkedid": call.contact,
    }
