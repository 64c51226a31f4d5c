"""The centre behind a hub in memory: what callers and agents do, and whether the hub can be reached."""

from __future__ import annotations

import asyncio

from hub import contract as c
from tests.stubs.messages import AT, a_card, a_record, an_offer


class StubCentre:
    """Callers of one agent, and the line to the desk. Methods are named after what happens."""

    def __init__(self) -> None:
        self.contacts: dict[str, c.OpenContact] = {}
        self.rang: set[str] = set()
        """What was ever offered."""
        self.dialled: dict[str, c.DialEnd] = {}
        """The numbers that were not reached, by their contacts."""
        self._down = False
        self._gate = asyncio.Event()
        self._gate.set()
        self._told: list[c.HubEvent] = []
        self._more = asyncio.Event()

    def offers(self, offer: c.Offer | None = None, card: c.CardAnswer | None = None) -> None:
        """The exchange offers a caller to the agent."""
        offer = offer or an_offer()
        card = card or a_card(offer.contact, offer.number)
        self.rang.add(offer.contact)
        self.contacts[offer.contact] = c.OpenContact(
            offer=offer, phase="offered", since=AT, card=card, record=a_record(offer.contact)
        )
        self.tell(c.OfferedEvent(offer=offer, card=card))

    def connects(self, contact: str = "k-1") -> None:
        """Agent and caller talk."""
        self._phase(contact, "talking")
        self.tell(c.ConnectedEvent(contact=contact, at=AT))

    def ends(self, contact: str = "k-1") -> None:
        """The talk is over."""
        self._phase(contact, "wrap_up")
        self.tell(c.ContactEndedEvent(contact=contact, ended_by="caller", at=AT))

    def withdraws(self, contact: str = "k-1") -> None:
        """The caller gave up before the agent answered."""
        del self.contacts[contact]
        self.tell(c.OfferEndedEvent(contact=contact, abandoned=True, at=AT))

    def dial_fails(self, offer: c.Offer, end: c.DialEnd = "busy") -> None:
        """A number that the agent dialled was not reached."""
        self.rang.add(offer.contact)
        self.dialled[offer.contact] = end
        self.tell(c.DialFailedEvent(offer=offer, end=end))

    def tell(self, event: c.HubEvent) -> None:
        """Send an event to the desk; a hub that is down tells nothing."""
        if not self._down:
            self._told.append(event)
            self._more.set()

    @property
    def is_down(self) -> bool:
        """Whether it does not answer now."""
        return self._down

    def goes_down(self) -> None:
        """The hub stops answering, and its stream breaks."""
        self._down = True
        self._more.set()

    def comes_back(self) -> None:
        """The hub answers again."""
        self._down = False

    def stalls(self) -> None:
        """Requests wait until ``flows``."""
        self._gate.clear()

    def flows(self) -> None:
        """Requests that wait go on."""
        self._gate.set()

    def _phase(self, contact: str, phase: str) -> None:
        self.contacts[contact] = self.contacts[contact].model_copy(update={"phase": phase})
