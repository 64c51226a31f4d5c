"""Written conversations with customers, by WhatsApp."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from hub.contract.base import Model

LONGEST_TEXT = 4096
"""Characters of one message (WhatsApp's own limit)."""
LONGEST_PARAMETER = 200
"""Characters that fill one place of a template."""
MOST_SHOWN = 200
"""Conversations of a list, and messages of a conversation."""


Ticked: TypeAlias = Literal["", "waiting", "sent", "delivered", "read", "failed", "unknown"]


class Writable(Model):
    """What will work now. ``opted_in``: the customer asked to be written to, or wrote. Text goes until
    ``text_until`` (None: it never did); after that, ``template_needed``.
    """

    opted_in: bool
    text_until: datetime | None = None
    template_needed: bool


class Conversation(Model):
    """With one customer. ``number`` is E.164, empty for who does not show one; ``name`` is what they call
    themselves. ``agent`` is whose it is, empty: nobody's yet. ``unread`` messages of the customer are new.
    """

    conversation: str
    number: str
    name: str
    queue: str
    queue_title: str
    agent: str
    changed_at: datetime
    unread: int
    can: Writable


class Written(Model):
    """A message. ``agent`` is who wrote it: empty for the customer, and for what the centre sent by itself
    (``kind`` template, whose name is ``text``). ``kind`` is text, image, document, or WhatsApp's word for
    what is not shown here; ``file``: it can be fetched. ``status`` is how far the centre's came, ``words``
    why it did not.
    """

    message: str
    at: datetime
    agent: str
    incoming: bool
    kind: str
    text: str
    file_name: str = ""
    media_type: str = ""
    file: bool = False
    status: Ticked = ""
    words: str = ""


class FileLimits(Model):
    """Bytes of the largest ``image`` and ``document`` that pass; 0: none does."""

    image: int = 0
    document: int = 0


class Thread(Model):
    """A conversation with what was said in it at last, the oldest first."""

    conversation: Conversation
    messages: tuple[Written, ...] = ()


class TextToSend(Model):
    """What an agent says."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")]


class AgentTemplate(Model):
    """An approved message that may begin to write. ``body`` has ``{{1}}``, ``{{2}}``… for ``parameters``:
    facts of a card, ``name`` the customer's name, ``agent`` the agent's.
    """

    template: str
    title: str
    language: str
    body: str
    parameters: tuple[str, ...] = ()


class TemplateToSend(Model):
    """What fills the template of this id. ``agreed``: the customer has just said yes to it."""

    template: Annotated[str, Field(max_length=600)]
    parameters: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_PARAMETER)], ...], Field(max_length=10)
    ] = ()
    agreed: bool = False


class SeenMessage(Model):
    """Up to which message of the customer an agent has read: one that came meanwhile stays unread."""

    message: Annotated[str, Field(min_length=1, max_length=512)]


class ConversationEvent(Model):
    """A conversation that this agent may read is new or changed; ``message`` is new in it or came farther."""

    kind: Literal["conversation"] = "conversation"
    conversation: Conversation
    message: Written | None = None


class ConversationGoneEvent(Model):
    """It is a colleague's now; or ``ended``: this agent let it go, and nothing was said in it, or its queue
    is none of theirs.
    """

    kind: Literal["conversation_gone"] = "conversation_gone"
    conversation: str
    ended: bool = False
