"""The one screen: everything an agent sees of a contact, and every key.

The screen paints a state it is given and sends commands; it keeps nothing of its own but where the focus
is. What each part shows is made by ``screens.views``; here is only what goes where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Meaning, named
from agent_tui.faults import Faults
from agent_tui.preferences import Change
from agent_tui.screens import keys, rows
from agent_tui.screens.accidents import Accidents, all_meant, meant
from agent_tui.screens.help import Help
from agent_tui.screens.idle_keys import IdleKeys
from agent_tui.screens.keyboard import desk_bindings, meaning, works
from agent_tui.screens.overlay import Overlay, overlays
from agent_tui.screens.palette import Palette
from agent_tui.screens.parts import Parts
from agent_tui.screens.settings import SettingsScreen
from agent_tui.screens.typed_beside import TypedBeside
from agent_tui.screens.views.help import key_to_all
from agent_tui.screens.views.note import note_view
from agent_tui.screens.views.palette import (
    chosen_here,
    chosen_language,
    chosen_part,
    chosen_shortcut,
    chosen_theme,
    is_dismissal,
)
from agent_tui.session import select
from agent_tui.session.events import CommandFailed, KeyIdle
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, right_to_left
from agent_tui.widgets.key_bar import KeyBar
from agent_tui.widgets.least_room import too_small
from agent_tui.widgets.mirrored import Columns, SideBySide
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from sip.events import AudioLevels, CallId

if TYPE_CHECKING:
    from agent_tui.screens.acts import Acts, Send

_TIGHT, _NARROW, _NORMAL, _WIDE = "-tight", "-narrow", "-normal", "-wide"
_LOW, _HIGH = "-low", "-high"
"""Classes the screen wears by its size in cells, for the style sheet."""
_BY_WIDTH = ((0, _TIGHT), (80, _NARROW), (114, _NORMAL), (150, _WIDE))
_BY_HEIGHT = ((0, _LOW), (32, _HIGH))
"""Each from so many cells on."""


class DeskScreen(TypedBeside):
    """The desk. ``send`` takes commands; ``paint`` shows a state."""

    AUTO_FOCUS = "#note"
    """No part before it; no ring ever takes it away."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *desk_bindings(),
        Binding("escape", "dismiss_notice", priority=True, show=False),
    ]

    class Ready(Message):
        """Every part is there to be painted."""

    class Idle(Message):
        """A press did nothing: it may not have been meant, or its key cannot act now. ``told`` says why."""

        def __init__(self, told: CommandFailed | KeyIdle) -> None:
            super().__init__()
            self.told = told

    class SettingsAsked(Message):
        """The agent wants to change the settings."""

    class LogInAsked(Message):
        """The agent wants to enrol this device again."""

    class DoctorAsked(Message):
        """The agent wants to see what is wrong."""

    def __init__(
        self, state: SessionState, send: Send, seconds: Callable[[], float], clock: datetime, faults: Faults
    ) -> None:
        """``state`` at ``clock``, the agent's wall clock, is what is seen first."""
        super().__init__(NotePane(id="note", typed=lambda contact, text: send(do.EditNote(contact, text))))
        self._faults = faults
        self.HORIZONTAL_BREAKPOINTS = list(_BY_WIDTH)
        self.VERTICAL_BREAKPOINTS = list(_BY_HEIGHT)
        self._shown = state
        self._mirrored = right_to_left()
        self._clock = clock
        self._levels: Mapping[CallId, AudioLevels] | None = None
        self._lacks_room: Phrase | None = None
        self._send = send
        self._accidents = Accidents(seconds)
        self._idle_keys = IdleKeys(lambda words: self.post_message(self.Idle(KeyIdle(words))))
        self._own: dict[str, Callable[[], object]] = {
            "history": lambda: self._acts.look_through(self._shown),
            "doctor": lambda: self.post_message(self.DoctorAsked()),
            "settings": lambda: self.post_message(self.SettingsAsked()),
            "palette": self._open_palette,
            "help": self._open_help,
            "quit": lambda: self.app.run_worker(self.app.run_action("quit", self.app)),
        }
        self._parts = Parts(faults, self._note)
        self._keys = KeyBar(keys.buttons(state), id="keys")

    def compose(self) -> ComposeResult:
        """Every part, in the order the Tab key takes; the style sheet says where each lies."""
        sheets = self._parts
        yield sheets["status"]
        with Columns(id="main"):
            yield sheets["card"]
            with Vertical(id="guide"):
                yield sheets["script"]
                yield sheets["agenda"]
            yield sheets["queues"]
            with SideBySide(id="writing"):
                yield self._note
                yield sheets["outcome"]
        yield sheets["notices"]
        yield sheets["calls"]
        yield self._keys

    @cached_property
    def _acts(self) -> Acts:
        """What keys lead to: a score of dialogs, which the first picture does not wait for."""
        from agent_tui.screens.acts import Acts  # noqa: PLC0415 - loaded behind the first picture

        return Acts(self, self._send)

    @property
    def focus_chain(self) -> list[Widget]:
        """In the order of reading, whichever side it begins at; Textual's goes from the left."""
        able = set(super().focus_chain)
        return [part for part in self.query("*") if part in able]

    def on_mount(self) -> None:
        """Before the first frame each part has its words. The note has the focus, without waiting for the
        window to have it as Textual's own way does.
        """
        self.paint(self._shown, self._clock)
        self._note.focus()
        self.post_message(self.Ready())

    def on_resize(self) -> None:
        """That the window is too small is told at once, and that it is no longer."""
        if too_small(self.size) != self._lacks_room and self.query(Sheet):
            self.paint(self._shown, self._clock, self._levels)

    def paint(
        self, state: SessionState, clock: datetime, levels: Mapping[CallId, AudioLevels] | None = None
    ) -> None:
        """Show ``state``; parts that read as before are left alone. ``clock`` is the agent's wall clock.

        ``levels`` is how loud each call is, both ways.
        """
        self._shown, self._clock, self._levels = state, clock, levels
        self._accidents.watch(
            all_meant(state, [key.name for key in keys.KEYS]), {call.id for call in state.calls}
        )
        tight = self.has_class(_TIGHT)
        roomy = not (tight or self.has_class(_NARROW))
        self._lacks_room = too_small(self.size or self.app.size)
        self._parts.paint(state, clock, levels, lacks_room=self._lacks_room, roomy=roomy, tight=tight)
        others: tuple[Callable[[SessionState], None], ...] = (
            self._take_sides,
            lambda now: self._parts.make_room(now, roomy=roomy and self.has_class(_HIGH), tight=tight),
            lambda now: self._note.show(note_view(now, key_to_all(roomy=False) if tight else "")),
            lambda now: self._keys.show(keys.buttons(now)),
            self._paint_overlays,
            self._parts.ring,
            self._idle_keys.watch,
        )
        for number, other in enumerate(others):
            with self._faults.surviving(f"painting {number}"):
                other(state)

    @property
    def clock(self) -> datetime:
        """The agent's wall clock as it was painted last."""
        return self._clock

    def press(self, name: str) -> None:
        """What the key of this id does now; when it can do nothing the desk says why."""
        with self._faults.surviving(f"the key {name}"):
            means = meaning(self._shown, name)
            if means is not None:
                self._idle_keys.over()
                self._act(name, means)
            elif self.app.screen is self and not self._accidents.still_down(name):
                self._idle_keys.pressed(self._shown, name)

    action_press = press
    """A key of the table."""

    def action_dismiss_notice(self) -> None:
        """The newest notice goes; with none, the focus goes back to the note."""
        if self._shown.notices:
            self._send(do.DismissNotice(self._shown.notices[-1].topic))
        else:
            self.to_note()

    def to_note(self) -> None:
        """The focus goes to the note."""
        self._note.focus()

    def tell_note(self) -> None:
        """Send what was typed and is still a message away, so that what follows finds it."""
        self._note.tell()
        for screen in overlays(self.app):
            screen.keep()

    @on(KeyBar.Pressed)
    def _button_pressed(self, event: KeyBar.Pressed) -> None:
        self.press(event.name)

    @on(Sheet.Chosen)
    def _row_chosen(self, event: Sheet.Chosen) -> None:
        if event.sheet is self._parts["agenda"]:
            self._acts.choose_callback(self._shown, event.key)
            return
        command = rows.meant(self._shown, event.sheet.id, event.key)
        if command is not None:
            self._send(command)

    def _act(self, name: str, means: Meaning) -> None:
        command = means.command
        if command is None:
            self._own[name]()
        elif not self._accidents.may(name, meant(self._shown, command)):
            told = Phrase(
                "Not done: {key} has only just come to mean this: {words}. Let go and press it again.",
                key=named(name),
                words=means.words,
            )
            self.post_message(self.Idle(CommandFailed(told)))
        elif command is do.LogIn:
            self.post_message(self.LogInAsked())
        else:
            self._acts.act(command, self._shown)

    def _open_palette(self) -> None:
        over = overlays(self.app)
        palette = Palette(self._shown, self.press, lambda: self.app.theme, over, self._accidents.now)
        self.app.push_screen(palette, partial(self._taken, over[-1] if over else None))

    def _open_help(self) -> None:
        over = overlays(self.app)
        shown = Help(self._shown, self.press, over[-1].PLACE if over else None)
        self.app.push_screen(shown, lambda _none: self._paint_overlays(self._shown))

    def _taken(self, over: Overlay[Any] | None, offer: str | None) -> None:
        """Do what was chosen in the palette, where it is still possible. What lay ``over`` the desk below it
        closes first, where what it is for has gone meanwhile.
        """
        self._paint_overlays(self._shown)
        if offer is None:
            return
        here = chosen_here(offer)
        if here is not None and over is not None and over.is_active:
            self.app.call_later(self.app.run_action, here.action, over)
            return
        shortcut, part = chosen_shortcut(offer), chosen_part(offer)
        looks = {"theme": chosen_theme(offer), "language": chosen_language(offer)}
        if shortcut is not None and works(self._shown, shortcut[1].command, select.possible(self._shown)):
            self._act(*shortcut)
        elif part:
            self._parts.turn_to(part)
            self.paint(self._shown, self._clock, self._levels)
        elif is_dismissal(offer):
            self.action_dismiss_notice()
        for name, value in looks.items():
            if value:
                self.post_message(SettingsScreen.Changed(Change("desk", name, value)))

    def _take_sides(self, _state: SessionState) -> None:
        """The desk goes over to another language, and its parts to the other side."""
        if self._mirrored is not right_to_left():
            self._mirrored = right_to_left()
            for part in self.query("#main > *, #writing > *, #keys > *"):
                part.refresh(layout=True)  # Textual keeps where parts lie until one of them asks for more

    def _paint_overlays(self, state: SessionState) -> None:
        for screen in overlays(self.app):
            screen.paint(state)
