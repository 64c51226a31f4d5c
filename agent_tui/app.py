"""The Textual app: holds the one screen, paints the store's state, runs the services beside it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any, ClassVar, TypeAlias

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.events import AppBlur, AppFocus
from textual.timer import Timer
from textual.worker import Worker, WorkerError

from agent_tui.adapters.secrets import SecretsError
from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.attention import Attention, Signals
from agent_tui.commands.model import Command, SetRingVolume
from agent_tui.commands.shortcuts import BY_ID, SHORTCUTS, key_of, keymap, use
from agent_tui.config import ConfigError
from agent_tui.faults import Faults
from agent_tui.painting import Painting
from agent_tui.ports import DoctorPort
from agent_tui.preferences import Change, Preferences
from agent_tui.screens import words
from agent_tui.screens.desk import DeskScreen
from agent_tui.screens.doctor import DoctorScreen
from agent_tui.screens.early_text import TypesEarly
from agent_tui.screens.fault import FaultScreen
from agent_tui.screens.keyboard import QUIT, doubtful_quit_binding, quit_binding
from agent_tui.screens.quit_question import Leaving
from agent_tui.screens.settings import SettingsScreen
from agent_tui.screens.theme import DARK
from agent_tui.screens.views.settings import HOLDS_HERE, kept, not_kept
from agent_tui.session.events import CommandFailed, Tick
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.surviving_app import SurvivingApp
from agent_tui.text import catalogue, local
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase
from agent_tui.text.terminal import Bidi
from agent_tui.zone import ThisMachine

Service: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Something that runs for as long as the desk does: a pump, the commander."""

_SCREENS = Path(__file__).parent / "screens"
"""All style sheets are read at once: a screen with its own makes Textual parse all of them anew."""

_TAKEN_AWAY = Phrase(
    "moked was opened in another terminal, so it has closed here. Its calls and notes are there."
)

_PAINTS_A_SECOND = 10
_TICKS_A_SECOND = 2
"""Times are shown in seconds. A tick has every part worked out anew: most of what an idle desk costs."""
_GOODBYE = 5.0
"""Seconds the services get to end in, a last note to save among it."""


def _record(state: SessionState) -> str:
    """The language that the hub has for the agent; empty before it told."""
    return state.me.language if state.me is not None else ""


def _load_the_rest() -> None:
    """Have at hand what dates are written by, and what keys lead to."""
    local.load()
    import_module("agent_tui.screens.acts")


def agents_clock() -> datetime:
    """The wall clock in the agent's own zone, aware."""
    return datetime.now(ThisMachine())


@dataclass(frozen=True, slots=True)
class Around:
    """What a desk has about it: what calls the agent while a call rings, and where its faults go."""

    signals: TerminalSignals = field(default_factory=lambda: TerminalSignals(Wanted()))
    faults: Faults = field(default_factory=Faults)


