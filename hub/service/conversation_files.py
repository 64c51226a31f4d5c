"""Images and documents in conversations.

The hub keeps none: what an agent sends is at WhatsApp before it is in the outbox, and what an agent saves
comes from there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from edge.files import is_what_it_says, media_type_of, safe_name
from hub import contract as c
from hub.domain.conversations import Conversation, Said, Tick
from hub.ports.messages import KINDS, Attachment, File, FileKind, Media, MessageError, NotNow
from hub.refusals import NoFile, ProviderSilent, TooLarge, Unprocessable, WrongPhase
from hub.service.conversation_news import written
from hub.service.conversations import Conversations, stored
from hub.service.outbox import WHATSAPP

_AT_ONCE = 4
"""Files that are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class ConversationFiles:
    """Everything raises ``hub.refusals.Refusal``. ``media`` None: this centre sends and fetches none."""

    conversations: Conversations
    media: Media | None
    limits: c.FileLimits
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def send(self, agent: str, name: str, file: str, body: AsyncIterator[bytes], key: str) -> c.Written:
        """Send what ``body`` brings as a file called ``file``, once for ``key``."""
        conversation = await self.conversations.own(agent, name)
        reference = hashlib.sha256(f"{WHATSAPP} file {agent} {key}".encode()).hexdigest()[:32]
        known = await stored(self.conversations.store.message(reference))
        if known is None:
            async with self.turns:
                known = await self._sent(agent, conversation, file, await self._read(body), reference)
        if known.conversation != name:
            raise Unprocessable("This Idempotency-Key was used for something else.")
        return written(known)

    async def fetch(self, agent: str, name: str, message: str) -> tuple[File, str]:
        """The file of a message, and what it is called."""
        await self.conversations.own(agent, name)
        said = await stored(self.conversations.store.message(message))
        if said is None or said.conversation != name or not said.media:
            raise NoFile("This message has no file.")
        async with self.turns:
            file = await self._fetched(said)
        return file, safe_name(said.file_name or said.kind, file.media_type)

    async def _sent(
        self, agent: str, conversation: Conversation, file: str, data: bytes, reference: str
    ) -> Said:
        if not conversation.takes_text(self.conversations.now()):
            raise WrongPhase("The customer wrote more than 24 hours ago: WhatsApp takes only a template now.")
        media_type, kind = self._passes(data, file)
        named = safe_name(file, media_type)
        try:
            media = await self._provider.upload(File(media_type, data), named)
        except MessageError as error:
            raise _refusal(error) from error
        said = Said(
            id=reference,
            conversation=conversation.id,
            at=self.conversations.now(),
            agent=agent,
            kind=kind.value,
            text="",
            media_type=media_type,
            file_name=named,
            media=media,
            status=Tick.WAITING.value,
        )
        await self.conversations.keep(conversation, said, Attachment(kind, media, "", named))
        return await stored(self.conversations.store.message(reference)) or said

    def _passes(self, data: bytes, file: str) -> tuple[str, FileKind]:
        media_type = media_type_of(data, file)
        kind = KINDS.get(media_type)
        if kind is None:
            raise Unprocessable("Files of this kind do not go through: images and documents do.")
        self._check_size(kind, len(data))
        return media_type, kind

    async def _fetched(self, said: Said) -> File:
        try:
            file = await self._provider.download(said.media)
        except MessageError as error:
            raise _refusal(error) from error
        self._check_size(KINDS[file.media_type], len(file.data))
        if not is_what_it_says(file.data, file.media_type):
            raise Unprocessable("The file is not what it says it is, so it is not given on.")
        return file

    async def _read(self, body: AsyncIterator[bytes]) -> bytes:
        data = bytearray()
        async for part in body:
            data += part
            if len(data) > self.limits.document:
                raise TooLarge(_too_large(FileKind.DOCUMENT, self.limits.document))
        if not data:
            raise Unprocessable("The file is empty.")
        return bytes(data)

    def _check_size(self, kind: FileKind, size: int) -> None:
        most = self.limits.image if kind is FileKind.IMAGE else self.limits.document
        if size > most:
            raise TooLarge(_too_large(kind, most))

    @property
    def _provider(self) -> Media:
        if self.media is None:
            raise Unprocessable("This centre sends no files.")
        return self.media


def _too_large(kind: FileKind, most: int) -> str:
    if kind is FileKind.IMAGE:
        return f"An image may have at most {most // 2**20} MB."
    return f"A document may have at most {most // 2**20} MB."


def _refusal(error: MessageError) -> Unprocessable | ProviderSilent:
    """Asking again does no harm where it may help."""
    if isinstance(error, NotNow):
        return ProviderSilent("WhatsApp does not take or give files now; try again.")
    return Unprocessable(f"WhatsApp refused the file: {error}")
