"""What can be done with the conversation that is read, and what asks for it. Pure.

``clock`` is the agent's wall clock, aware: WhatsApp takes text for 24 hours after the customer wrote, and the
window closes on an open desk, too.
"""

from __future__ import annotations

from datetime import datetime

from agent_tui.commands import model as do
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.session.writing import Answer, Sending, answer
from hub.contract import Conversation


def goes(state: SessionState, conversation: Conversation, clock: datetime) -> Answer:
    """What this agent can do in ``conversation``."""
    return answer(conversation, state.me.agent if state.me is not None else "", clock)


def is_own(state: SessionState) -> bool:
    """Whether it is the agent's own."""
    shown, me = state.writing.shown, state.me
    return shown is not None and me is not None and shown.agent == me.agent


def can_answer(state: SessionState, clock: datetime) -> bool:
    """Whether a text may be written in it."""
    shown = state.writing.shown
    return shown is not None and goes(state, shown, clock) is Answer.TEXT


def can_send_template(state: SessionState, clock: datetime) -> bool:
    """Whether only a template goes in it, and there is one."""
    shown = state.writing.shown
    possible = do.SendTemplate in select.possible(state)
    return shown is not None and possible and goes(state, shown, clock) is Answer.TEMPLATE


def can_send_file(state: SessionState, clock: datetime) -> bool:
    """Whether a file may be sent in it: where a text may."""
    return can_answer(state, clock) and do.SendFile in select.possible(state)


def can_save(state: SessionState) -> bool:
    """Whether its files can be saved here."""
    return is_own(state) and do.SaveFile in select.possible(state)


def can_take(state: SessionState) -> bool:
    """Whether it is nobody's."""
    shown = state.writing.shown
    return shown is not None and not shown.agent and do.TakeConversation in select.possible(state)


def can_let_go(state: SessionState) -> bool:
    """Whether it is the agent's own, and may go back to its queue."""
    return is_own(state) and do.LetConversationGo in select.possible(state)


def can_call(state: SessionState) -> bool:
    """Whether its customer can be called now."""
    shown = state.writing.shown
    return shown is not None and bool(shown.number) and do.Dial in select.possible(state)


def can_do(state: SessionState, clock: datetime, command: type[do.Command]) -> bool:
    """Whether a key does this with it now. What is stuck in it comes first."""
    stuck = stuck_here(state)
    again = stuck is not None and not stuck.refused
    able: dict[type[do.Command], bool] = {
        do.TakeTextBack: stuck is not None and stuck.refused,
        do.SendTemplate: again and stuck.template is not None if stuck else can_send_template(state, clock),
        do.SendFile: again and bool(stuck.file) if stuck else can_send_file(state, clock),
        do.TakeConversation: can_take(state),
        do.LetConversationGo: can_let_go(state),
        do.Dial: can_call(state),
    }
    return able.get(command, command in select.possible(state))


def stuck_here(state: SessionState) -> Sending | None:
    """The first of what is to be said in it that did not reach the hub."""
    shown = state.writing.shown
    return state.writing.stuck(shown.conversation) if shown is not None else None


def once_more(stuck: Sending) -> do.SayText | do.SendFile | do.SendTemplate:
    """Send what did not reach the hub again: under its key it is still one message."""
    if stuck.file:
        return do.SendFile(stuck.conversation, stuck.file, stuck.text, stuck.key)
    if stuck.template is not None:
        return do.SendTemplate(stuck.conversation, stuck.template, stuck.text, stuck.key)
    return do.SayText(stuck.conversation, stuck.text, stuck.key)


def taken_or_given_back(state: SessionState) -> do.TakeConversation | do.LetConversationGo | None:
    """Make it the agent's own or, where it is, give it back."""
    shown = state.writing.shown
    if shown is None:
        return None
    if can_take(state):
        return do.TakeConversation(shown.conversation)
    return do.LetConversationGo(shown.conversation) if can_let_go(state) else None


def seen(state: SessionState) -> do.SeeConversation | None:
    """Tell that it is read up to the customer's last message, where it is the agent's and was not."""
    shown, thread = state.writing.shown, state.writing.thread
    if shown is None or thread is None or not is_own(state) or not shown.unread:
        return None
    last = next((one.message for one in reversed(thread.messages) if one.incoming), "")
    return do.SeeConversation(shown.conversation, last) if last else None


def newest(state: SessionState) -> str:
    """The last message that the agent did not write themselves; empty where there is none."""
    thread, me = state.writing.thread, state.me
    own = me.agent if me is not None else ""
    said = thread.messages if thread is not None else ()
    return next((one.message for one in reversed(said) if one.incoming or one.agent != own), "")
