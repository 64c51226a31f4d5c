"""What an agent in a scenario sees: on the desk, in the hub, by ear."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.screens.views.agenda import agenda_page
from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.card import card_page
from agent_tui.screens.views.conversations import list_page, thread_page
from agent_tui.screens.views.floor import told
from agent_tui.screens.views.note import outcome_page
from agent_tui.screens.views.notices import notices_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.script import script_page
from agent_tui.screens.views.status import status_bar
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.widgets.cells import Page
from agent_tui.zone import ThisMachine
from bots import scenario as sc
from bots.history import MOST, History, Values, Watch
from bots.hub_eyes import HubEyes
from bots.listening import Ear, hear

_FOREVER = 3600.0
"""Above any step's own limit, which is what ends a wait."""


class AgentEyes:
    """Waits until it is as expected; what was seen last goes to the watch."""

    def __init__(self, store: Store, history: History, ear: Ear, hub: HubEyes) -> None:
        self._store = store
        self._history = history
        self._ear = ear
        self._hub = hub
        self.expectations: dict[type[sc.Step], Callable[[Any, Watch], Awaitable[None]]] = {
            sc.CallExpected: self._call,
            sc.HubExpected: self._in_hub,
            sc.CardExpected: self._card,
            sc.QueueExpected: self._queue,
            sc.SoundExpected: self._sound,
            sc.ShownExpected: self._shown,
        }

    async def _call(self, step: sc.CallExpected, watch: Watch) -> None:
        def matches(values: Values) -> bool:
            if values["event"] == "call":
                watch.saw = f"the call is {values['state']}"
            return (values["event"], values.get("state")) == ("call", step.state.value)

        await self._history.next(matches)

    async def _in_hub(self, step: sc.HubExpected, watch: Watch) -> None:
        await self._hub.until(step, watch, self._contact)

    def _contact(self) -> str:
        """The contact that the agent had last."""
        told = (one.values.get("contact") for one in reversed(self._history.last(MOST)))
        return next((str(contact) for contact in told if contact), "")

    async def _card(self, step: sc.CardExpected, watch: Watch) -> None:
        def right(state: SessionState) -> bool:
            work = state.shown
            card = work.customer_card if work is not None else None
            status = work.card.status if work is not None and work.card is not None else None
            name = card.name if card is not None else ""
            watch.saw = f"the card is {status.value if status else 'not there'} {name}".rstrip()
            return step.name in (None, name) and step.status in (None, status)

        await self._store.until(right, _FOREVER)

    async def _queue(self, step: sc.QueueExpected, watch: Watch) -> None:
        def right(state: SessionState) -> bool:
            figure = _figure(state, step)
            watch.saw = f"{step.figure} of {step.queue} is {'not told' if figure is None else figure}"
            if figure is None:
                return False
            least, most = step.at_least, step.at_most
            return (
                step.equals in (None, figure)
                and (least is None or figure >= least)
                and (most is None or figure <= most)
            )

        await self._store.until(right, _FOREVER)

    async def _sound(self, step: sc.SoundExpected, watch: Watch) -> None:
        await hear(self._ear, step, watch)

    async def _shown(self, step: sc.ShownExpected, watch: Watch) -> None:
        def right(state: SessionState) -> bool:
            lines = tuple(shown(state, datetime.now(ThisMachine())))
            watch.saw = f"the desk shows: {' / '.join(lines)}"
            return any(step.text in line for line in lines)

        await self._store.until(right, _FOREVER)


def shown(state: SessionState, clock: datetime) -> Iterator[str]:
    """All that the desk shows, a line for each row."""
    for page in (
        status_bar(state, clock),
        calls_page(state, clock),
        notices_page(state),
        card_page(state, clock),
        script_page(state),
        outcome_page(state),
        queues_page(state, roomy=True),
        agenda_page(state, clock),
        *((told(state),) if _trains(state) else ()),
        *(_written(state, clock)),
    ):
        yield from pages.read(page)


def _written(state: SessionState, clock: datetime) -> tuple[Page, ...]:
    """Conversations, and the one that is read."""
    return (
        (list_page(state, clock), thread_page(state, clock)) if do.ReadConversation in possible(state) else ()
    )


def _trains(state: SessionState) -> bool:
    """Whether the floor is this one's to see."""
    return do.WatchFloor in possible(state)


def _figure(state: SessionState, step: sc.QueueExpected) -> int | None:
    queue = next((one for one in state.queues if one.queue == step.queue), None)
    if queue is None:
        return None
    live = {"waiting", "agents_ready", "agents_busy", "callbacks"}
    return int(getattr(queue if step.figure in live else queue.today, step.figure))
