"""Written conversations: as the hub tells of them, as they are read, and what is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from agent_tui.session.answer_draft import sending_of
from agent_tui.session.events import SnapshotTaken
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.session.writing import Sending, ThreadShown, Writing
from agent_tui.session.writing_events import (
    AnswerFound,
    AnswerTyped,
    ConversationCame,
    ConversationsCame,
    EarlyTyped,
    FileLeft,
    FileLooked,
    FileSaving,
    TextNoted,
    TextNotSent,
    TextSending,
    TextSent,
    TextTakenBack,
    ThreadAsked,
    ThreadCame,
    ThreadFailed,
    ThreadLeft,
)
from agent_tui.text.catalogue import Phrase
from hub.contract import MOST_SHOWN, Conversation, ConversationEvent, ConversationGoneEvent, Written

TOPIC: Final = "whatsapp"
MOST_DRAFTS: Final = 50

_FURTHER: Final = ("", "waiting", "unknown", "failed", "sent", "delivered", "read")
"""How far a message came: news of it overtake each other."""
_TAKEN = Phrase("A colleague has taken this conversation.")
_SOMEBODY = Phrase("The customer")


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    return _with(state, templates=event.snapshot.templates, files=event.snapshot.files)


def _all(state: SessionState, event: ConversationsCame) -> SessionState:
    conversations = event.conversations[:MOST_SHOWN]
    return _read_all(_with(state, conversations=conversations, told=True))


def _one(state: SessionState, event: ConversationCame) -> SessionState:
    state = _with(state, conversations=_put(state.writing, event.conversation))
    return _asked(state, ThreadAsked(event.conversation.conversation)) if event.read else state


def _told(state: SessionState, event: ConversationEvent) -> SessionState:
    """A message that comes in is told in a line, but to who reads that conversation."""
    writing, message = state.writing, event.message
    state = _with(state, conversations=_put(writing, event.conversation))
    thread, name = writing.thread, event.conversation.conversation
    if message is not None and thread is not None and thread.conversation == name:
        shown = replace(thread, messages=_merged(thread.messages, (message,)))
        return _read_all(_with(state, thread=shown))
    if message is not None and message.incoming and event.conversation.unread:
        told = Phrase("{who} writes by WhatsApp. Ctrl+T reads it.", who=_who(event.conversation))
        return put(state, TOPIC, Severity.INFO, told)
    return _read_all(state)


def _gone(state: SessionState, event: ConversationGoneEvent) -> SessionState:
    """What was said in it is no longer this agent's to read."""
    writing = state.writing
    left = tuple(one for one in writing.conversations if one.conversation != event.conversation)
    state = _with(state, conversations=left)
    thread = writing.thread
    if thread is not None and thread.conversation == event.conversation:
        taken = ThreadShown(event.conversation, asking=False, trouble=_TAKEN)
        state = _with(state, thread=None if event.ended else taken)
    return _read_all(state)


def _asked(state: SessionState, event: ThreadAsked) -> SessionState:
    """What is shown of the same conversation stays until the answer is there."""
    before = state.writing.thread
    same = before is not None and before.conversation == event.conversation
    messages = before.messages if before is not None and same else ()
    return _with(state, thread=ThreadShown(event.conversation, messages))


def _came(state: SessionState, event: ThreadCame) -> SessionState:
    """What the stream told meanwhile is newer than the answer, and stays."""
    state = _with(state, conversations=_put(state.writing, event.thread.conversation))
    thread, name = state.writing.thread, event.thread.conversation.conversation
    if thread is None or thread.conversation != name:
        return state
    messages = _merged(event.thread.messages, thread.messages)
    return _with(state, thread=ThreadShown(name, messages, asking=False))


def _failed(state: SessionState, event: ThreadFailed) -> SessionState:
    thread = state.writing.thread
    if thread is None or thread.conversation != event.conversation:
        return state
    return _with(state, thread=replace(thread, asking=False, trouble=event.words))


def _left(state: SessionState, _event: ThreadLeft) -> SessionState:
    return _with(state, thread=None, chosen=None, saved={})


def _typed(state: SessionState, event: AnswerTyped) -> SessionState:
    """What waited for this box stands in it: one change, so that it is kept once whenever the desk ends."""
    drafts = _drafts(state.writing, event.conversation, event.text)
    early = {name: text for name, text in state.writing.early.items() if name != event.conversation}
    return _with(state, drafts=drafts, early=early)


def _early(state: SessionState, event: EarlyTyped) -> SessionState:
    early = {event.conversation: event.text} if event.conversation and event.text else {}
    return _with(state, early=early) if early != state.writing.early else state