class MokedApp(SurvivingApp, inherit_bindings=False):
    """The desk of one agent.

    Calls, contacts, notices and what the agent did are painted at once; figures, timers and the like are
    painted ten times a second, however often they change. ``clock`` is the wall clock, aware; ``language``
    that of the settings, or none.
    """

    TITLE = words.APP_TITLE
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        _SCREENS / name for name in ("look.tcss", "desk.tcss", "overlay.tcss")
    ]
    BINDINGS: ClassVar[list[BindingType]] = [quit_binding(), doubtful_quit_binding()]
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(
        self,
        store: Store,
        commands: Callable[[Command], None],
        services: Sequence[Service] = (),
        *,
        clock: Callable[[], datetime] = agents_clock,
        language: str = "",
        around: Around | None = None,
    ) -> None:
        around = around or Around()
        super().__init__(around.faults)
        self._store = store
        self._services = services
        self._commands = commands
        self._clock = clock
        self._preferences = Preferences(language, DARK)
        self._speak()
        self.bidi = Bidi.AUTO
        """Who puts Hebrew in order."""
        self.doctor: DoctorPort | None = None
        """Who looks at what calls need here."""
        self.signals = around.signals
        self.logs_in = False
        """Whether it ended for the agent to enrol this device again: to be opened anew after that."""
        self.lacks: SecretsError | None = None
        """What it ended for the want of, if that is why."""
        self._focus_told = False
        self._attention = Attention()
        self._keep: Callable[[Change], None] | None = None
        self._desk = DeskScreen(store.state, commands, store.seconds, clock(), around.faults)
        self.fault_screen = lambda reference: FaultScreen(reference, store.state, self._desk.press)
        self.before_end = self._desk.tell_note
        self._leaving = Leaving(self._desk, store)
        self.painting = Painting(store, self._paint, self.call_later)
        """When the desk is painted."""
        self._workers_here: list[Worker[None]] = []
        self._listening = ExitStack()
        self._clockwork: tuple[Timer, ...] = ()
        self.set_keymap(keymap())

    def prefer(self, preferences: Preferences, keep: Callable[[Change], None] | None = None) -> None:
        """Look and speak so. ``keep`` puts a change into the settings, and may raise ``ConfigError``."""
        self._preferences, self._keep = preferences, keep
        self.wear(preferences.theme)
        self._speak()

    def get_default_screen(self) -> DeskScreen:
        """The desk: everything else lies over it."""
        return self._desk

    def on_desk_screen_ready(self) -> None:
        """All parts are there: paint them; the world comes in when they have reached the terminal."""
        self._listening.enter_context(self._store.listening(self._changed))
        self.painting.now()
        self.call_after_refresh(self._let_the_world_in)

    def _let_the_world_in(self) -> None:
        """What starts now would take the processor from the first picture."""
        self._clockwork = (
            self.set_interval(1 / _PAINTS_A_SECOND, self.painting.turn),
            self.set_interval(1 / _TICKS_A_SECOND, lambda: self._store.dispatch(Tick())),
        )
        self._workers_here.append(self.run_worker(asyncio.to_thread(_load_the_rest)))
        for service in (self.signals.look_around, *self._services):
            self._workers_here.append(self.run_worker(service(), exit_on_error=True))

    @on(DeskScreen.Idle)
    @on(TypesEarly.Noted)
    def _say(self, event: DeskScreen.Idle | TypesEarly.Noted) -> None:
        """Say why nothing happened, or where something is."""
        self._store.dispatch(event.told)

    def on_desk_screen_log_in_asked(self) -> None:
        """End in good order: what is not sent is kept as a draft, and the next desk has it."""
        self._desk.tell_note()
        self.logs_in = True
        self.exit()

    def on_desk_screen_settings_asked(self) -> None:
        """Show the settings that hold now."""
        screen = SettingsScreen(
            self._store.state, self._desk.press, lambda: self._preferences, self._commands
        )
        self.push_screen(screen)

    def on_desk_screen_doctor_asked(self) -> None:
        """Look at what a call needs here."""
        self.push_screen(DoctorScreen(self._store.state, self._desk.press, self.doctor))

    async def on_settings_screen_changed(self, event: SettingsScreen.Changed) -> None:
        """It holds at once, and at the next start, too."""
        self._take(event.change)
        took = SetRingVolume in possible(self._store.state)
        told = kept(event.change, phone_took_it=took) if self._keep is not None else HOLDS_HERE
        try:
            if self._keep is not None:
                await asyncio.to_thread(self._keep, event.change)
        except ConfigError as error:
            told = not_kept(str(error))
            self._store.dispatch(CommandFailed(told))
        if event.tell is not None:
            event.tell(told)

    async def on_unmount(self) -> None:
        """End the services in good order: what they still have to send, they send now."""
        self._listening.close()
        with self.faults.surviving("calling the agent"):
            self.signals.show(Signals(words.APP_TITLE), self._store.state.now, self.write_beside)
        for timer in self._clockwork:
            timer.stop()
        for worker in self._workers_here:
            worker.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                for worker in self._workers_here:
                    with suppress(WorkerError):
                        await worker.wait()

    @on(AppFocus)
    @on(AppBlur)
    def _focus_is_told(self) -> None:
        """The terminal tells of its focus."""
        self._focus_told = True

    def watch_app_focus(self) -> None:
        """The agent looks elsewhere, or here again."""
        self._call_agent()

    async def action_quit(self) -> None:
        """Leave; ask first while a call is open or something is not saved. Asked for twice, it is meant."""
        await self._leaving.leave(sure=not self._store.state.calls)

    async def action_ask_to_quit(self) -> None:
        """Perhaps that key was meant: never leave unasked."""
        if key_of(QUIT) == BY_ID[QUIT].key:
            await self._leaving.leave(sure=False)

    def _take(self, change: Change) -> None:
        self._preferences = self._preferences.with_change(change)
        self.wear(self._preferences.theme)
        if change.table == "keys":
            use({**{one.id: key_of(one.id) for one in SHORTCUTS}, change.name: str(change.value)})
            self.set_keymap(keymap())
        self.painting.now()

    def _speak(self) -> None:
        """In the language of settings, hub or system. The hub's may change while the desk is open."""
        catalogue.use(catalogue.chosen(self._preferences.language, _record(self._store.state), os.environ))
        if self.has_class("-rtl") is not catalogue.right_to_left():
            self.set_class(catalogue.right_to_left(), "-rtl")

    def _changed(self, old: SessionState, new: SessionState) -> None:
        if new.taken_away and not old.taken_away:
            self._desk.tell_note()
            self.exit(message=Text(visual_text(str(_TAKEN_AWAY))))
        self.painting.changed(old, new)

    def _paint(self) -> None:
        if not self.is_running:
            return
        self._speak()
        self._desk.paint(self._store.state, self._clock(), self._store.levels)
        self._call_agent()

    def _call_agent(self) -> None:
        """By title, bell and notification, in order with what is painted."""
        focused = self.app_focus if self._focus_told else self.signals.reports_focus
        with self.faults.surviving("calling the agent"):
            shown = self._attention.signals(self._store.state, focused=focused)
            self.signals.show(shown, self._store.state.now, self.write_beside)
