"""The commands that a stub was given, and which of them fail or wait."""

from __future__ import annotations

import asyncio

from sip.errors import PhoneError


class Taken:
    """``fail_next`` makes the next command of a kind raise, ``delay_next`` has it wait."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fail_next: dict[str, PhoneError] = {}
        self.delay_next: dict[str, asyncio.Event] = {}

    async def command(self, *command: str) -> None:
        """Take a command, in its time."""
        delay = self.delay_next.pop(command[0], None)
        if delay is not None:
            await delay.wait()
        self.asked.append(command)
        self.raise_if_told(command[0])

    def raise_if_told(self, command: str) -> None:
        """Fail where a test says so."""
        error = self.fail_next.pop(command, None)
        if error is not None:
            raise error
