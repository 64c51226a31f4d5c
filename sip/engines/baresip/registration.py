"""Keep one account registered: again at once when it was lost, never again when it was refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from random import SystemRandom

import baresip
from baresip.errors import split_status

from sip.engines.baresip.reasons import registration_outcome
from sip.engines.baresip.stack import stop_registering
from sip.events import RegistrationChanged, RegistrationState

log = logging.getLogger(__name__)

_ANSWER_TIMEOUT = 10.0
_LEAVE_TIMEOUT = 3.0
_FIRST_RETRY = 1.0
_LONGEST_RETRY = 30.0
_random = SystemRandom()

_OK = RegistrationChanged(RegistrationState.REGISTERED, 200)


class Registration:
    """The registration of one user agent, kept by ``keep`` for as long as that task lives.

    baresip alone would retry after 30 s and then ever later, for a refused account too; here a lost
    registrar is asked again after 1 s, then 2 s, up to 30 s, spread so that phones do not come all at once.
    The stack is told to stop only while no REGISTER is unanswered: two at once break its heap when it ends.
    """

    def __init__(
        self,
        runtime: baresip.Runtime,
        agent: baresip.UserAgent,
        publish: Callable[[RegistrationChanged], None],
    ) -> None:
        self._runtime = runtime
        self._agent = agent
        self._tell = publish
        self._told: RegistrationChanged | None = None
        self._failed: asyncio.Queue[str] = asyncio.Queue(1)
        self._unanswered = False
        self._active = False
        self._left = False
        self._stopping: asyncio.Task[None] | None = None
        agent.on(self._hear)

    @property
    def stands(self) -> bool:
        """Whether the registrar last said yes."""
        return self._told == _OK

    async def keep(self) -> None:
        """Register, and again whenever it is lost; returns only when the registrar refuses the account."""
        self._left = False
        self._publish(RegistrationChanged(RegistrationState.REGISTERING))
        wait = _FIRST_RETRY
        while True:
            problem = await self._attempt()
            if problem is None:
                self._publish(_OK)
                wait = _FIRST_RETRY
                problem = _problem(await self._failed.get())
            if problem.state is RegistrationState.REFUSED:
                await self._stop()
                self._publish(problem)
                return
            self._publish(problem)
            await asyncio.sleep(wait * (0.75 + _random.random() / 2))
            wait = min(wait * 2, _LONGEST_RETRY)

    async def leave(self) -> None:
        """Take our contact off the registrar, as well as can be done in three seconds."""
        self._left = True
        if self._unanswered:
            # the registrar is away: _hear stops the stack at the next answer, if it lives to get one
            log.info("left without a word to the registrar, which does not answer")
        elif self.stands:
            self._active = False
            try:
                await self._agent.unregister(timeout=_LEAVE_TIMEOUT)
            except baresip.BaresipError:
                log.warning("the registrar did not confirm that we left; the contact runs out by itself")
        else:
            await self._stop()
        self._publish(RegistrationChanged(RegistrationState.UNREGISTERED))

    async def _attempt(self) -> RegistrationChanged | None:
        self._active = self._unanswered = True
        try:
            await self._agent.register(timeout=_ANSWER_TIMEOUT)
        except baresip.RegistrationError as error:
            return registration_outcome(error.status, error.reason)
        finally:
            # what was heard up to here is what this attempt answered
            while not self._failed.empty():
                self._failed.get_nowait()
        return None

    async def _stop(self) -> None:
        if self._active:
            self._active = False
            await stop_registering(self._runtime, self._agent)

    def _hear(self, event: baresip.StackEvent) -> None:
        if event.event not in (baresip.Event.REGISTER_OK, baresip.Event.REGISTER_FAIL):
            return
        self._unanswered = False
        if self._left and self._active:
            self._stopping = asyncio.get_running_loop().create_task(self._stop())
        elif event.event is baresip.Event.REGISTER_FAIL and self._failed.empty():
            self._failed.put_nowait(event.text or "")

    def _publish(self, change: RegistrationChanged) -> None:
        if change != self._told:
            self._told = change
            self._tell(change)


def _problem(text: str) -> RegistrationChanged:
    status, words = split_status(text)
    return registration_outcome(status, words)
