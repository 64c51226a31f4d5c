"""What the agent can do in writing: read conversations, make them their own, and answer by texts, files and
templates.
"""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from hub.contract import TemplateToSend


@message
class WriteToCaller:
    """Go on with the caller of a contact by WhatsApp, beside the call."""

    contact: str


@message
class WatchConversations:
    """See which written conversations there are."""


@message
class ReadConversation:
    """Read what was said in one."""

    conversation: str


@message
class LeaveConversations:
    """Nothing of them is read any more."""


@message
class TakeConversation:
    """Make one that is nobody's the agent's own."""

    conversation: str


@message
class LetConversationGo:
    """Give one back to its queue."""

    conversation: str


@message
class SeeConversation:
    """It has been read up to this message."""

    conversation: str
    message: str


@message
class SayText:
    """Send a text to the customer; sent again under the same ``key`` it is still one."""

    conversation: str
    text: str
    key: str


@message
class LookAtFile:
    """See what lies at a path, before it is sent."""

    path: str


@message
class LeaveFile:
    """Nothing of it is sent."""


@message
class SendFile:
    """Send what lies at ``path``, which is called ``name``; under the same ``key`` it is still one."""

    conversation: str
    path: str
    name: str
    key: str


@message
class SaveFile:
    """Save the file of a message in the user's directory for downloads."""

    conversation: str
    message: str


@message
class SendTemplate:
    """Send an approved message, which reads as ``text``; under the same ``key`` it is still one."""

    conversation: str
    asked: TemplateToSend
    text: str
    key: str


@message
class TakeTextBack:
    """Have a text that the hub refused to write it otherwise."""

    key: str


@message
class EditAnswer:
    """An answer as it now stands on the screen. It is named, so that it reaches no other one."""

    conversation: str
    text: str


@message
class EditEarly:
    """What now waits for its box, all of it: that of ``conversation``, or, while only the hub knows which
    that is, of the caller of ``contact``.
    """

    conversation: str
    contact: str
    text: str


OfConversations: TypeAlias = (
    WriteToCaller
    | WatchConversations
    | ReadConversation
    | LeaveConversations
    | TakeConversation
    | LetConversationGo
    | SeeConversation
    | SayText
    | LookAtFile
    | LeaveFile
    | SendFile
    | SaveFile
    | SendTemplate
    | TakeTextBack
    | EditAnswer
    | EditEarly
)
