"""What the hub needs of a CRM: who a caller is, and a place for what was said.

Nobody gets into a CRM by a look-up or by what is written: who is not there is unknown until an agent puts
them there, and ``create_customer`` is that act alone. The adapters lie beside the port: ``builtin_crm`` (the
hub's own database), ``hubspot_crm``, ``odoo_crm`` and ``rest_crm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.contract import Card


class CrmError(Exception):
    """The CRM did not do it. ``str(error)`` is for the agent or an administrator, cleaned.

    There is no use in asking again before ``after`` seconds have passed.
    """

    after = 0.0


class CrmDown(CrmError):
    """The CRM broke, or a connection to it."""


class CrmNotReached(CrmDown):
    """No connection was made, so nothing was asked."""


class CrmTimeout(CrmError):
    """The CRM did not answer in time."""


class CrmBusy(CrmError):
    """The CRM takes no more questions for now (HTTP 429)."""

    def __init__(self, words: str, after: float = 0.0) -> None:
        super().__init__(words)
        self.after = after


class CrmDenied(CrmError):
    """The CRM does not know the hub, does not let it do this, or is somewhere else by now: the hub's secret,
    rights or settings are to be mended.
    """

    after = 30.0


class CrmGarbled(CrmError):
    """What came back is no answer: a page, too much of it, not the form that was agreed."""


class CrmRefused(CrmError):
    """The CRM will not do this, whenever it is asked."""


class NoSuchCustomer(CrmRefused):
    """It is about a customer whom the CRM does not have."""


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """A contact that has ended, as the CRM is to remember it.

    ``number`` is E.164, a short code, or empty; ``seconds`` were talked; ``agent`` is a name. ``dialled``: of
    a call that the centre made, what came of it (``answered``, ``busy``, ``no_answer``, ``failed``).
    """

    at: datetime
    number: str
    queue: str
    agent: str
    seconds: float
    disposition: str
    note: str
    dialled: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be remembered of a customer."""

    at: datetime
    agent: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done for a customer by ``due``. ``queue`` is the id of the one that is to do it, or
    empty.
    """

    at: datetime
    due: datetime
    title: str
    text: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Somebody whom the CRM does not have. ``number`` is E.164, a short code, or empty."""

    name: str
    number: str

    @property
    def first(self) -> str:
        """The name up to its first space."""
        return self.name.partition(" ")[0]

    @property
    def last(self) -> str:
        """What follows it."""
        return self.name.partition(" ")[2].strip()


class Crm(Protocol):
    """One CRM. All text in cards has been cleaned by the adapter. Everything raises ``CrmError``.

    Looking up may be repeated. Writing is asked for once: an error other than ``CrmNotReached``, ``CrmBusy``,
    ``CrmDenied`` and ``CrmRefused`` leaves it open whether it was written. ``key`` is the hub's own id of
    what is written; where the CRM knows such ids, the same key twice is written once.
    """

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers with this number (E.164 or a short code), most likely first; none is no error.

        Not ``whole``: without matters and history, which nobody is asked for then.
        """
        ...

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers whose customer number has just these digits, or (where the adapter says so) the
        reference of an open matter; none is no error. ``whole`` as above.
        """
        ...

    async def search(self, name: str) -> tuple[Card, ...]:
        """Some of the customers whose name has these words in it, to choose from: their cards are not whole.

        None is no error.
        """
        ...

    async def card(self, customer: str) -> Card | None:
        """The customer with this id, which ``Card.customer`` told."""
        ...

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """Write down a contact; the CRM's id of it."""
        ...

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """Write down a note; the CRM's id of it."""
        ...

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """Have something done; the CRM's id of it."""
        ...

    @property
    def takes_notes(self) -> bool:
        """Whether ``add_note`` can be done, as the settings have it."""
        ...

    @property
    def takes_tasks(self) -> bool:
        """Whether ``create_task`` can be done, as the settings have it."""
        ...

    @property
    def creates(self) -> bool:
        """Whether customers can be put into it from here, as the settings have it."""
        ...

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        """Put somebody into the CRM; its id of them. Refused where not ``creates``."""
        ...

    async def created(self, key: str) -> str | None:
        """Whom ``create_customer`` put there under this key: their id, or empty where it may be asked for
        (again) and makes nobody twice. None: the CRM keeps no such keys, so nobody can tell.
        """
        ...

    async def healthy(self) -> bool:
        """Whether a look-up would be answered, as far as is known."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...
