"""Written conversations as this desk knows them, and what may be said in one now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from agent_tui.text.catalogue import Told
from hub.contract import AgentTemplate, Conversation, FileLimits, TemplateToSend, Written


@dataclass(frozen=True, slots=True)
class Sending:
    """A text that the hub does not have yet, as far as is known. ``words``: why not; empty on its way.

    ``refused``: the hub said no, so it may become another text. Else it may be there: sent again under the
    same ``key`` it is still one message.
    """

    key: str
    conversation: str
    text: str
    words: Told = ""
    refused: bool = False
    template: TemplateToSend | None = None
    file: str = ""
    """Where the file lies that is sent; ``text`` is then its name."""

    @property
    def is_text(self) -> bool:
        """Whether it is the agent's own words, and neither a template nor a file."""
        return self.template is None and not self.file


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on the agent's machine: its ``name`` cleaned, its ``size`` in bytes, and what it is by its
    content; no ``media_type``: nothing that passes.
    """

    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """What lies at the ``path`` that the agent typed; without ``found`` ``words`` say why nothing does."""

    path: str
    found: LocalFile | None = None
    words: Told = ""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A message's file: ``place`` is where it was saved, ``words`` why it was not; without both it comes."""

    place: str = ""
    words: Told = ""


@dataclass(frozen=True, slots=True)
class ThreadShown:
    """The conversation on the screen, the oldest message first. ``trouble``: why there is nothing newer."""

    conversation: str
    messages: tuple[Written, ...] = ()
    asking: bool = True
    trouble: Told = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """All written conversations of the agent and those that are nobody's, the last to change first.

    ``told``: the hub has said which there are. ``drafts`` are answers that are not sent, by conversation.
    """

    conversations: tuple[Conversation, ...] = ()
    told: bool = False
    thread: ThreadShown | None = None
    drafts: Mapping[str, str] = field(default_factory=dict)
    early: Mapping[str, str] = field(default_factory=dict)
    """What is typed for a conversation whose box is still to come: no more than one at a time."""
    sending: tuple[Sending, ...] = ()
    templates: tuple[AgentTemplate, ...] = ()
    files: FileLimits = field(default_factory=FileLimits)
    chosen: ChosenFile | None = None
    saved: Mapping[str, SavedFile] = field(default_factory=dict)
    """By message, since the conversation is on the screen."""

    def find(self, name: str) -> Conversation | None:
        """The conversation of this id."""
        return next((one for one in self.conversations if one.conversation == name), None)

    @property
    def shown(self) -> Conversation | None:
        """The one on the screen."""
        return self.find(self.thread.conversation) if self.thread is not None else None

    @property
    def unread(self) -> int:
        """How many messages of customers nobody has read."""
        return sum(one.unread for one in self.conversations)

    def moved_on(self, new: Writing) -> bool:
        """Whether ``new`` differs in what others wrote or what became of it, and not in drafts alone."""
        return (
            self.conversations is not new.conversations
            or self.thread is not new.thread
            or self.sending is not new.sending
            or self.chosen is not new.chosen
            or self.saved is not new.saved
        )

    def waiting(self, conversation: str) -> tuple[Sending, ...]:
        """What of a conversation is not in the hub yet."""
        return tuple(one for one in self.sending if one.conversation == conversation)

    def stuck(self, conversation: str) -> Sending | None:
        """The first text of a conversation that did not reach the hub."""
        return next((one for one in self.waiting(conversation) if one.words), None)


class Answer(Enum):
    """What the agent can do in a conversation now."""

    TEXT = auto()
    TEMPLATE = auto()
    """The customer wrote more than 24 hours ago, or never."""
    TAKE = auto()
    """It is nobody's: it has to be taken first."""


def answer(conversation: Conversation, agent: str, clock: datetime) -> Answer:
    """What goes at ``clock``, the wall clock (aware): the window closes on an open desk, too."""
    if conversation.agent != agent:
        return Answer.TAKE
    return Answer.TEXT if is_open(conversation, clock) else Answer.TEMPLATE


def is_open(conversation: Conversation, clock: datetime) -> bool:
    """Whether WhatsApp takes text at ``clock``."""
    until = conversation.can.text_until
    return until is not None and clock < until


def with_number(writing: Writing, number: str) -> Conversation | None:
    """The conversation with who has this number, as far as this desk is told of it."""
    return next((one for one in writing.conversations if number and one.number == number), None)
