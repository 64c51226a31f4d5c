"""What WhatsApp's Cloud API takes, by Meta's pages: a misspelt field is error 100.

Pages are below https://developers.facebook.com; ``docs/whatsapp/cloud-api/reference/messages`` where none is
named.
"""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

IMAGES = ("image/jpeg", "image/png")
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.presentationml.presentation",
)
"""documentation/business-messaging/whatsapp/business-phone-numbers/media, *supported media types*."""
_LARGEST = {**dict.fromkeys(IMAGES, 5 << 20), **dict.fromkeys(DOCUMENTS, 100 << 20)}


class _Specified(BaseModel):
    """Nothing but what is specified."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Parameter(_Specified):
    """*parameter object*: its text, not empty."""

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=1024)]


class _Body(_Specified):
    """*components object*: the body with its parameters in order."""

    type: Literal["body"]
    parameters: Annotated[list[_Parameter], Field(min_length=1)]


class _Language(_Specified):
    """*language object*: ``policy`` deterministic is the only one; ``code`` as the template has it."""

    policy: Literal["deterministic"]
    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]


class _Template(_Specified):
    """*template object*: names are of lower case letters, digits and underscores
    (docs/whatsapp/business-management-api/message-templates).
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: _Language
    components: list[_Body] = []


class _Text(_Specified):
    """docs/whatsapp/cloud-api/messages/text-messages: up to 4096 characters."""

    body: Annotated[str, Field(min_length=1, max_length=4096)]
    preview_url: bool = False


class _Image(_Specified):
    """docs/whatsapp/cloud-api/messages/image-messages: an uploaded one, its caption up to 1024 characters."""

    id: Annotated[str, Field(pattern=r"^[0-9]+$")]
    caption: Annotated[str, Field(min_length=1, max_length=1024)] | None = None


class _Document(_Image):
    """docs/whatsapp/cloud-api/messages/document-messages."""

    filename: Annotated[str, Field(pattern=r"^[^/\\]{1,240}$")] | None = None


class Asked(_Specified):
    """*message object*. ``to`` has country code and, as the page on phone numbers advises, a plus;
    ``biz_opaque_callback_data`` is a string of at most 512 characters that comes back with each status.

    ``recipient`` is who has no number: documentation/business-messaging/whatsapp/business-scoped-user-ids.
    """

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"]
    to: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    recipient: Annotated[str, Field(pattern=r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$")] | None = None
    type: Literal["template", "text", "image", "document"]
    template: _Template | None = None
    text: _Text | None = None
    image: _Image | None = None
    document: _Document | None = None
    biz_opaque_callback_data: Annotated[str, Field(max_length=512)]

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.to is None) == (self.recipient is None):
            raise ValueError("one recipient is needed")
        told = {name for name in ("template", "text", "image", "document") if getattr(self, name)}
        if told != {self.type}:
            raise ValueError(f"type {self.type!r} with {told}")
        return self

    @property
    def media(self) -> str | None:
        """The file that goes with it."""
        part = self.image or self.document
        return part.id if part else None


def uploaded(content_type: str, body: bytes) -> tuple[str, bytes]:
    """The file of a form (documentation/business-messaging/whatsapp/business-phone-numbers/media, *upload
    media*: ``file``, ``type`` and ``messaging_product``, no more). Raises ``ValueError``.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = {
        str(part.get_param("name", header="content-disposition")): part
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    }
    if set(parts) != {"file", "type", "messaging_product"}:
        raise ValueError(f"a form with {sorted(parts)}")
    kind, product = (parts[name].get_payload(decode=True) for name in ("type", "messaging_product"))
    data = parts["file"].get_payload(decode=True)
    media_type = parts["file"].get_content_type()
    if product != b"whatsapp" or kind != media_type.encode() or not isinstance(data, bytes):
        raise ValueError(f"product {product!r}, type {kind!r} and {media_type!r}")
    if not 0 < len(data) <= _LARGEST.get(media_type, 0):
        raise ValueError(f"{len(data)} bytes of {media_type}")
    return media_type, data
