"""Client and server transactions over UDP (RFC 3261 §17), which pyVoIP has none of."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from sip.engines.pyvoip.message import Message

T1, T2 = 0.5, 4.0
"""Seconds of a round trip, and the longest between two retransmissions (§17.1.1.1)."""
GIVEN_UP: Final = 64 * T1
"""Seconds without a final answer (timers B and F), and those that an answer is kept to be sent again."""
_LONGEST_RING: Final = 600.0
"""Seconds that an INVITE may ring: the caller or the exchange gives up sooner."""
_MOST_ANSWERS, _MOST_KEPT = 16, 256

Send = Callable[[bytes], None]


class NoAnswer(Exception):
    """Nobody answered in time."""


class ClientTransactions:
    """Requests that wait for their answers, by branch and method (§17.1.3)."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}

    async def run(
        self, data: bytes, branch: str, method: str, on_provisional: Callable[[Message], None] | None = None
    ) -> Message:
        """Send, again while nothing is heard, and return the final answer. Raises ``NoAnswer``."""
        loop = asyncio.get_running_loop()
        answers: asyncio.Queue[Message] = asyncio.Queue(_MOST_ANSWERS)
        self._waiting[branch, method] = answers
        end, interval, invites = loop.time() + GIVEN_UP, T1, method == "INVITE"
        self._send(data)
        again = loop.time() + interval
        try:
            while True:
                answer = await _before(answers, min(again, end))
                if answer is not None and answer.code >= 200:  # noqa: PLR2004 - a final one
                    return answer
                if answer is not None:
                    interval = T2
                    if invites:
                        # it rings: nothing is sent again (§17.1.1.2)
                        end = again = loop.time() + _LONGEST_RING
                    if on_provisional is not None:
                        on_provisional(answer)
                elif loop.time() >= end:
                    raise NoAnswer
                else:
                    self._send(data)
                    interval = interval * 2 if invites else min(interval * 2, T2)
                    again = loop.time() + interval
        finally:
            del self._waiting[branch, method]

    def answered(self, response: Message) -> bool:
        """Whether somebody waited for it."""
        answers = self._waiting.get((response.branch, response.sequence[1]))
        if answers is None:
            return False
        if not answers.full():
            answers.put_nowait(response)
        return True


async def _before(answers: asyncio.Queue[Message], moment: float) -> Message | None:
    try:
        async with asyncio.timeout_at(moment):
            return await answers.get()
    except TimeoutError:
        return None


class ServerTransactions:
    """What requests were answered, to be answered the same when they come again (§17.2). Bounded."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()

    def known(self, request: Message) -> bytes | None:
        """The last answer to this very request, empty while there is none yet; None for a new one."""
        key = (request.branch, *request.sequence)
        answer = self._answers.get(key)
        if answer is None:
            self._keep(key, b"")
        return answer

    def answer(self, request: Message, data: bytes) -> None:
        """It was answered by ``data``."""
        self._keep((request.branch, *request.sequence), data)

    def _keep(self, key: tuple[str, int, str], data: bytes) -> None:
        self._answers[key] = data
        self._answers.move_to_end(key)
        while len(self._answers) > _MOST_KEPT:
            self._answers.popitem(last=False)
