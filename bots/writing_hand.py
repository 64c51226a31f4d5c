"""What an agent in a scenario writes to customers by WhatsApp."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from agent_tui.commands import model as do
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.session.writing import Answer, answer, with_number
from agent_tui.wiring import Core
from agent_tui.zone import ThisMachine
from bots import scenario as sc
from bots.agent_hand import FOREVER, Acts
from bots.errors import StepFailed
from bots.history import Watch
from hub.contract import Conversation


class WritingHand:
    """Acts at ``desk``. ``number_of`` tells a customer's number in this play."""

    def __init__(self, desk: Core, number_of: Callable[[str], str]) -> None:
        self._desk = desk
        self._number_of = number_of
        self.acts: Acts = {sc.Write: self._write, sc.GoOver: self._go_over}

    async def _go_over(self, _step: sc.GoOver, watch: Watch) -> None:
        """Until the conversation with the caller at hand is on the desk."""
        watch.saw = "the caller cannot be written to"
        state = await self._desk.store.until(lambda state: do.WriteToCaller in possible(state), FOREVER)
        work = state.written
        if work is None:
            raise StepFailed("there is no contact")
        self._desk.commander(do.WriteToCaller(work.contact))
        watch.saw = "the hub does not give the conversation"
        await self._desk.store.until(lambda state: state.writing.shown is not None, FOREVER)

    async def _write(self, step: sc.Write, watch: Watch) -> None:
        """Until the hub has it, or has said no."""
        conversation = await self._own(self._number_of(step.to or ""), watch)
        key = secrets.token_hex(16)
        self._desk.commander(do.SayText(conversation.conversation, step.text, key))
        watch.saw = "the hub does not answer"
        await self._desk.store.until(lambda state: not _on_its_way(state, key), FOREVER)
        for one in self._desk.store.state.writing.sending:
            if one.key == key:
                raise StepFailed(str(one.words))

    async def _own(self, number: str, watch: Watch) -> Conversation:
        """The conversation with who has ``number``, taken, and open for text."""
        watch.saw = "customers cannot be written to here"
        await self._desk.store.until(lambda state: do.WatchConversations in possible(state), FOREVER)
        self._desk.commander(do.WatchConversations())
        watch.saw = "there is no conversation with this customer"
        state = await self._desk.store.until(lambda state: _with(state, number) is not None, FOREVER)
        found = _with(state, number)
        if found is not None and _answer(state, number) is Answer.TAKE:
            self._desk.commander(do.TakeConversation(found.conversation))
        watch.saw = "no text may be sent to this customer now"
        state = await self._desk.store.until(lambda state: _answer(state, number) is Answer.TEXT, FOREVER)
        found = _with(state, number)
        if found is None:
            raise StepFailed("the conversation is gone")
        self._desk.commander(do.ReadConversation(found.conversation))
        return found


def _with(state: SessionState, number: str) -> Conversation | None:
    return with_number(state.writing, number)


def _answer(state: SessionState, number: str) -> Answer | None:
    found = _with(state, number)
    if found is None or state.me is None:
        return None
    return answer(found, state.me.agent, datetime.now(ThisMachine()))


def _on_its_way(state: SessionState, key: str) -> bool:
    return any(one.key == key and not one.words for one in state.writing.sending)
