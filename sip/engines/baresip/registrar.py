"""``sip.supervisor.Registrar`` on baresip: one user agent, and its REGISTER with one registrar."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import baresip
from baresip.errors import split_status

from edge.text import clean
from sip.account import Transport
from sip.addresses import host_of
from sip.engines.baresip import sockets
from sip.engines.baresip.reasons import registration_outcome, unanswered_outcome
from sip.engines.baresip.refusals import why
from sip.errors import PhoneError
from sip.events import RegistrationChanged, RegistrationState
from sip.knock import Knock, knock
from sip.places import Place
from sip.tls import system_ca_file

log = logging.getLogger(__name__)

_ANSWER_TIMEOUT = 4.0
"""Seconds before the registrar counts as silent; over UDP the stack then repeats its REGISTER every four."""
_LEAVE_TIMEOUT = 3.0

_OK = RegistrationChanged(RegistrationState.REGISTERED, 200)
_SILENT = unanswered_outcome()


class BaresipRegistrar:
    """Puts one agent's contact there and takes it away.

    ``on_news`` gets every answer that nobody waited for any more: what it says of our contact, or None for
    one that says only that the registrar is there.

    Never two requests at once. One that is unanswered is waited for, for two of them break the stack's heap
    when it ends. And a REGISTER of an agent that is registered would have the stack send another one beside
    it, to take the old contact away: the same contact, so that whichever comes last decides. So the old
    contact is taken away first, and the new one put when that was answered.
    """

    def __init__(
        self,
        runtime: baresip.Runtime,
        agent: baresip.UserAgent,
        place: Place,
        on_news: Callable[[BaresipRegistrar, RegistrationChanged | None], None],
    ) -> None:
        self.agent = agent
        self.place = place
        self.gone = False
        """Nothing listens there any more: what the registrar knew of us is lost."""
        self._runtime = runtime
        self._on_news = on_news
        self._unanswered: asyncio.Future[RegistrationChanged] | None = None
        self._leaving = False
        """What is unanswered takes our contact away."""
        self._waiting = 0
        self._holds = False
        """The stack believes that our contact is there."""
        self._active = False
        """The stack goes on by itself, to refresh or to try again."""
        self._left = False
        self._connected = False
        self._answered = False
        """The registrar answers strangers, so one that does not is not ready."""
        self._stopping: asyncio.Task[RegistrationChanged] | None = None
        agent.on(self._hear)

    # As the supervisor asks

    async def register(self) -> RegistrationChanged:
        """Put our contact there; who only calls puts none."""
        if not self.place.account.registers:
            return _OK
        self._left = False
        if self._reliable and self._unanswered is None:
            found = await self._knock()
            self.gone = found.gone
            if found.words:
                return RegistrationChanged(RegistrationState.UNREACHABLE, None, found.words)
            if self._answered and not found.answered:
                return _SILENT
            self._answered = found.answered
        if self._unanswered is not None or self._holds:
            removed = await self._ask(leaving=True)
            if self._holds or removed is _SILENT:
                return removed
        self._active = True
        outcome = await self._ask(leaving=False)
        if outcome == _OK:
            self._connected = self._reliable and sockets.connections(*self._there) > 0
            if self._connected:
                sockets.keep_alive(*self._there)
        return outcome

    async def leave(self) -> None:
        """Take our contact away, and end the stack's own tries."""
        self._left = True
        self._connected = False
        if self._unanswered is not None:
            # the registrar is away: _hear stops the stack at the next answer, if it lives to get one
            log.info("left without a word to the registrar, which does not answer")
        elif self._active:
            self._active = False
            if await self._ask(leaving=True, within=_LEAVE_TIMEOUT) != _OK:
                log.warning("the registrar did not confirm that we left; the contact runs out by itself")

    def broken(self) -> bool:
        """Whether the connection of the last REGISTER is there no more."""
        return self._connected and sockets.connections(*self._there) == 0

    def reset(self) -> None:
        """Shut the connections to this registrar."""
        if self._reliable:
            sockets.cut(*self._there)

    def close(self) -> None:
        """Hear no more of the agent, which ends with its stack."""
        self.agent.off(self._hear)

    async def _knock(self) -> Knock:
        account, host = self.place.account, host_of(self.place.account.domain)
        if not self.place.addresses:
            return Knock(f"no address for {clean(host)}: check domain, or the network; trying again")
        ca_file = account.ca_file or system_ca_file()
        return await knock(account, (self.place.addresses[0], self.place.port), host, ca_file)

    @property
    def _reliable(self) -> bool:
        return self.place.account.transport is not Transport.UDP

    @property
    def _there(self) -> tuple[tuple[str, ...], int]:
        return self.place.addresses, self.place.port

    # What goes over the stack

    async def _ask(self, *, leaving: bool, within: float = _ANSWER_TIMEOUT) -> RegistrationChanged:
        """Send a REGISTER, or none while one is unanswered; what is answered, or ``_SILENT``."""
        self._waiting += 1
        try:
            async with asyncio.timeout(within):
                answer = self._unanswered or await self._begin(leaving=leaving)
                return await asyncio.shield(answer)
        except TimeoutError:
            return _SILENT
        except (baresip.BaresipError, PhoneError) as error:
            self._unanswered = None
            told = str(error) if isinstance(error, PhoneError) else why(error)
            return unanswered_outcome(told)
        finally:
            self._waiting -= 1

    async def _begin(self, *, leaving: bool) -> asyncio.Future[RegistrationChanged]:
        # made first: the answer may be here before the command is known to be done
        answer = self._unanswered = asyncio.get_running_loop().create_future()
        self._leaving = leaving
        await self._send(leaving=leaving)
        return answer

    async def _send(self, *, leaving: bool) -> None:
        """The command beneath ``UserAgent.register`` and ``unregister``.

        The latter does nothing for an agent whose REGISTER was refused, and the stack would go on for ever;
        its command stops it with one REGISTER (measured: no other in 75 s).
        """
        from baresip._native import lib  # noqa: PLC0415 - loads the C stack, which importing us must not

        command: Any = lib.BP_CMD_UA_UNREGISTER if leaving else lib.BP_CMD_UA_REGISTER
        _event, payload = await self._runtime.cmd(command, args=str(self.agent.handle))
        if payload is not None:
            raise PhoneError("REGISTER could not be sent")

    def _hear(self, event: baresip.StackEvent) -> None:
        if event.event not in (baresip.Event.REGISTER_OK, baresip.Event.REGISTER_FAIL):
            return
        ok = event.event is baresip.Event.REGISTER_OK
        if not ok:
            log.info("REGISTER failed: %s", clean(event.text, limit=400))
        outcome = _OK if ok else registration_outcome(*split_status(event.text or ""))
        asked, self._unanswered = self._unanswered, None
        leaving = asked is not None and self._leaving
        if ok:
            self._holds = not leaving
        if asked is not None:
            asked.set_result(outcome)
        if self._left and self._active:
            self._active = False
            self._stopping = asyncio.get_running_loop().create_task(self._ask(leaving=True))
        elif not self._left and not self._waiting and not (ok and asked is None):
            self._on_news(self, None if leaving else outcome)
