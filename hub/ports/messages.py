"""What the hub needs of whoever brings written messages to customers, in the words of WhatsApp's Cloud API.

A business may begin to write only by a *template* that the provider has approved, named with its language
(https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates). Text and files may go
within 24 hours of what the customer wrote last. What is told of a message is that the provider took it, never
that it arrived: that comes later, and elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

LONGEST_TEXT = 4096
"""Characters of a text (docs/whatsapp/cloud-api/messages/text-messages)."""
LONGEST_CAPTION = 1024
LONGEST_NAME = 240
LARGEST_IMAGE = 5 * 1024 * 1024
LARGEST_DOCUMENT = 16 * 1024 * 1024
"""Bytes. Meta takes 100 MB; the hub has a file in memory while it passes on."""
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def is_user_id(recipient: str) -> bool:
    """Whether it is WhatsApp's id of a customer for this business alone, who may have no number to show."""
    return _USER_ID.fullmatch(recipient) is not None


class FileKind(StrEnum):
    """As what a file is shown to the customer."""

    IMAGE = "image"
    DOCUMENT = "document"


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "image/jpeg": FileKind.IMAGE,
    "image/png": FileKind.IMAGE,
    "application/pdf": FileKind.DOCUMENT,
    "text/plain": FileKind.DOCUMENT,
    "application/msword": FileKind.DOCUMENT,
    "application/vnd.ms-excel": FileKind.DOCUMENT,
    "application/vnd.ms-powerpoint": FileKind.DOCUMENT,
    f"{_OFFICE}.wordprocessingml.document": FileKind.DOCUMENT,
    f"{_OFFICE}.spreadsheetml.sheet": FileKind.DOCUMENT,
    f"{_OFFICE}.presentationml.presentation": FileKind.DOCUMENT,
}
"""By media type what goes through, of all that the provider takes
(https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media,
*supported media types*).
"""
LARGEST = {FileKind.IMAGE: LARGEST_IMAGE, FileKind.DOCUMENT: LARGEST_DOCUMENT}


@dataclass(frozen=True, slots=True)
class Template:
    """An approved message: its ``name``, its ``language`` as the provider writes it (``he``, ``en_US``), and
    the texts for ``{{1}}``, ``{{2}}``… of its body.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Words to a customer who wrote within 24 hours; addresses in them get no preview."""

    body: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was uploaded before, by the provider's id; ``name`` is a document's file name."""

    kind: FileKind
    media: str
    caption: str = ""
    name: str = ""


Content: TypeAlias = Template | Text | Attachment


@dataclass(frozen=True, slots=True)
class File:
    """A whole file; ``media_type`` as in MIME (RFC 6838)."""

    media_type: str
    data: bytes = field(repr=False)


class Reason(StrEnum):
    """Why a message was not taken, as far as an agent or an administrator can act on it."""

    WINDOW_CLOSED = "window_closed"
    """The customer wrote more than 24 hours ago: only a template may be sent."""
    UNREACHABLE = "unreachable"
    """The customer has no WhatsApp there, or does not take messages."""
    TOO_FAST = "too_fast"
    """The sender sends too much."""
    TOO_FAST_TO_CUSTOMER = "too_fast_to_customer"
    """The sender sends too much to this one."""
    SENDER_RESTRICTED = "sender_restricted"
    """Too many customers blocked or reported the sender."""
    KEPT_FROM_CUSTOMER = "kept_from_customer"
    """The provider spares this customer such messages for a day."""
    ACCOUNT = "account"
    """The token, its rights or the account's bills: an administrator has to act."""
    TEMPLATE = "template"
    """The template's parameters, name or language are wrong, or it is paused or disabled."""
    FILE = "file"
    """A kind or size that does not go through, or it is no longer there."""
    OTHER = "other"


class MessageError(Exception):
    """The message was not taken, or nobody knows. ``str(error)`` is for an administrator, cleaned.

    ``code`` is the provider's own (0: none was told).
    """

    def __init__(self, words: str, code: int = 0, reason: Reason = Reason.OTHER) -> None:
        super().__init__(words)
        self.code = code
        self.reason = reason


class Refused(MessageError):
    """It was not sent, and this message never will be."""


class NotNow(MessageError):
    """It was not sent, and may be later: not before ``after`` seconds have passed."""

    def __init__(self, words: str, code: int = 0, after: float = 0.0, reason: Reason = Reason.OTHER) -> None:
        super().__init__(words, code, reason)
        self.after = after


class NotReached(NotNow):
    """No connection was made, so nothing was asked."""


class PerhapsSent(MessageError):
    """It was asked for, and no answer says what became of it."""


class Messages(Protocol):
    """One sender of written messages."""

    async def send(self, to: str, content: Content, reference: str) -> str:
        """Ask once that ``content`` be sent to ``to`` (E.164, or the provider's id of a customer); the
        provider's id of the message.

        ``reference`` is the hub's own id of it, which the provider tells again with whatever it tells of the
        message. It does not keep a second request from being a second message. Raises ``MessageError``.
        """
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


@runtime_checkable
class Media(Protocol):
    """Where files of messages are kept by the provider. Asking twice does no harm."""

    async def upload(self, file: File, name: str) -> str:
        """Keep ``file`` there for messages of the next 30 days; the provider's id of it.

        Raises ``Refused`` for a kind or size that does not go through, and ``NotNow``.
        """
        ...

    async def download(self, media: str) -> File:
        """The file with the provider's id ``media``, as a customer sent it. Raises as ``upload`` does."""
        ...


def refuse_unfit(media_type: str, size: int) -> FileKind:
    """As what a file of ``size`` bytes goes through. Raises ``Refused``."""
    kind = KINDS.get(media_type)
    if kind is None:
        raise Refused("Files of this kind do not go through: images and documents do.", reason=Reason.FILE)
    if size > LARGEST[kind]:
        most = LARGEST[kind] // (1024 * 1024)
        image, document = f"An image may have at most {most} MB.", f"A document may have at most {most} MB."
        raise Refused(image if kind is FileKind.IMAGE else document, reason=Reason.FILE)
    if size == 0:
        raise Refused("The file is empty.", reason=Reason.FILE)
    return kind
