"""What the typed words do: commands as the desk's keys send them, and parts of its screen read out.

What a command needs more is typed behind it; what can be chosen is read out with numbers where the number is
left out. Whether a command is possible the commander says, as to the desk's keys.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, TypeAlias

from agent_tui.commands import model as do
from agent_tui.commands.when import read_when
from agent_tui.linear import pages
from agent_tui.screens import rows
from agent_tui.screens.quit_question import reasons_to_stay
from agent_tui.screens.views import directory
from agent_tui.screens.views.agenda import agenda_page
from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.card import card_page
from agent_tui.screens.views.note import outcome_page
from agent_tui.screens.views.notices import notices_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.script import script_page
from agent_tui.screens.views.status import status_bar
from agent_tui.session import select
from agent_tui.session.agenda import whom
from agent_tui.session.directory import contacts, found
from agent_tui.session.odds import at_odds
from agent_tui.session.script import StepStanding
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Page
from edge.text import clean
from hub.contract import CallbackRequest, Presence

Say: TypeAlias = Callable[[str], None]

_LONGEST_NOTE: Final = 10_000
"""As much as the hub takes."""
_MOST_NUMBERS, _LONGEST_NUMBER, _LONGEST_NAME, _LONGEST_ABOUT = 4, 64, 200, 200
"""As the hub's contract has them."""


