"""Kills desks at seeded instants, has the next one judged, and ends from there what was going on."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from agent_tui.commands import model as do
from agent_tui.session.select import consultation
from agent_tui.session.state import Phase
from tests.e2e.acts import DANA, left_alone, stored
from tests.e2e.blind_desk import told
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.e2e.kills.judge import HEARD_FOR, Judge, Kill
from tests.e2e.kills.shift import Shift
from tests.e2e.kills.states import OF_RINGS, STATES
from tests.pbx.console import Console

_OF_ONE_PHONE = 25
"""Kills with one phone, whose recording is read again and again."""
_CONNECTED = ("consulting", "swapping")
"""Where the next desk joins customer and colleague; elsewhere it hangs up."""


class Kills:
    """The kills of one shift."""

    def __init__(self, centre: Centre, console: Console, shift: Shift, chance: random.Random) -> None:
        self._centre = centre
        self._console = console
        self._shift = shift
        self._chance = chance

    def kill_in(self, name: str) -> Kill:
        """Bring the desk into a state, kill it at a seeded instant, start the next and see that all is so."""
        shift = self._shift
        shift.begin()
        reached = STATES[name](shift)
        steady = self._chance.random() < 0.5
        if steady:
            shift.wait(reached, name)
            shift.pause(0.3, 0.6)
        else:
            shift.pause(0.0, 0.06)
        kill = Kill(name, shift.desk.kill(), steady)
        try:
            self._judge(kill)
            self._clear(name)
        except (AssertionError, ValueError) as error:
            now = told(shift.desk.state)
            raise AssertionError(
                f"{name}, {steady=}, notes {shift.notes}\nbefore: {told(kill.before)}\nnow: {now}\n{error}"
            ) from error
        return kill

    def _judge(self, kill: Kill) -> None:
        """With no desk the talk goes on; the next one shows what is so."""
        judge = Judge(self._shift, self._console, kill)
        talks = [(talk, talk.length) for talk in judge.talks(kill.before.calls)] if kill.steady else []
        began = time.monotonic()
        self._shift.pause(0.1, 0.5)
        self._shift.start_next()
        alone = time.monotonic() - began
        judge.same_calls()
        judge.same_moments()
        judge.same_consultation()
        judge.connected()
        judge.same_work()
        for talk, begin in talks:
            talk.wait_heard_since(begin, alone)
        if not kill.steady:
            self._heard(judge)
        judge.silent()

    def _heard(self, judge: Judge) -> None:
        """Who talks is heard, unless what the killed desk had asked for comes about only now."""
        desk = self._shift.desk
        talking = [(call.state, call.muted) for call in desk.state.calls]
        for talk in judge.talks(desk.state.calls):
            talk.wait_heard(
                HEARD_FOR, unless=lambda: talking != [(call.state, call.muted) for call in desk.state.calls]
            )

    def _clear(self, name: str) -> None:
        """End everything from the new desk, and find it stored."""
        shift, desk = self._shift, self._shift.desk
        if desk.state.ringing is not None:
            shift.customer_leaves()
            desk.until(lambda state: state.ringing is None, "no ring")
        if name in _CONNECTED and consultation(desk.state) is not None:
            self._connect()
        in_vain = any(call.outgoing and not (call.answered or call.consults) for call in desk.state.calls)
        while calls := desk.state.calls:
            desk.ask(do.HangUp())
            desk.until(lambda state, calls=calls: len(state.calls) < len(calls), "hung up")  # type: ignore[misc]
        shift.customer_leaves()
        if in_vain:
            desk.until(lambda state: state.work and state.work[0].dialled, "who was not reached")
        dialled = [one.contact for one in desk.state.work if one.dialled]
        while work := desk.state.work:
            self._wrap_up(work[0].contact)
        assert all(left_alone(self._centre, contact).note in shift.notes for contact in dialled)
        if shift.customer is not None and shift.notes[-1]:
            kept = (left_alone if name in OF_RINGS else stored)(self._centre, shift.contact)
            assert kept.note in shift.notes
        shift.wait_free()

    def _connect(self) -> None:
        """Join the customer with the colleague who was asked by the killed desk: they talk without us."""
        self._shift.ask(do.AttendedTransfer())
        self._shift.wait(lambda state: not state.calls, "both calls handed on")
        eventually(self._shift.bridged_with_colleague, "customer and colleague in one bridge")
        self._shift.agent_heard.wait_gone(HEARD_FOR)

    def _wrap_up(self, contact: str) -> None:
        desk = self._shift.desk
        desk.until(lambda state: all(item.phase is not Phase.TALKING for item in state.work), "the wrap-up")
        if desk.state.work and desk.state.work[0].phase is not Phase.MISSED:
            desk.ask(do.ChooseDisposition(contact, "solved"))
        desk.ask(do.FinishWrapUp(contact))
        desk.until(lambda state: not state.work, "the wrap-up stored")


def instants(count: int, chance: random.Random, states: Sequence[str]) -> list[str]:
    """``count`` of ``states``, each as often as any other, in seeded order."""
    names: list[str] = []
    while len(names) < count:
        names += chance.sample(states, len(states))
    return names[:count]


def shift_of(
    centre: Centre, console: Console, count: int, seed: int, states: Sequence[str] = tuple(STATES)
) -> list[Kill]:
    """Kill desks at ``count`` seeded instants, over phones that each serve some of them."""
    chance = random.Random(seed)  # noqa: S311 - seeded instants, no secret
    kills: list[Kill] = []
    names = instants(count, chance, states)
    for begin in range(0, count, _OF_ONE_PHONE):
        home = centre.prepare(DANA)
        shift = Shift(console, home, chance)
        of_shift = Kills(centre, console, shift, chance)
        try:
            kills += [of_shift.kill_in(name) for name in names[begin : begin + _OF_ONE_PHONE]]
        finally:
            shift.close()
            home.end_phone()
    return kills
