"""What lies over the desk for a moment: modal, Esc leaves, and the phone stays at hand meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from agent_tui.commands import model as do
from agent_tui.commands.overlay_keys import OverlayKey, of_place
from agent_tui.commands.shortcuts import Meaning, Place
from agent_tui.screens.keyboard import overlay_bindings, reason
from agent_tui.screens.styled_once import StyledOnce
from agent_tui.screens.views.calls import calls_page
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told, _, language, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.frame import Frame
from agent_tui.widgets.sheet import Sheet
from sip.events import CallId

Result = TypeVar("Result")
Press: TypeAlias = Callable[[str], None]
"""Press a key of the call bar, by its name."""


_OVER = Phrase("The call that this was for is over.")
_ANOTHER = Phrase("Another call has the keys now, and this was for the first one.")


def paragraph(text: str, classes: str = "") -> Sheet:
    """What is to be read, wrapped, from the side at which the language begins."""
    sheet = Sheet(classes=f"overlay-text {classes}".rstrip(), focusable=False)
    sheet.show(Page((Row((Cell(text, Tone.DIM if classes else Tone.PLAIN, grow=True, wraps=True),)),)))
    return sheet


def hint(text: str) -> Sheet:
    """What the keys do here."""
    return paragraph(text, classes="overlay-hint")


class Desk(Protocol):
    """What the questions lie over."""

    @property
    def app(self) -> App[object]:
        """Where a screen is pushed."""
        ...

    @property
    def clock(self) -> datetime:
        """The agent's wall clock as it was painted last."""
        ...

    def press(self, name: str) -> None:
        """What the key of this name does now."""
        ...

    def tell_note(self) -> None:
        """Send what was typed and is still a message away."""
        ...

    def add_to_note(self, contact: str, text: str) -> bool:
        """Put a text at the end of this contact's note, where that is under the agent's hands."""
        ...

    def to_note(self) -> None:
        """The focus goes to the note."""
        ...


class Overlay(ModalScreen[Result], StyledOnce[Result]):
    """A question over the desk. The keys that answer and hang up act as on it; calls are shown on, so a ring
    is seen.

    ``needs`` is the command it asks for: when that is not possible any more, or its call has gone, the
    overlay closes, so that what was meant for one call never reaches another; one in which the agent
    types stays and says why (``Typing``). It closes when the desk goes over to another language, in which
    the question was not asked, unless something is typed into it.
    """

    PLACE: ClassVar[Place] = Place.OVER
    """Where its keys stand in the help."""
    OPENED_BY: ClassVar[str] = ""
    """The id of the key that opens it and nothing else, where there is one: nobody needs it twice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *overlay_bindings(),
        Binding("escape", "leave", priority=True),
    ]

    def __init__(
        self,
        state: SessionState,
        press: Press,
        needs: type[do.Command] | None = None,
        call: CallId | None = None,
    ) -> None:
        super().__init__()
        self._state = state
        self._press = press
        self._needs = needs
        self._call = call
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]
        self._language = language()
        self._calls = Sheet(id="overlay-calls", focusable=False)
        self._calls.show(calls_page(state))

    def paint(self, state: SessionState) -> None:
        """Show the calls as they are now; close when there is nothing left to ask for."""
        self._state = state
        why_not = self.why_not
        if why_not or (self._language != language() and not self.typed):
            self.become_impossible(why_not)
            return
        self._calls.show(calls_page(state))

    @property
    def typed(self) -> str:
        """What the agent typed here and would lose."""
        return ""

    def keep(self) -> None:
        """The desk may end: what was typed here and belongs elsewhere is put there."""

    @property
    def needs(self) -> type[do.Command] | None:
        """The command that it asks for, if it is one alone."""
        return self._needs

    def can(self, command: type[do.Command]) -> bool:
        """Whether a key of its own would do ``command`` here and now."""
        return command in possible(self._state)

    def here(self) -> tuple[tuple[OverlayKey, Meaning], ...]:
        """Its own keys that do something now, with what."""
        return tuple(
            (key, one)
            for key in of_place(self.PLACE)
            for one in key.meanings
            if one.command is None or self.can(one.command)
        )

    @property
    def why_not(self) -> Told:
        """Why what it asks for cannot be done now, for the agent; empty where it can."""
        state = self._state
        if self._call is not None and state.active != self._call:
            open_still = any(call.id == self._call for call in state.calls)
            return _ANOTHER if open_still else _OVER
        if self._needs is not None and self._needs not in possible(state):
            return reason(state, self._needs)
        return ""

    def become_impossible(self, _why: Told) -> None:
        """There is nothing left to ask for."""
        self.action_leave()

    @property
    def state(self) -> SessionState:
        """The desk as it was painted last."""
        return self._state

    @property
    def at_hand(self) -> str:
        """The keys by which something is looked up from here, as the border says them."""
        return line(_("Ctrl+P commands"), _("F1 keys"))

    def frame(self, title: str, box: str = "overlay-box", classes: str = "") -> Frame:
        """The box around all that it shows."""
        return Frame(title, self.at_hand, box=box, classes=classes)

    def with_phone_keys(self, told: str) -> str:
        """What the keys do here, and those of the phone where it is ours."""
        return line(told, "" if self._state.talks_elsewhere else _("F2 answers, F8 hangs up"))

    def action_press(self, name: str) -> None:
        """The phone is at hand here too."""
        self._press(name)

    def action_look_up(self, name: str) -> None:
        """Help or palette, over this."""
        self._press(name)

    def action_leave(self) -> None:
        """Close without an answer."""
        if self.is_active:
            self.dismiss(None)


def overlays(app: App[Any]) -> list[Overlay[Any]]:
    """What lies over the desk, the uppermost last."""
    return [one for one in app.screen_stack if isinstance(one, Overlay)]


class LookedUp(Overlay[Result]):
    """Help and palette, over whatever the agent looks at: one takes the other's place, and its own key leaves
    it. What lies below stays as it is.
    """

    def action_look_up(self, name: str) -> None:
        """Leave; by the other's key go over to that."""
        self.action_leave()
        if name != self.OPENED_BY:
            self._press(name)


class Typing(Overlay[Result]):
    """An overlay in which the agent types: no ring and no end of a call ever closes it.

    A hand that types does not stop for what rings: the next letters would go into a note, and those
    before would be lost. So it stays, says why it cannot be done now, and does it as soon as it can be.
    Where the agent acted here (answered, hung up) and has typed nothing, it closes.
    """

    def __init__(
        self,
        state: SessionState,
        press: Press,
        needs: type[do.Command] | None = None,
        call: CallId | None = None,
    ) -> None:
        super().__init__(state, press, needs, call)
        self._acted = False
        self._obstacle = Sheet(id="overlay-obstacle", focusable=False)
        self._obstacle.display = False

    def paint(self, state: SessionState) -> None:
        """Show the calls as they are now, and what stands in the way."""
        super().paint(state)
        self._calls.show(calls_page(state))
        why_not = self.why_not
        self._obstacle.display = bool(why_not)
        if why_not:
            told = Phrase("▲ Not now: {why} What you type stays here; Esc leaves.", why=why_not)
            self._obstacle.show(Page((Row((Cell(str(told), Tone.WARN, grow=True, wraps=True),)),)))

    def become_impossible(self, why: Told) -> None:
        """Close only where nothing is lost by it, and by the agent's own act."""
        if not self.typed and (self._acted or not why):
            self.action_leave()

    def action_press(self, name: str) -> None:
        """The agent answers or hangs up, and turns to that."""
        self._acted = True
        super().action_press(name)
