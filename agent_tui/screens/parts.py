"""The parts of the desk that show the session, and how they share their room; all but the note and the keys.

What each says is made by ``screens.views``. Where each lies is in the style sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from textual.widget import Widget

from agent_tui.faults import Faults
from agent_tui.screens.views.agenda import agenda_page
from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.card import card_page
from agent_tui.screens.views.help import key_to_all
from agent_tui.screens.views.note import outcome_page
from agent_tui.screens.views.notices import notices_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.script import script_page
from agent_tui.screens.views.status import status_bar
from agent_tui.session.agenda import agenda as its_agenda
from agent_tui.session.state import Phase, SessionState
from agent_tui.text.catalogue import Phrase
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.guarded import NOT_SHOWN
from agent_tui.widgets.sheet import Sheet, SheetBeside
from sip.events import AudioLevels, CallId

_SHEETS = ("status", "card", "script", "agenda", "queues", "outcome", "notices", "calls")
_ONLY_READ = ("status", "notices")
"""Sheets that the Tab key passes by."""
_BESIDE = ("script", "outcome", "calls")
"""Sheets whose rows are clicked while the note is written: letters typed into a list are nowhere."""


class Parts:
    """A sheet for each. ``note`` has the focus where the part that had it has no room any more."""

    def __init__(self, faults: Faults, note: Widget) -> None:
        self._faults = faults
        self._note = note
        self._asked_for: Widget | None = None
        """What the agent turned to, which gets room while they are there."""
        self._sheets = {
            name: (SheetBeside if name in _BESIDE else Sheet)(id=name, focusable=name not in _ONLY_READ)
            for name in _SHEETS
        }

    def __getitem__(self, name: str) -> Sheet:
        """The sheet of this part."""
        return self._sheets[name]

    def paint(
        self,
        state: SessionState,
        clock: datetime,
        levels: Mapping[CallId, AudioLevels] | None,
        *,
        lacks_room: Phrase | None,
        roomy: bool,
        tight: bool,
    ) -> None:
        """Show ``state``; parts that read as before are left alone. ``roomy``: the desk is not narrow;
        ``tight``: it has the least width.
        """
        pages: dict[str, Callable[[], Page]] = {
            "status": lambda: status_bar(state, clock, lacks_room),
            "card": lambda: card_page(state, clock, brief=tight),
            "script": lambda: script_page(state, brief=tight),
            "agenda": lambda: agenda_page(state, clock, brief=tight),
            "queues": lambda: queues_page(state, roomy=roomy),
            "outcome": lambda: replace(outcome_page(state), subtitle=key_to_all(roomy=roomy)),
            "notices": lambda: notices_page(state),
            "calls": lambda: calls_page(state, clock, levels, keys=True),
        }
        for name, page in pages.items():
            self._paint(name, page)
        self._sheets["notices"].display = bool(state.notices)

    def turn_to(self, name: str) -> None:
        """Give the focus to this part, or to the note; the agenda may have no room until then."""
        self._asked_for = self._sheets.get(name, self._note)
        self._asked_for.display = True
        self._asked_for.screen.set_focus(self._asked_for)

    def make_room(self, state: SessionState, *, roomy: bool, tight: bool) -> None:
        """Without a contact the agenda has the script's place, and where the agent turned to it; beside one
        it has what is left over. ``tight``: the queues make room for what is written while there is something
        to write, and it for them else.
        """
        script, agenda = self._sheets["script"], self._sheets["agenda"]
        entries, contact = bool(its_agenda(state)), state.shown is not None
        asked = contact and agenda is self._asked_for is agenda.screen.focused
        self._asked_for = agenda if asked else None
        script.display = (contact or not entries) and (roomy or not asked)
        agenda.display = entries and (not contact or roomy or asked)
        agenda.set_class(contact, "-beside")
        writes = state.written is not None
        self._sheets["queues"].display = not (tight and writes)
        self._sheets["outcome"].display = writes or not tight
        if self._note.parent is not None:
            self._note.parent.set_class(tight and writes, "-over-all")
        if any(sheet.has_focus and not sheet.display for sheet in self._sheets.values()):
            self._note.focus()

    def ring(self, state: SessionState) -> None:
        """Light the card up while it is that of the caller who rings."""
        shown = state.shown
        offered = shown is None or shown.phase is Phase.OFFERED
        # the card alone: a class of the screen would have every part styled anew before the ring is painted
        self._sheets["card"].set_class(state.ringing is not None and offered, "-ringing")

    def _paint(self, name: str, page: Callable[[], Page]) -> None:
        """A part that cannot be painted says so in its place, and the others are painted."""
        with self._faults.surviving(f"painting {name}"):
            self._sheets[name].show(page())
            return
        told = Phrase.of(NOT_SHOWN, reference=self._faults.last)
        with self._faults.surviving(f"painting the fault of {name}"):
            self._sheets[name].show(Page((Row((Cell(f"▲ {told}", Tone.WARN, grow=True, wraps=True),)),)))
