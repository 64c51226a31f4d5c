"""Commands about the contact on the screen and about notices: they only change the desk's own state."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from agent_tui.commands import model as do
from agent_tui.commands.act import NotNow
from agent_tui.session import events as ev
from agent_tui.session.state import SessionState, Work
from edge.text import clean

LONGEST_NOTE = 10_000
"""Characters, as the hub's contract has it."""

Edit: TypeAlias = Callable[[SessionState, Any], ev.DeskEvent]


def _note(_state: SessionState, command: do.EditNote) -> ev.DeskEvent:
    return ev.NoteTyped(command.contact, clean(command.text, limit=LONGEST_NOTE, multiline=True))


def _tick(state: SessionState, command: do.TickStep) -> ev.DeskEvent:
    return ev.StepTicked(_shown(state).contact, command.step)


def _answer(state: SessionState, command: do.AnswerStep) -> ev.DeskEvent:
    return ev.StepAnswered(_shown(state).contact, command.step, command.answer)


def _customer(state: SessionState, command: do.ChooseCustomer) -> ev.DeskEvent:
    return ev.CustomerChosen(_shown(state).contact, command.customer)


def _disposition(state: SessionState, command: do.ChooseDisposition) -> ev.DeskEvent:
    known = {one.code for one in state.me.dispositions} if state.me is not None else set()
    if command.code not in known:
        raise NotNow("The hub does not know this ending.")
    return ev.DispositionChosen(_shown(state).contact, command.code)


def _finish(state: SessionState, _command: do.FinishWrapUp) -> ev.DeskEvent:
    """From here on the outbox sends the wrap-up until it is stored, under one key."""
    work = _shown(state)
    if not work.disposition and state.me is not None and state.me.dispositions:
        raise NotNow("Choose how the contact ended, then finish.")
    return ev.WrapUpStarted(work.contact, uuid.uuid4().hex)


def _select(_state: SessionState, command: do.SelectCall) -> ev.DeskEvent:
    return ev.CallSelected(command.call)


def _dismiss(_state: SessionState, command: do.DismissNotice) -> ev.DeskEvent:
    return ev.NoticeDismissed(command.topic)


def _shown(state: SessionState) -> Work:
    if state.shown is None:
        raise NotNow("There is no contact on the desk.")
    return state.shown


EDITS: Mapping[type[do.Command], Edit] = {
    do.EditNote: _note,
    do.TickStep: _tick,
    do.AnswerStep: _answer,
    do.ChooseCustomer: _customer,
    do.ChooseDisposition: _disposition,
    do.FinishWrapUp: _finish,
    do.SelectCall: _select,
    do.DismissNotice: _dismiss,
}
"""How each of these commands changes the state; the others need phone or hub."""

BY_SUBJECT = frozenset({do.EditNote, do.SelectCall, do.DismissNotice})
"""Commands that name what they change: taken whatever is on the screen, the reducer knows the rest."""
