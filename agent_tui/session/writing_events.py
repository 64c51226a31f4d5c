"""What changes written conversations on this desk, beside what the hub tells by its stream."""

from __future__ import annotations

from typing import TypeAlias

from agent_tui.session.answer_draft import AnswerDraft
from agent_tui.session.writing import ChosenFile, SavedFile
from agent_tui.text.catalogue import Told
from edge.message import message
from hub.contract import Conversation, TemplateToSend, Thread


@message
class ConversationsCame:
    """All there are, as the hub lists them."""

    conversations: tuple[Conversation, ...]


@message
class ConversationCame:
    """One as it stands now: it was taken, or begun from a call. ``read``: it is to be on the screen."""

    conversation: Conversation
    read: bool = False


@message
class ThreadAsked:
    """The agent wants to read this conversation; answers about another one are waited for no more."""

    conversation: str


@message
class ThreadCame:
    """What was said in it at last."""

    thread: Thread


@message
class ThreadFailed:
    """It cannot be read now. ``words``: why."""

    conversation: str
    words: Told


@message
class ThreadLeft:
    """Nobody reads any more."""


@message
class AnswerTyped:
    """An answer as it stands on the screen, not sent."""

    conversation: str
    text: str


@message
class EarlyTyped:
    """What now waits for its box, all of it: that of ``conversation``, or, while only the hub knows which
    that is, of the caller of ``contact``. Empty: nothing waits any more.
    """

    conversation: str
    contact: str
    text: str


@message
class TextSending:
    """A text is on its way to the hub under ``key``, for the first time or again."""

    key: str
    conversation: str
    text: str
    template: TemplateToSend | None = None
    file: str = ""


@message
class TextSent:
    """The hub holds it, and sends it."""

    key: str


@message
class TextNotSent:
    """It did not reach the hub, as far as the desk knows. ``refused``: the hub said no."""

    key: str
    words: Told
    refused: bool


@message
class TextTakenBack:
    """A refused text is an answer that is not sent, again."""

    key: str


@message
class TextNoted:
    """What was typed for a caller with whom no conversation came stands in the note about ``who``."""

    who: str


@message
class FileLooked:
    """What lies at the path that the agent typed."""

    chosen: ChosenFile


@message
class FileLeft:
    """No file is to be sent any more."""


@message
class FileSaving:
    """How the saving of a message's file goes, or how it ended."""

    message: str
    saved: SavedFile


@message
class AnswerFound:
    """An earlier desk left this."""

    draft: AnswerDraft


WritingEvent: TypeAlias = (
    ConversationsCame
    | ConversationCame
    | ThreadAsked
    | ThreadCame
    | ThreadFailed
    | ThreadLeft
    | AnswerTyped
    | EarlyTyped
    | TextSending
    | TextSent
    | TextNotSent
    | TextTakenBack
    | TextNoted
    | AnswerFound
    | FileLooked
    | FileLeft
    | FileSaving
)
