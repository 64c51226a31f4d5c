"""Put a caller into the CRM who is not there: name and number, Enter, and the contact is theirs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.commands import model as do
from agent_tui.commands.customers import LONGEST_NAME, LONGEST_NUMBER
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.screens.views.customers import over
from agent_tui.session.state import Creation, SessionState, Work
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Told, _
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet
from edge.text import clean


class CustomerForm(Typing[None]):
    """Stays until the hub holds the customer or the agent leaves; what is refused can be put right here.

    It is about the contact that it was opened for. What is sent unchanged goes under the same key, so that an
    answer that was lost makes no second customer.
    """

    PLACE = Place.FORM
    OPENED_BY = "customer"

    def __init__(
        self, work: Work, name: str, state: SessionState, press: Press, send: Callable[[do.Command], None]
    ) -> None:
        """``name`` is what was searched for: a number among it is the customer's number."""
        super().__init__(state, press)
        self._contact = work.contact
        self._send = send
        named = any(sign.isalpha() for sign in name)
        self._callers = work.offer.number if work.offer is not None else ""
        self._given = (name if named else "", self._callers if named or not name else name)
        self._sent = ("", "")
        self._key = ""
        self._naming = BidiLine(LONGEST_NAME, id="customer-name")
        self._number = BidiInput(
            self._given[1], id="customer-number", max_length=LONGEST_NUMBER, compact=True
        )
        self._told = Sheet(id="customer-told", focusable=False)

    def compose(self) -> ComposeResult:
        """A field for each, what became of it, what the keys do, and the calls."""
        with self.frame(_("A new customer")):
            yield _field(_("Name"), self._naming)
            yield _field(_("Number"), self._number)
            yield self._told
            yield hint(self.with_phone_keys(_("Enter puts them into the CRM · Tab next · Esc leaves")))
            yield self._obstacle
            yield self._calls

    def on_mount(self) -> None:
        """Type the name at once."""
        self._naming.load_text(self._given[0])
        self._naming.move_cursor(self._naming.document.end)
        self._naming.focus()

    def paint(self, state: SessionState) -> None:
        """Show how the hub took it; close once it holds the customer."""
        super().paint(state)
        creation = self._creation
        if creation is not None and creation.made:
            self.action_leave()
        elif creation is not None:
            self._tell(f"▲ {creation.words}" if creation.words else _("○ asking the hub…"))

    @property
    def typed(self) -> str:
        """What was written into it, and what was searched for, which the agent wrote too."""
        name, number = self._written
        return name + (number if number != self._callers else "")

    @property
    def why_not(self) -> Told:
        """Why nobody can be linked now."""
        return over(self._state, self._contact)

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """Enter in the name sends it."""
        event.stop()
        self._submit()

    def on_input_submitted(self, event: BidiInput.Submitted) -> None:
        """And in the number."""
        event.stop()
        self._submit()

    @property
    def _written(self) -> tuple[str, str]:
        return self._naming.line, clean(self._number.value, limit=LONGEST_NUMBER).strip()

    @property
    def _creation(self) -> Creation | None:
        creation = self._state.creation
        return creation if creation is not None and creation.key == self._key else None

    def _submit(self) -> None:
        creation = self._creation
        if self.why_not or (creation is not None and not creation.words):
            return
        name, number = self._written
        if not name:
            self._tell(_("Type the customer's name."))
            return
        if self._sent != (name, number):
            self._sent, self._key = (name, number), uuid.uuid4().hex
        self._send(do.CreateCustomer(self._contact, name, number, self._key))

    def _tell(self, text: str) -> None:
        self._told.show(Page((Row((Cell(text, Tone.WARN, grow=True, wraps=True),)),)))


def _field(label: str, field: Widget) -> SideBySide:
    name = Static(Content(visual_text(label)), classes="callback-label", markup=False)
    return SideBySide(name, field, classes="callback-field")