class Hand:
    """Carries out what is typed. ``clock`` is the agent's wall clock, aware; ``leave`` ends the desk."""

    def __init__(
        self,
        state: Callable[[], SessionState],
        send: Callable[[do.Command], None],
        say: Say,
        clock: Callable[[], datetime],
        leave: Callable[[], None],
    ) -> None:
        self._state = state
        self.send = send
        self.say = say
        self._clock = clock
        self._leave = leave
        self._warned = False
        self._begun = ""

    def begin(self) -> None:
        """A line is begun: a note in it is about the contact that is written on now, whatever rings later."""
        work = self._state().written
        self._begun = work.contact if work is not None else ""

    def stay(self) -> None:
        """Something else was asked for than to leave."""
        self._warned = False

    def transfer(self, number: str) -> None:
        """To a number; without one, the customer to the colleague who was asked."""
        if number:
            self.send(do.Transfer(number))
        else:
            self.say(_("Type transfer and the number. After asking a colleague, type connect."))

    def dial(self, number: str) -> None:
        """A new call."""
        if number:
            self.send(do.Dial(number))
        else:
            self.say(_("Type dial and the number."))

    def who(self, name: str) -> None:
        """Colleagues and the centre's numbers, who can take a call first; only those that the name fits."""
        state = self._state()
        listed = found(contacts(state), clean(name))
        if state.hub is not Link.UP or state.pbx is not Link.UP:
            self.say(pages.said(directory.hint_row(state)))
        self._read(directory.list_page(state, listed, "", self._clock(), roomy=True))

    def keys(self, digits: str) -> None:
        """Telephone keys."""
        if digits and set(digits) <= set("0123456789*#"):
            self.send(do.SendKeys(digits))
        else:
            self.say(_("Type keys and the digits, * or #."))

    def call(self, number: str) -> None:
        """Go over to one of the calls."""
        self._choose("calls", calls_page(self._state(), self._clock()), number)

    def ready(self, _rest: str) -> None:
        """As asked for; said once more where the exchange has it otherwise."""
        self.send(do.SetPresence(Presence.READY))

    def away(self, reason: str) -> None:
        """With the number of a reason, or 0 for none; without one the reasons are read out."""
        me = self._state().me
        reasons = me.pause_reasons if me is not None else ()
        if reason == "0" or not reasons:
            self.send(do.SetPresence(Presence.AWAY))
        elif reason.isdecimal() and int(reason) <= len(reasons):
            self.send(do.SetPresence(Presence.AWAY, reasons[int(reason) - 1]))
        elif reason in reasons:
            self.send(do.SetPresence(Presence.AWAY, reason))
        else:
            self.say(_("Type away and a number:"))
            for number, told in enumerate((_("without a reason"), *reasons)):
                self.say(f"{number}: {told}")

    def presence(self, rest: str) -> None:
        """The one key for both."""
        state = self._state()
        if state.me is not None and at_odds(state):
            self.send(do.SetPresence(state.me.presence, state.me.reason))
        elif select.chosen_presence(state) is Presence.READY:
            self.away(rest)
        else:
            self.ready(rest)

    def status(self, _rest: str) -> None:
        """The top line."""
        self._read(status_bar(self._state(), self._clock()))

    def card(self, _rest: str) -> None:
        """The customer."""
        self._read(card_page(self._state(), self._clock()))

    def customer(self, number: str) -> None:
        """Of several, the one with this number."""
        self._choose("card", card_page(self._state(), self._clock()), number)

    def script(self, _rest: str) -> None:
        """All steps, the next one with its text and answers."""
        self._read(script_page(self._state()), numbered=True)

    def step(self, number: str) -> None:
        """Tick or untick what bears the number, or take an answer down."""
        self._choose("script", script_page(self._state()), number)

    def done(self, _rest: str) -> None:
        """Tick the step that is next, and hear the one after it."""
        work = self._state().shown
        steps = select.script_steps(work) if work is not None else ()
        current = next((step for step in steps if step.standing is StepStanding.CURRENT), None)
        if work is None or current is None or do.TickStep not in select.possible(self._state()):
            self.say(_("There is no step to tick."))
            return
        self.send(do.TickStep(work.contact, current.id))
        following = next((after for before, after in pairwise(steps) if before.id == current.id), None)
        self.say(following.title if following is not None else _("That was the last step."))
        if following is not None and following.text:
            self.say(following.text)

    def queues(self, _rest: str) -> None:
        """Who waits, who is there."""
        self._read(queues_page(self._state(), roomy=True))

    def calls(self, _rest: str) -> None:
        """The open calls, or the missed ones."""
        self._read(calls_page(self._state(), self._clock()), numbered=True)

    def note(self, text: str) -> None:
        """Write on; without a text, hear what stands there."""
        self._write(text, lambda note: f"{note}\n{text}" if note else text)

    def rewrite(self, text: str) -> None:
        """Begin the note anew."""
        self._write(text, lambda _note: text)

    def outcome(self, number: str) -> None:
        """How the contact ended."""
        self._choose("outcome", outcome_page(self._state()), number)

    def finish(self, _rest: str) -> None:
        """Store the wrap-up."""
        work = self._state().written
        if work is None or do.FinishWrapUp not in select.possible(self._state()):
            self.say(_("No wrap-up is owed."))
            return
        self.send(do.FinishWrapUp(work.contact))

    def callback(self, rest: str) -> None:
        """Promise one for whoever is free."""
        self._promise(rest, mine=False)

    def mine(self, rest: str) -> None:
        """Promise one that is kept for this agent."""
        self._promise(rest, mine=True)

    def agenda(self, _rest: str) -> None:
        """The callbacks to come."""
        self._read(agenda_page(self._state(), self._clock()), numbered=True)

    def cancel(self, number: str) -> None:
        """Take one of them back."""
        key = self._chosen(agenda_page(self._state(), self._clock()), number)
        if key is not None:
            self.send(do.CancelCallback(key))

    def sound(self, number: str) -> None:
        """Talk through other devices."""
        sound = self._state().sound
        profiles = sound.profiles if sound is not None else ()
        if number.isdecimal() and 0 < int(number) <= len(profiles):
            self.send(do.UseSound(profiles[int(number) - 1]))
            return
        if not profiles:
            self.say(_("There is nothing to choose from."))
        for place, name in enumerate(profiles, 1):
            self.say(f"{place}: {name}")

    def notices(self, _rest: str) -> None:
        """What was told and is not read yet."""
        self._read(notices_page(self._state()))

    def dismiss(self, _rest: str) -> None:
        """The newest notice was read."""
        told = self._state().notices
        if told:
            self.send(do.DismissNotice(told[-1].topic))
        else:
            self.say(_("There is no notice."))

    def quit(self, _rest: str) -> None:
        """Leave; said twice where something would be missed."""
        reasons = reasons_to_stay(self._state())
        if self._warned or not reasons:
            self._leave()
            return
        self._warned = True
        for reason in reasons:
            self.say(str(reason))
        self.say(_("Type quit once more to leave all the same."))

    def _write(self, text: str, changed: Callable[[str], str]) -> None:
        state = self._state()
        contact = self._begun if text else (state.written.contact if state.written is not None else "")
        work = next((one for one in state.work if one.contact == contact), None)
        if work is None:
            self.say(_("There is no note now: it opens with the talk."))
        elif text:
            note = changed(work.note)
            if len(note) > _LONGEST_NOTE:
                self.say(_("The note is full; this was not written."))
            else:
                self.send(do.EditNote(contact, note))
        else:
            for line in (work.note or _("The note is empty.")).split("\n"):
                self.say(line)

    def _promise(self, rest: str, *, mine: bool) -> None:
        when, about, numbers, queue = [part.strip() for part in (rest + ";;;").split(";")[:4]]
        state, now = self._state(), self._clock()
        known, at = whom(state), read_when(when, now)
        given = tuple(part for part in re.split(r"[\s,]+", numbers) if part) or known.numbers
        queues = state.me.queues if state.me is not None else ()
        queue = queue or known.queue or next(iter(queues), "")
        few_enough = 0 < len(given) <= _MOST_NUMBERS and all(len(one) <= _LONGEST_NUMBER for one in given)
        if at is None or not few_enough or (queue not in queues and queue != known.queue):
            self.say(
                _("Type callback and: when; what about; numbers; queue. When is 20, 15:00 or 29.5 10:00.")
            )
            return
        asked = CallbackRequest(
            queue=queue,
            numbers=given,
            customer=known.customer,
            name=clean(known.name, limit=_LONGEST_NAME),
            language=known.language,
            at=at.at.astimezone(UTC) if at.at is not None else None,
            minutes=at.minutes,
            mine=mine,
            words=clean(about, limit=_LONGEST_ABOUT),
        )
        self.send(do.PromiseCallback(asked, uuid.uuid4().hex))

    def _choose(self, part: str, page: Page, number: str) -> None:
        key = self._chosen(page, number)
        command = rows.meant(self._state(), part, key) if key is not None else None
        if command is not None:
            self.send(command)

    def _chosen(self, page: Page, number: str) -> str | None:
        """What bears the number; where none does, all are read out."""
        key = pages.choice(page, number)
        if key is None:
            self._read(page, numbered=True)
        return key

    def _read(self, page: Page, *, numbered: bool = False) -> None:
        lines = tuple(pages.read(page, numbered=numbered))
        for line in lines or (_("There is nothing to choose from."),):
            self.say(line)
