"""Find who a contact is with, and link them to it: a line to type in, whom the CRM has, Enter."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from agent_tui.commands import model as do
from agent_tui.commands.customers import LONGEST_WORDS
from agent_tui.commands.shortcuts import Place
from agent_tui.screens import words
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.screens.views import customers as view
from agent_tui.screens.views.calls import contact_name
from agent_tui.screens.views.customers import over
from agent_tui.session.state import Finding, SessionState, Work
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Told, _, line
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.cells import Page
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet


class CustomerSearch(Typing[str]):
    """It is about the contact that it was opened for, whatever rings or ends meanwhile.

    One question is under way at a time, and its answer lets the next one go: as much as hub and CRM can
    take, and no more. Enter acts only on the answer to what is typed, so that no answer that comes late puts
    somebody else under the agent's finger. Its own key once more gives what is typed, for a new customer.
    """

    PLACE = Place.SEARCH
    OPENED_BY = "customer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True),
        Binding("down", "move(1)", priority=True),
        Binding("pageup", "turn(-1)", priority=True),
        Binding("pagedown", "turn(1)", priority=True),
        *place_bindings(Place.SEARCH),
    ]

    def __init__(
        self, work: Work, state: SessionState, press: Press, send: Callable[[do.Command], None]
    ) -> None:
        super().__init__(state, press)
        self._contact = work.contact
        self._who = _who(work)
        self._send = send
        self._asked = ""
        self._key = ""
        self._linked = ""
        self._line = BidiLine(LONGEST_WORDS, id="customer-words")
        self._told = Sheet(id="customer-told", focusable=False)
        self._list = Sheet(id="customer-list", focusable=False)

    def compose(self) -> ComposeResult:
        """What to search for, how the search stands, whom it found, what the keys do, and the calls."""
        title = line(_("Who is it?"), self._who)
        with self.frame(title, classes="-wide-box"):
            label = Static(Content(visual_text(_("Search"))), id="customer-label", markup=False)
            yield SideBySide(label, self._line, id="customer-search")
            yield self._told
            yield self._list
            new = _("Ctrl+N new customer") if self._creates else ""
            keys = line(_("↑ ↓ choose · Enter: it is them · Esc leaves"), new)
            yield hint(self.with_phone_keys(keys))
            yield self._obstacle
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show what came, ask for what was typed meanwhile; close once the hub holds the link."""
        super().paint(state)
        if self._linked and self._finding is None:
            self.action_leave()
            return
        self._ask()
        self._show()

    @property
    def typed(self) -> str:
        """What is searched for."""
        return self._line.line

    @property
    def why_not(self) -> Told:
        """Why nobody can be linked now."""
        return over(self._state, self._contact)

    def action_leave(self) -> None:
        """Forget what was found: customers' names stay no longer on a desk than they are looked at."""
        if self.is_active:
            self._send(do.LeaveCustomers())
        super().action_leave()

    def can(self, command: type[do.Command]) -> bool:
        """Somebody new, where the centre's CRM takes them."""
        return command is do.CreateCustomer and self._creates and not self.why_not

    def action_create(self) -> None:
        """Nobody of those: on to somebody new, by what is typed."""
        if self.can(do.CreateCustomer) and self.is_active:
            self._send(do.LeaveCustomers())
            self.dismiss(self.typed)

    def action_move(self, by: int) -> None:
        """Another one of those found."""
        self._list.action_move(by)
        self._show()

    def action_turn(self, pages: int) -> None:
        """A page of the list; each of those found has two lines."""
        self.action_move(pages * max(1, self._list.size.height // 2 - 1))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Search for what is typed."""
        event.stop()
        self._ask()
        self._show()

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """It is the chosen one; where there is no answer, ask again."""
        event.stop()
        if self._finding is not None and self._finding.trouble:
            self._asked = ""
            self._ask()
        else:
            self._list.action_choose()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Link whom the agent sees as an answer to what is typed."""
        event.stop()
        finding = self._finding
        if self.why_not or finding is None or finding.asking or finding.words != self.typed:
            return
        if any(one.customer == event.key for one in finding.customers):
            self._linked = event.key
            self._send(do.LinkCustomer(self._contact, event.key))

    @property
    def _creates(self) -> bool:
        return self._state.me is not None and self._state.me.creates_customers

    @property
    def _finding(self) -> Finding | None:
        finding = self._state.finding
        return finding if finding is not None and finding.contact == self._contact else None

    @property
    def _under_way(self) -> bool:
        """Whether the last question has no answer yet."""
        finding = self._finding
        return bool(self._key) and (finding is None or finding.key != self._key or finding.asking)

    def _ask(self) -> None:
        if self._under_way or self.why_not or self._linked:
            return
        typed = self.typed
        if len(typed) < view.LEAST or typed == self._asked:
            return
        self._asked, self._key = typed, uuid.uuid4().hex
        self._send(do.FindCustomer(self._contact, typed, self._key))

    def _show(self) -> None:
        finding = self._finding if len(self.typed) >= view.LEAST else None
        keys = [one.customer for one in finding.customers] if finding is not None else []
        chosen = self._list.cursor if self._list.cursor in keys else next(iter(keys), "")
        self._list.show(view.found_page(finding, chosen))
        self._told.show(Page((view.told(finding, self.typed),)))


def _who(work: Work) -> str:
    """The caller as the title names them: a number is written as on the card."""
    name = contact_name(work)
    return words.number(name) if work.offer is not None and name == work.offer.number else name
