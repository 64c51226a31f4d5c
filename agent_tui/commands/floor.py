"""Commands of trainers: the floor, listening in, and lines that they write to agents."""

from __future__ import annotations

import secrets

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, NotNow
from agent_tui.ports import HubError, HubPort, PhonePort
from agent_tui.session.floor_events import CoachNoteSent, FloorCame, FloorFailed, ListeningAsked
from agent_tui.session.select import listening_call
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase
from edge.text import clean
from hub.contract import LONGEST_COACH_NOTE, CoachNote, ListenMode, ListenRequest

_TOKEN_BYTES = 16
"""128 bits."""


class FloorCommands:
    """Makes acts of them."""

    def __init__(self, store: Store, phone: PhonePort, hub: HubPort) -> None:
        self._store = store
        self._phone = phone
        self._hub = hub

    def watch(self, _command: do.WatchFloor) -> Act:
        """Ask once; while an answer is under way another question is the same."""

        async def run() -> None:
            try:
                view = await self._hub.floor.view()
            except HubError as error:
                self._store.dispatch(FloorFailed(error.words))
            else:
                self._store.dispatch(FloorCame(view))

        return Act(("floor",), run)

    def listen(self, command: do.Listen) -> Act:
        """Begin, or go on otherwise: a key pressed while the last one is under way yet follows it.

        The secret is made here, for this one call to this one phone.
        """
        heard = self._store.state.listening
        goes_on = heard is not None and heard.agent == command.agent and heard.since is not None

        async def begin() -> None:
            token = secrets.token_hex(_TOKEN_BYTES)
            self._store.dispatch(ListeningAsked(token, command.mode))
            try:
                await self._hub.floor.listen(command.agent, ListenRequest(mode=command.mode, token=token))
            except BaseException:  # cancelled or refused: a call with this token is answered no longer
                self._store.dispatch(ListeningAsked(""))
                raise

        async def turn() -> None:
            await self._hub.floor.turn_listening(command.mode)
            call = listening_call(self._store.state)
            if call is not None:
                await self._phone.calls.mute(call.id, command.mode is ListenMode.LISTEN)

        return Act(("listen",), turn if goes_on else begin, queues=goes_on)

    def write(self, command: do.WriteCoachNote) -> Act:
        """Send the line, once for a press."""
        text = clean(command.text, limit=LONGEST_COACH_NOTE)
        if not text:
            raise NotNow(Phrase("There is nothing to read in this."))

        async def run() -> None:
            await self._hub.floor.write_coach_note(command.agent, CoachNote(text=text))
            self._store.dispatch(CoachNoteSent(command.name))

        return Act(("coach_note", command.agent, text), run)
