"""Commands about a contact, a call or a notice by name: they only change the desk's own state."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from agent_tui.commands import model as do
from agent_tui.commands.act import NotNow
from agent_tui.session import events as ev
from agent_tui.session import work_items as items
from agent_tui.session.floor_events import FloorLeft
from agent_tui.session.state import Phase, SessionState
from agent_tui.session.writing_events import AnswerTyped, EarlyTyped, FileLeft, TextTakenBack, ThreadLeft
from agent_tui.text.catalogue import By, Phrase
from edge.text import clean
from hub.contract import LONGEST_NOTE, LONGEST_TEXT

_NO_OUTCOME: Final = Phrase(
    "Choose how the contact ended: {key} leads to the outcomes. Then F12 finishes.", key=By("outcome", "Tab")
)

Edit: TypeAlias = Callable[[SessionState, Any], ev.DeskEvent]


def _note(_state: SessionState, command: do.EditNote) -> ev.DeskEvent:
    return ev.NoteTyped(command.contact, clean(command.text, limit=LONGEST_NOTE, multiline=True))


def _tick(_state: SessionState, command: do.TickStep) -> ev.DeskEvent:
    return ev.StepTicked(command.contact, command.step)


def _answer(_state: SessionState, command: do.AnswerStep) -> ev.DeskEvent:
    return ev.StepAnswered(command.contact, command.step, command.answer)


def _customer(_state: SessionState, command: do.ChooseCustomer) -> ev.DeskEvent:
    return ev.CustomerChosen(command.contact, command.customer)


def _disposition(state: SessionState, command: do.ChooseDisposition) -> ev.DeskEvent:
    known = {one.code for one in state.me.dispositions} if state.me is not None else set()
    if command.code not in known:
        raise NotNow(Phrase("The hub does not know this outcome."))
    return ev.DispositionChosen(command.contact, command.code)


def _finish(state: SessionState, command: do.FinishWrapUp) -> ev.DeskEvent:
    """From here on the outbox sends the wrap-up until it is stored, under one key. Of a missed caller the
    note alone is sent; once it is empty they leave the desk. How a dialled call ended the hub knows.
    """
    work = items.find(state, command.contact)
    if work is None or work.phase not in (Phase.WRAP_UP, Phase.MISSED):
        raise NotNow(Phrase("No wrap-up is owed for this contact."))
    if work.phase is Phase.MISSED and not (work.note or work.dialled):
        return ev.MissedLeft(work.contact)
    if work.phase is Phase.MISSED:
        return ev.WrapUpStarted(work.contact, uuid.uuid4().hex)
    if not work.disposition and state.me is not None and state.me.dispositions:
        raise NotNow(_NO_OUTCOME)
    return ev.WrapUpStarted(work.contact, uuid.uuid4().hex)


def _select(_state: SessionState, command: do.SelectCall) -> ev.DeskEvent:
    return ev.CallSelected(command.call)


def _dismiss(_state: SessionState, command: do.DismissNotice) -> ev.DeskEvent:
    return ev.NoticeDismissed(command.topic)


def _leave_history(_state: SessionState, _command: do.LeaveHistory) -> ev.DeskEvent:
    return ev.HistoryLeft()


def _leave_customers(_state: SessionState, _command: do.LeaveCustomers) -> ev.DeskEvent:
    return ev.CustomersLeft()


def _leave_conversations(_state: SessionState, _command: do.LeaveConversations) -> ev.DeskEvent:
    return ThreadLeft()


def _answer_typed(_state: SessionState, command: do.EditAnswer) -> ev.DeskEvent:
    return AnswerTyped(command.conversation, clean(command.text, limit=LONGEST_NOTE, multiline=True))


def _early_typed(_state: SessionState, command: do.EditEarly) -> ev.DeskEvent:
    text = clean(command.text, limit=LONGEST_TEXT, multiline=True)
    return EarlyTyped(command.conversation, command.contact, text)


def _text_back(_state: SessionState, command: do.TakeTextBack) -> ev.DeskEvent:
    return TextTakenBack(command.key)


def _leave_file(_state: SessionState, _command: do.LeaveFile) -> ev.DeskEvent:
    return FileLeft()


def _leave_floor(_state: SessionState, _command: do.LeaveFloor) -> ev.DeskEvent:
    return FloorLeft()


EDITS: Mapping[type[do.Command], Edit] = {
    do.EditNote: _note,
    do.TickStep: _tick,
    do.AnswerStep: _answer,
    do.ChooseCustomer: _customer,
    do.ChooseDisposition: _disposition,
    do.FinishWrapUp: _finish,
    do.SelectCall: _select,
    do.DismissNotice: _dismiss,
    do.LeaveHistory: _leave_history,
    do.LeaveCustomers: _leave_customers,
    do.LeaveFloor: _leave_floor,
    do.LeaveConversations: _leave_conversations,
    do.EditAnswer: _answer_typed,
    do.EditEarly: _early_typed,
    do.TakeTextBack: _text_back,
    do.LeaveFile: _leave_file,
}
"""How each of these commands changes the state. Each names what it changes, so it is taken whatever is on
the screen: the reducer knows whether it still fits. All other commands need phone or hub.
"""
