"""How a contact of the hub's reads in somebody else's CRM."""

from __future__ import annotations

from html import escape

from hub.ports.crm import LoggedContact

_MINUTE = 60


def title_of(contact: LoggedContact) -> str:
    """One line: what it was, and how it ended."""
    call = f"Call, {contact.queue}" if contact.queue else "Call"
    return f"{call}: {contact.disposition}" if contact.disposition else call


def words_of(contact: LoggedContact) -> str:
    """Who talked, how long, and what was noted."""
    minutes, seconds = divmod(round(contact.seconds), _MINUTE)
    head = f"{contact.agent}, {minutes}:{seconds:02d} min"
    return f"{head}\n{contact.note}" if contact.note else head


def as_html(words: str) -> str:
    """``words`` for a field that takes HTML: nothing in them is a tag."""
    return escape(words).replace("\n", "<br>")
