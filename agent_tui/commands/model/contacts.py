"""What the agent can do with a contact: note it, follow its script, end it, say whose it is, promise a call
back, and look for those of before.
"""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from hub.contract import CallbackRequest


@message
class TickStep:
    """Mark a script step done, or not done."""

    contact: str
    step: str


@message
class AnswerStep:
    """Choose the customer's answer at a script step; it opens and closes branches."""

    contact: str
    step: str
    answer: str


@message
class EditNote:
    """A contact's note as it now stands on the screen.

    The contact is named, so that a ring in the middle of a word never moves the text to another customer.
    """

    contact: str
    text: str


@message
class ChooseCustomer:
    """Of several cards, take this customer's."""

    contact: str
    customer: str


@message
class ChooseDisposition:
    """How this contact ended."""

    contact: str
    code: str


@message
class FinishWrapUp:
    """Store note and disposition; nothing is owed for this contact any more."""

    contact: str


@message
class FindCustomer:
    """Look in the CRM for who a contact is with, by ``words``; ``key`` names this one search."""

    contact: str
    words: str
    key: str


@message
class LinkCustomer:
    """The contact is with this customer."""

    contact: str
    customer: str


@message
class CreateCustomer:
    """Put whom a contact is with into the CRM, and link them; under the same ``key`` it is still one."""

    contact: str
    name: str
    number: str
    key: str


@message
class LeaveCustomers:
    """Nothing of what was found is needed any more."""


@message
class PromiseCallback:
    """Have a customer called back; sent again under the same ``key`` it is still one."""

    asked: CallbackRequest
    key: str


@message
class CancelCallback:
    """Take a callback back."""

    callback: str


@message
class SearchHistory:
    """Look through the agent's own contacts of before for ``words``; ``key`` names this one search."""

    words: str
    key: str


@message
class OlderHistory:
    """Read the next page of what was found."""


@message
class LeaveHistory:
    """Nothing of it is needed any more."""


OfContacts: TypeAlias = (
    TickStep
    | AnswerStep
    | EditNote
    | ChooseCustomer
    | ChooseDisposition
    | FinishWrapUp
    | FindCustomer
    | LinkCustomer
    | CreateCustomer
    | LeaveCustomers
    | PromiseCallback
    | CancelCallback
    | SearchHistory
    | OlderHistory
    | LeaveHistory
)
