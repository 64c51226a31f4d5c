"""Commands that act on calls, through the phone.

An act lasts until the phone has *reported* what was asked, so that a second press in between is known for
what it is. Two calls never hear the agent at once: the one talked in is held before another is taken up,
and taken off hold again when that fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, NotNow
from agent_tui.commands.targets import clean_keys, clean_target
from agent_tui.ports import PhonePort
from agent_tui.session.events import CallSelected
from agent_tui.session.select import asked_about, consultation, other_call, talked_in
from agent_tui.session.state import Call, SessionState
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase, _
from sip.call_state import CallState
from sip.errors import NoSuchCall, PhoneError
from sip.events import CallId

Found = TypeVar("Found")

REPORTED_WITHIN = 5.0
"""Seconds the phone has to report what it took on."""


class CallCommands:
    """Makes acts of the commands about calls. Each is resolved at the moment of the key press."""

    def __init__(self, store: Store, phone: PhonePort) -> None:
        self._store = store
        self._phone = phone

    def answer(self, _command: do.Answer) -> Act:
        """Hold the call talked in, then answer the one that rings."""
        call = _need(self._store.state.ringing)

        async def run() -> None:
            async with self._others_held(call.id):
                await self._phone.calls.answer(call.id)
                await self._until_call(call.id, lambda now: now.state is not CallState.INCOMING)
                self._still_open(call.id)

        return Act(("answer", call.id), run)

    def hang_up(self, _command: do.HangUp) -> Act:
        """End the active call, or decline it; from a consultation it goes back to the first call."""
        call = _need(self._store.state.active_call)
        first = asked_about(self._store.state, call)

        async def run() -> None:
            await self._phone.calls.hangup(call.id)
            await self._until_call(call.id, lambda _now: False)
            if first is not None and first.state is CallState.HELD:
                with suppress(NoSuchCall):  # hung up while they were waiting
                    await self._resume(first.id)

        return Act(("hangup", call.id), run)

    def toggle_hold(self, _command: do.ToggleHold) -> Act:
        """Hold, or go on; going on holds whoever else is talked to."""
        call = _need(self._store.state.active_call)

        async def run() -> None:
            if call.state is CallState.ESTABLISHED:
                await self._hold(call.id)
                return
            async with self._others_held(call.id):
                await self._resume(call.id)

        return Act(("hold", call.id), run)

    def toggle_mute(self, _command: do.ToggleMute) -> Act:
        """Shut the microphone, or open it, for all who are talked to."""
        call = _need(self._store.state.active_call)
        talks = talked_in(self._store.state) if call.merged else (call,)

        async def run() -> None:
            for one in talks:
                await self._phone.calls.mute(one.id, not call.muted)
                await self._until_call(one.id, lambda now: now.muted is not call.muted)

        return Act(("mute", call.id), run)

    def swap(self, _command: do.Swap) -> Act:
        """Hold the active call and go on with the other."""
        other = _need(other_call(self._store.state))

        async def run() -> None:
            async with self._others_held(other.id):
                if other.state is CallState.HELD:
                    await self._resume(other.id)
            self._store.dispatch(CallSelected(other.id))

        return Act(("swap",), run)

    def transfer(self, command: do.Transfer) -> Act:
        """Hand the active call on. Success closes it; failure is told and leaves it as it was."""
        call = _need(self._store.state.active_call)
        target = clean_target(command.target)

        async def run() -> None:
            await self._phone.calls.transfer(call.id, target)

        return Act(("transfer", call.id), run)

    def attended_transfer(self, _command: do.AttendedTransfer) -> Act:
        """Join customer and colleague: both calls close. Failure is told and leaves them as they were."""
        first, asked = _need(consultation(self._store.state))

        async def run() -> None:
            await self._phone.calls.attended_transfer(first.id, asked.id)

        return Act(("transfer", first.id), run)

    def merge(self, _command: do.Merge) -> Act:
        """Talk in both calls at once; the keys stay with the active one."""
        call = _need(self._store.state.active_call)
        other = _need(other_call(self._store.state))

        async def run() -> None:
            await self._phone.calls.merge(call.id, other.id)
            await self._until_call(call.id, lambda now: now.merged)

        return Act(("merge",), run)

    def part(self, _command: do.Part) -> Act:
        """Go on with the active call alone."""
        call = _need(self._store.state.active_call)

        async def run() -> None:
            await self._phone.calls.part(call.id)
            await self._until_call(call.id, lambda now: not now.merged)

        return Act(("merge",), run)

    def send_keys(self, command: do.SendKeys) -> Act:
        """Send telephone keys; what is pressed later is sent later."""
        call = _need(self._store.state.active_call)
        keys = clean_keys(command.digits)

        async def run() -> None:
            await self._phone.calls.send_dtmf(call.id, keys)

        return Act(("keys", call.id), run, queues=True)

    def dial(self, command: do.Dial) -> Act:
        """Hold the call talked in, then call the number: to ask about that call, where there is one."""
        target = clean_target(command.number)
        first = self._store.state.active_call
        about = first.id if first is not None and first.answered is not None else ""

        async def run() -> None:
            async with self._others_held(""):
                await self._phone.calls.dial(target, about)

        return Act(("dial",), run)

    def call_back(self, _command: do.CallBack) -> Act:
        """Call the newest missed caller; once the call is on its way they are missed no longer."""
        missed = self._store.state.missed[-1]
        target = clean_target(missed.number)

        async def run() -> None:
            await self._phone.calls.dial(target)
            await self._phone.calls.forget_missed(missed.call)

        return Act(("dial",), run)

    def clear_missed(self, _command: do.ClearMissed) -> Act:
        """Empty the phone's list of missed calls."""

        async def run() -> None:
            await self._phone.calls.forget_missed()

        return Act(("missed",), run)

    @asynccontextmanager
    async def _others_held(self, call: CallId) -> AsyncIterator[None]:
        """Every talk but ``call`` on hold; the last one off hold again when what follows fails."""
        talks = [talk for talk in talked_in(self._store.state) if talk.id != call]
        for talk in talks:
            await self._hold(talk.id)
        try:
            yield
        except (PhoneError, TimeoutError):
            if talks:
                await self._resume(talks[-1].id)
            raise

    async def _hold(self, call: CallId) -> None:
        """Put on hold and see it happen; a call that is over needs none."""
        try:
            await self._phone.calls.hold(call)
        except NoSuchCall:
            return
        await self._until_call(call, lambda now: now.state is not CallState.ESTABLISHED)

    async def _resume(self, call: CallId) -> None:
        await self._phone.calls.resume(call)
        await self._until_call(call, lambda now: now.state is not CallState.HELD)

    async def _until_call(self, call: CallId, reached: Callable[[Call], bool]) -> None:
        """Wait until the call is as wanted, or over."""

        def seen(state: SessionState) -> bool:
            return all(reached(one) for one in state.calls if one.id == call)

        await self._store.until(seen, REPORTED_WITHIN)

    def _still_open(self, call: CallId) -> None:
        if all(one.id != call for one in self._store.state.calls):
            raise NoSuchCall(_("The caller is gone."))


def _need(found: Found | None) -> Found:
    """The rules of ``possible`` were read from the same state, so this is a bug when it raises."""
    if found is None:
        raise NotNow(Phrase("There is no such call any more."))
    return found
