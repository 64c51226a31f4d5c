"""What the hub needs of whoever brings written messages to customers, in the words of WhatsApp's Cloud API.

A business may begin to write only by a *template* that the provider has approved, named with its language
(https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates). What is told of a
message is that the provider took it, never that it arrived: that comes later, and elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Template:
    """An approved message: its ``name``, its ``language`` as the provider writes it (``he``, ``en_US``), and
    the texts for ``{{1}}``, ``{{2}}``… of its body.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()


class MessageError(Exception):
    """The message was not taken, or nobody knows. ``str(error)`` is for an administrator, cleaned.

    ``code`` is the provider's own (0: none was told).
    """

    def __init__(self, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.code = code


class Refused(MessageError):
    """It was not sent, and this message never will be."""


class NotNow(MessageError):
    """It was not sent, and may be later: not before ``after`` seconds have passed."""

    def __init__(self, words: str, code: int = 0, after: float = 0.0) -> None:
        super().__init__(words, code)
        self.after = after


class NotReached(NotNow):
    """No connection was made, so nothing was asked."""


class PerhapsSent(MessageError):
    """It was asked for, and no answer says what became of it."""


class Messages(Protocol):
    """One sender of written messages."""

    async def send(self, to: str, template: Template, reference: str) -> str:
        """Ask once that ``template`` be sent to ``to`` (E.164); the provider's id of the message.

        ``reference`` is the hub's own id of it, which the provider tells again with whatever it tells of the
        message. It does not keep a second request from being a second message. Raises ``MessageError``.
        """
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...
