"""A doctor that has looked already, and what it found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from agent_tui.ports import DoctorGone
from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Phrase, Told

FOUND: Final[tuple[Finding | Told, ...]] = (
    Finding("unicode", Verdict.GOOD, "UTF-8"),
    Finding("colours", Verdict.GOOD, Phrase("16 million")),
    Finding("size", Verdict.GOOD, "120 × 40"),
    Finding("settings", Verdict.GOOD, "/home/dana/.config/moked/config.toml"),
    Phrase("Say something now, as you speak with a customer …"),
    Finding("sound", Verdict.GOOD, Phrase("microphone and speaker open")),
    Finding(
        "microphone",
        Verdict.WARNING,
        Phrase("the loudest was {level}: nobody spoke, or it is too quiet", level="-58 dBFS"),
        Phrase("Bring the microphone nearer, or raise its level."),
    ),
    Finding(
        "name", Verdict.GOOD, Phrase("{host} is {addresses}", host="pbx.example.com", addresses="192.0.2.7")
    ),
    Finding(
        "certificate",
        Verdict.GOOD,
        Phrase(
            "{version}, the certificate of {host} is good for {count} day",
            "{version}, the certificate of {host} is good for {count} days",
            71,
            version="TLSv1.3",
            host="pbx.example.com",
        ),
    ),
    Finding("password", Verdict.GOOD, Phrase("in the keyring")),
    Finding(
        "hub",
        Verdict.FAILED,
        Phrase("{url}: {why}", url="https://hub.example.com", why=Phrase("The hub did not answer in time.")),
        Phrase("Check [hub] url, the network, and a VPN that must be on."),
    ),
)


class StubDoctor:
    """A ``DoctorPort`` that tells ``found`` and then waits for ``goes_on``, unless it is set."""

    def __init__(self, found: Sequence[Finding | Told] = FOUND, breaks: Told = "") -> None:
        self._found = found
        self._breaks = breaks
        self.goes_on = asyncio.Event()
        self.looks: list[tuple[bool, tuple[int, int]]] = []
        """What each look was asked for: sound, size."""
        self.left = 0
        """How many looks ended, whole or not."""

    async def examine(self, *, sound: bool, size: tuple[int, int]) -> AsyncGenerator[Finding | Told]:
        self.looks.append((sound, size))
        try:
            for one in self._found:
                yield one
            await self.goes_on.wait()
            if self._breaks:
                raise DoctorGone(self._breaks)
        finally:
            self.left += 1
