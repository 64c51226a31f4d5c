"""The desk beside written conversations: one that is read, in every tick, and others that wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent_tui.session.state import SessionState
from agent_tui.session.writing import ChosenFile, LocalFile, SavedFile, Sending, ThreadShown, Writing
from hub import contract as c
from tests.stubs import customers, desk
from tests.stubs.conversations import a_conversation, a_message

ME = desk.ME.model_copy(update={"writes": True})
_NOW = desk.CLOCK


def can(hours: float | None = 3, *, opted_in: bool = True) -> c.Writable:
    """Text goes for so many hours yet; None: it never did."""
    until = _NOW + timedelta(hours=hours) if hours is not None else None
    return c.Writable(opted_in=opted_in, text_until=until, template_needed=hours is None or hours < 0)


def talk(conversation: str, minutes: float, **changed: Any) -> c.Conversation:
    """One that changed so long ago."""
    known = {"changed_at": _NOW - timedelta(minutes=minutes), "can": can(), "agent": "dana", **changed}
    return a_conversation(conversation, **known)


def ago(minutes: float, message: str, text: str, **changed: Any) -> c.Written:
    """A message of so long ago."""
    return a_message(message, text, _NOW - timedelta(minutes=minutes), **changed)


def own(minutes: float, name: str, text: str, status: c.Ticked, words: str = "") -> c.Written:
    """One of the agent's."""
    return ago(minutes, name, text, agent="dana", incoming=False, status=status, words=words)


def a_template(**changed: Any) -> c.AgentTemplate:
    """One that an agent fills in two places."""
    one = c.AgentTemplate(
        template="go_on.en_US",
        title="Go on in writing",
        language="en_US",
        body="Hello {{1}}, this is {{2}}. Please answer here, and we go on in writing.",
        parameters=("name", "agent"),
    )
    return one.model_copy(update=changed)


RUTH = talk("v-1", 2, name="Ruth Ben-Ami", number=customers.RUTH.number, unread=1)
CONVERSATIONS = (
    RUTH,
    talk("v-2", 7, name="נועה כהן", number="+972525550140", agent="", unread=2, queue_title="Support"),
    talk("v-3", 200, name="", number="+97235550112", can=can(0.4)),
    talk("v-4", 60 * 30, name="[red]Gal[/red] Stern", number="+972525550199", can=can(-6)),
    talk("v-5", 60 * 50, name="Bartholomew Featherstonehaugh-Cholmondeley", can=can(None, opted_in=False)),
)
MESSAGES = (
    ago(60 * 26, "m-0", "Good morning, is the new router on its way?"),
    own(60 * 25, "o-0", "Yes, it comes on Thursday.", "read"),
    ago(64, "m-1", "It is here. The light stays red, I am sending what it shows."),
    ago(
        63,
        "m-2",
        "The back of it",
        kind="image",
        file_name="IMG_2041.jpg",
        media_type="image/jpeg",
        file=True,
    ),
    own(
        60,
        "o-1",
        "Thank you. Please hold the reset key for ten seconds, then wait for the blue light.",
        "read",
    ),
    ago(31, "m-3", "", kind="document", file_name="חשבונית מאי.pdf", media_type="application/pdf", file=True),
    own(30, "o-2", "Got the invoice, it is settled.", "delivered"),
    own(
        21,
        "o-3",
        "I call you at four.",
        "failed",
        "The customer has no WhatsApp there, or takes no messages.",
    ),
    own(20, "o-4", "Is it blue now?", "sent"),
    ago(2, "m-4", "עכשיו כחול, תודה רבה! (router 3)"),
)
LIMITS = c.FileLimits(image=5 * 2**20, document=16 * 2**20)
_WRITING = Writing(CONVERSATIONS, told=True, files=LIMITS)
UNREAD: SessionState = replace(desk.IDLE, me=ME, writing=_WRITING)
READING = replace(
    UNREAD,
    writing=replace(
        _WRITING,
        thread=ThreadShown("v-1", MESSAGES, asking=False),
        drafts={"v-3": "half an ans"},
        sending=(Sending("key-9", "v-1", "Anything else?", "It did not answer in time."),),
        saved={"m-2": SavedFile("/home/dana/Downloads/IMG_2041.jpg")},
    ),
)
NOTHING_STUCK: SessionState = replace(READING, writing=replace(READING.writing, sending=(), saved={}))
CHOSEN = replace(
    NOTHING_STUCK,
    writing=replace(
        NOTHING_STUCK.writing,
        chosen=ChosenFile("/photo.jpg", LocalFile("photo.jpg", 1_300_000, "image/jpeg")),
    ),
)
"""A file was looked at, to be sent."""
CLOSED = replace(UNREAD, writing=replace(_WRITING, thread=ThreadShown("v-4", MESSAGES[:2], asking=False)))
NOBODYS = replace(UNREAD, writing=replace(_WRITING, thread=ThreadShown("v-2", MESSAGES[:1], asking=False)))
TEMPLATES = (a_template(), a_template(template="other.he", title="מעבר להתכתבות", language="he"))
CLOSED_WITH_TEMPLATES = replace(CLOSED, writing=replace(CLOSED.writing, templates=TEMPLATES[:1]))
NEVER_ASKED = replace(
    CLOSED_WITH_TEMPLATES,
    writing=replace(CLOSED_WITH_TEMPLATES.writing, thread=ThreadShown("v-5", asking=False)),
)
BESIDE_A_CALL = replace(desk.TALKING, me=ME, writing=_WRITING)


def hostile(text: str) -> Writing:
    """Names, messages, files and the provider's words are ``text``, and nobody wrote anything else."""
    one = talk("v-1", 2, name=text, queue_title=text, number=text[:64])
    said = ago(2, "m-1", text)
    file = ago(1, "m-2", text, kind="document", file_name=text, media_type=text, file=True)
    odd = ago(1, "m-3", text, kind=text)
    failed = own(1, "o-1", text, "failed", text)
    return Writing(
        (one,),
        told=True,
        thread=ThreadShown("v-1", (said, file, odd, failed), asking=False, trouble=text),
        drafts={"v-1": text[:10_000]},
        sending=(Sending("key-1", "v-1", text, text), Sending("key-2", "v-1", text, text, file=text)),
        files=LIMITS,
        chosen=ChosenFile(text, LocalFile(text, 1, text), text),
        saved={"m-2": SavedFile(text), "m-3": SavedFile(words=text)},
    )


MOMENTS = {
    "written": READING,
    "written_closed": CLOSED,
    "written_nobodys": NOBODYS,
    "written_template": NEVER_ASKED,
}
"""Every moment by name, for pictures: each is opened by its key."""
DESK_MOMENTS = {"unread": UNREAD, "unread_in_a_call": BESIDE_A_CALL}
"""The desk itself while something is unread."""
