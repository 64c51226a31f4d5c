"""What the outbox holds for the CRM: what is to be written there, as its messages have it, and read again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from hub.domain.outbox import ADD_NOTE, CREATE_TASK, LOG_CONTACT
from hub.ports.crm import LoggedContact, Note, Task
from hub.ports.messages import Content, Refused, Template

Written: TypeAlias = LoggedContact | Note | Task

_NUMBER = "tel:"
"""Before a recipient that is a number (RFC 3966): whose it is the CRM has not told."""


def of_number(number: str) -> str:
    """The recipient that ``number`` is."""
    return f"{_NUMBER}{number}"


def number_of(recipient: str) -> str:
    """The number that a recipient stands for; "" for a customer."""
    return recipient.removeprefix(_NUMBER) if recipient.startswith(_NUMBER) else ""


def aliases_of(recipient: str, numbers: Iterable[str]) -> tuple[str, ...]:
    """As whom else a customer who has ``numbers`` may have a message, beside one to ``recipient``."""
    named = (of_number(number) for number in numbers if number)
    return tuple(one for one in dict.fromkeys(named) if one != recipient)


def content_of(what: Written) -> Template:
    """``what`` as a message has it."""
    match what:
        case LoggedContact(at, number, queue, agent, seconds, disposition, note, dialled):
            head = (at.isoformat(), number, queue, agent, str(round(seconds)))
            return Template(LOG_CONTACT, "", (*head, disposition, note, dialled))
        case Note(at, agent, text):
            return Template(ADD_NOTE, "", (at.isoformat(), agent, text))
        case Task(at, due, title, text, queue):
            return Template(CREATE_TASK, "", (at.isoformat(), due.isoformat(), title, text, queue))


def written_of(content: Content) -> Written:
    """Raises ``Refused`` for what this hub does not know, as another release may have stored it."""
    match content:
        case Template(name, _, (at, number, queue, agent, seconds, disposition, note, *dialled)) if (
            name == LOG_CONTACT and len(dialled) <= 1  # none where an earlier release stored it
        ):
            when = datetime.fromisoformat(at)
            return LoggedContact(when, number, queue, agent, float(seconds), disposition, note, *dialled)
        case Template(name, _, (at, agent, text)) if name == ADD_NOTE:
            return Note(datetime.fromisoformat(at), agent, text)
        case Template(name, _, (at, due, title, text, *queue)) if name == CREATE_TASK and len(queue) <= 1:
            return Task(datetime.fromisoformat(at), datetime.fromisoformat(due), title, text, *queue)
    raise Refused("This hub does not know what is to be written.")
