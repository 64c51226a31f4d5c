"""Written messages in memory: ``hub.ports.messages``, held to the suite that the real adapter passes."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.ports.messages import Content, File, refuse_unfit


@dataclass(frozen=True)
class Sent:
    """One message that is on its way."""

    to: str
    content: Content
    reference: str


@dataclass
class FakeMessages:
    """Takes every message, unless ``next`` says otherwise: an error for each of the next tries.

    An error of ``perhaps`` comes after the message was taken. While ``gate`` is closed no try ends.
    """

    accepted: list[Sent] = field(default_factory=list)
    tries: int = 0
    next: deque[Exception] = field(default_factory=deque)
    perhaps: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first try."""
    closed: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    async def send(self, to: str, content: Content, reference: str) -> str:
        self.tries += 1
        self.asked.set()
        await self.gate.wait()
        trouble = self.next.popleft() if self.next else None
        if trouble is None or self.perhaps:
            self.accepted.append(Sent(to, content, reference))
        if trouble is not None:
            raise trouble
        return f"wamid.{len(self.accepted)}"

    async def close(self) -> None:
        self.closed = True


class FakeWhatsApp(FakeMessages):
    """The same, and files (``hub.ports.messages.Media``)."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, File] = {}

    async def upload(self, file: File, name: str) -> str:
        refuse_unfit(file.media_type, len(file.data))
        assert name
        media = str(4000 + len(self.files))
        self.files[media] = file
        return media

    async def download(self, media: str) -> File:
        return self.files[media]