def _sending(state: SessionState, event: TextSending) -> SessionState:
    """From the press on it is no draft any more; one that is sent again keeps its place."""
    writing = state.writing
    sent = Sending(event.key, event.conversation, event.text, template=event.template, file=event.file)
    if any(one.key == event.key for one in writing.sending):
        return _with(state, sending=tuple(sent if one.key == event.key else one for one in writing.sending))
    drafts = writing.drafts if not sent.is_text else _drafts(writing, event.conversation, "")
    return _with(state, sending=(*writing.sending, sent), drafts=drafts)


def _sent(state: SessionState, event: TextSent) -> SessionState:
    return _with(state, sending=tuple(one for one in state.writing.sending if one.key != event.key))


def _not_sent(state: SessionState, event: TextNotSent) -> SessionState:
    failed = [
        replace(one, words=event.words, refused=event.refused) if one.key == event.key else one
        for one in state.writing.sending
    ]
    return _with(state, sending=tuple(failed))


def _taken_back(state: SessionState, event: TextTakenBack) -> SessionState:
    """It stands before what was begun meanwhile; a template is filled anew, a file chosen anew."""
    found = next((one for one in state.writing.sending if one.key == event.key and one.refused), None)
    if found is None:
        return state
    if not found.is_text:
        return _sent(state, TextSent(event.key))
    begun = state.writing.drafts.get(found.conversation, "")
    text = "\n".join(part for part in (found.text, begun) if part)
    return _typed(_sent(state, TextSent(event.key)), AnswerTyped(found.conversation, text))


def _noted(state: SessionState, event: TextNoted) -> SessionState:
    told = Phrase("Nothing was sent by WhatsApp: what you typed stands in the note ({who}).", who=event.who)
    return put(state, "noted", Severity.WARNING, told)


def _found(state: SessionState, event: AnswerFound) -> SessionState:
    """What was on its way may be in the hub: sent again under its key, it is sent once."""
    writing, draft = state.writing, event.draft
    known = {one.key for one in writing.sending}
    left = tuple(one for one in sending_of(draft) if one.key not in known)
    drafts = _drafts(writing, draft.conversation, draft.text)
    return _with(state, drafts=drafts, sending=(*writing.sending, *left))


def _looked(state: SessionState, event: FileLooked) -> SessionState:
    return _with(state, chosen=event.chosen)


def _file_left(state: SessionState, _event: FileLeft) -> SessionState:
    return _with(state, chosen=None)


def _saving(state: SessionState, event: FileSaving) -> SessionState:
    return _with(state, saved={**state.writing.saved, event.message: event.saved})


def _with(state: SessionState, **changed: Any) -> SessionState:
    return replace(state, writing=replace(state.writing, **changed))


def _read_all(state: SessionState) -> SessionState:
    return state if state.writing.unread else clear(state, TOPIC)


def _put(writing: Writing, conversation: Conversation) -> tuple[Conversation, ...]:
    others = (one for one in writing.conversations if one.conversation != conversation.conversation)
    found = sorted((conversation, *others), key=lambda one: one.changed_at, reverse=True)
    return tuple(found[:MOST_SHOWN])


def _merged(told: tuple[Written, ...], later: tuple[Written, ...]) -> tuple[Written, ...]:
    """Each message once, as far as it came, in the order in which it was first told."""
    found = {one.message: one for one in told}
    for one in later:
        known = found.get(one.message)
        if known is None or _FURTHER.index(one.status) >= _FURTHER.index(known.status):
            found[one.message] = one
    return tuple(found.values())[-MOST_SHOWN:]


def _drafts(writing: Writing, conversation: str, text: str) -> dict[str, str]:
    """The one written last comes last; the oldest goes where there are too many."""
    kept = {name: draft for name, draft in writing.drafts.items() if name != conversation}
    if text:
        kept[conversation] = text
    return dict(list(kept.items())[-MOST_DRAFTS:])


def _who(conversation: Conversation) -> str:
    return conversation.name or conversation.number or str(_SOMEBODY)


TABLE: Table = {
    SnapshotTaken: _snapshot,
    ConversationsCame: _all,
    ConversationCame: _one,
    ConversationEvent: _told,
    ConversationGoneEvent: _gone,
    ThreadAsked: _asked,
    ThreadCame: _came,
    ThreadFailed: _failed,
    ThreadLeft: _left,
    AnswerTyped: _typed,
    EarlyTyped: _early,
    TextSending: _sending,
    TextSent: _sent,
    TextNotSent: _not_sent,
    TextTakenBack: _taken_back,
    TextNoted: _noted,
    AnswerFound: _found,
    FileLooked: _looked,
    FileLeft: _file_left,
    FileSaving: _saving,
}
