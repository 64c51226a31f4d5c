"""Commands that say who a contact is with: found in the CRM, and linked."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, NotNow
from agent_tui.ports import CustomersPort, HubError
from agent_tui.session.events import (
    CreationAsked,
    CreationFailed,
    CustomerCreated,
    CustomerLinked,
    CustomersAsked,
    CustomersCame,
    CustomersFailed,
    LinkAsked,
    LinkFailed,
)
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase
from edge.text import clean
from hub.contract import CustomerNew

LONGEST_WORDS = 100
"""Characters, as the hub's contract has it."""

LONGEST_NAME, LONGEST_NUMBER = 200, 64

_LATE = Phrase("The hub did not answer in time.")


class CustomerCommands:
    """Makes acts of them."""

    def __init__(self, store: Store, customers: CustomersPort) -> None:
        self._store = store
        self._customers = customers

    def find(self, command: do.FindCustomer) -> Act:
        """Ask the hub; from the press on no earlier search counts."""
        words = clean(command.words, limit=LONGEST_WORDS)
        self._store.dispatch(CustomersAsked(command.key, command.contact, words))

        async def run() -> None:
            try:
                found = await self._customers.find(command.contact, words)
            except HubError as error:
                self._store.dispatch(CustomersFailed(command.key, error.words))
            except BaseException:  # cancelled as well: nobody is to wait for ever
                self._store.dispatch(CustomersFailed(command.key, _LATE))
                raise
            else:
                self._store.dispatch(CustomersCame(command.key, found))

        return Act(("find_customer", command.key), run)

    def link(self, command: do.LinkCustomer) -> Act:
        """One after the other for a contact, so that the last who was chosen is the one that stays."""
        self._store.dispatch(LinkAsked(command.contact, command.customer))

        async def run() -> None:
            try:
                card = await self._customers.link(command.contact, command.customer)
            except HubError as error:
                self._store.dispatch(LinkFailed(command.contact, command.customer, error.words))
            except BaseException:  # cancelled as well: no link must look as if it were under way
                self._store.dispatch(LinkFailed(command.contact, command.customer, _LATE))
                raise
            else:
                self._store.dispatch(CustomerLinked(command.customer, card))

        return Act(("link_customer", command.contact), run, queues=True)

    def create(self, command: do.CreateCustomer) -> Act:
        """After the links that are under way for the contact, as the newest word on whose it is."""
        name, number = clean(command.name, limit=LONGEST_NAME), clean(command.number, limit=LONGEST_NUMBER)
        if not name:
            raise NotNow(Phrase("Type the customer's name."))
        self._store.dispatch(CreationAsked(command.key))

        async def run() -> None:
            try:
                card = await self._customers.create(
                    command.contact, CustomerNew(name=name, number=number), command.key
                )
            except HubError as error:
                self._store.dispatch(CreationFailed(command.key, error.words))
            except BaseException:  # cancelled as well: the form must not wait for ever
                self._store.dispatch(CreationFailed(command.key, _LATE))
                raise
            else:
                self._store.dispatch(CustomerCreated(command.key, card))

        return Act(("link_customer", command.contact), run, queues=True)
