"""Callbacks of a hub in memory, by the contract's rules: one for a customer and queue, once for a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from agent_tui.ports import HubRefused
from hub import contract as c
from tests.stubs.messages import AT


class StubCallbacks:
    """``agent_tui.ports.CallbacksPort`` of one agent. ``tell`` takes the events, ``reach`` is each request.

    ``open`` are those that have not ended, by id.
    """

    def __init__(
        self,
        agent: str,
        queues: tuple[str, ...],
        tell: Callable[[c.HubEvent], None],
        reach: Callable[[str], Awaitable[None]],
    ) -> None:
        self.open: dict[str, c.CallbackView] = {}
        self.asked: list[c.CallbackRequest] = []
        self._agent = agent
        self._queues = queues
        self._tell = tell
        self._reach = reach
        self._under: dict[str, tuple[c.CallbackRequest, c.CallbackView]] = {}

    async def promise(self, asked: c.CallbackRequest, key: str) -> c.CallbackView:
        """Keep a new one, once for ``key``."""
        await self._reach("promise_callback")
        self.asked.append(asked)
        if key in self._under:
            before, made = self._under[key]
            if before != asked:
                raise HubRefused("This Idempotency-Key was used for another callback.")
            return made
        if asked.queue not in self._queues:
            raise HubRefused("There is no such queue in the centre; choose one of its queues.")
        customer = asked.customer or asked.numbers[0]
        if any((one.customer, one.queue) == (customer, asked.queue) for one in self.open.values()):
            raise HubRefused("There is a callback for this customer in this queue already.")
        at = asked.at or AT + timedelta(minutes=asked.minutes)
        made = c.CallbackView(
            id=f"callback-{len(self._under)}",
            queue=asked.queue,
            customer=customer,
            name=asked.name,
            numbers=asked.numbers,
            language=asked.language,
            promised=at,
            at=at,
            agent=self._agent if asked.mine else "",
            made_by=self._agent,
            words=asked.words,
            state="open",
        )
        self._under[key] = asked, made
        self.becomes(made)
        return made

    async def cancel(self, callback: str) -> None:
        """Nobody is called."""
        await self._reach("cancel_callback")
        found = self.open.get(callback)
        if found is None:
            raise HubRefused("There is no such callback of yours, or it has ended.")
        if found.state == "dialling":
            raise HubRefused("The customer is being called just now; it cannot be taken back.")
        self.becomes(found, state="cancelled")

    def becomes(self, callback: c.CallbackView, **changes: object) -> None:
        """One is another now, and the desk is told."""
        now = callback.model_copy(update=changes)
        self.open.pop(now.id, None)
        if now.state in ("open", "dialling"):
            self.open[now.id] = now
        self._tell(c.CallbackEvent(callback=now))
