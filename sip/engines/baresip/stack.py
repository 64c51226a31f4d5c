"""The one baresip stack of a process, shared by its engines: brought up for the first, freed by the last."""

from __future__ import annotations

import asyncio
import logging
import socket
from ipaddress import ip_address

import baresip

from edge.text import clean
from sip.account import Account
from sip.engines.baresip.addresses import host_of
from sip.engines.baresip.settings import StackNeeds
from sip.errors import PhoneError, RegistrarUnreachable, Unsupported

log = logging.getLogger(__name__)

_RESOLVE_TIMEOUT = 5.0
_STOP_TIMEOUT = 2.0


class BaresipStack:
    """Owns the ``baresip.Runtime``: libre's state is process-wide, so one lives at a time.

    Engines ``lease`` it with what their account needs; all tenants of one time need the same.
    """

    def __init__(self) -> None:
        self._runtime: baresip.Runtime | None = None
        self._needs: StackNeeds | None = None
        self._tenants: set[object] = set()
        self._change = asyncio.Lock()
        self.died = asyncio.Event()
        """Set when the SIP thread died: nothing works any more, and only a new process helps."""

    async def lease(self, tenant: object, account: Account) -> baresip.Runtime:
        """The running stack, fit for ``account``.

        Raises ``RegistrarUnreachable`` when the registrar's name does not resolve, ``Unsupported`` when
        other tenants hold the stack with other needs, ``PhoneError`` when it does not start.
        """
        needs = await _needs(account)
        async with self._change:
            if self._runtime is not None and needs != self._needs:
                if self._tenants - {tenant}:
                    raise Unsupported("accounts of one phone must share network interface and CA file")
                await self._stop()
            if self._runtime is None:
                self._runtime = await self._start(needs)
                self._needs = needs
            self._tenants.add(tenant)
            return self._runtime

    async def release(self, tenant: object) -> None:
        """Give the stack back; the last tenant frees it. Releasing twice is no error."""
        async with self._change:
            self._tenants.discard(tenant)
            if not self._tenants:
                await self._stop()

    async def _start(self, needs: StackNeeds) -> baresip.Runtime:
        runtime = baresip.Runtime()
        runtime.on_dead = self.died.set
        try:
            await runtime.start(needs.config())
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(f"the SIP stack did not start: {clean(str(error))}") from error
        return runtime

    async def _stop(self) -> None:
        runtime, self._runtime, self._needs = self._runtime, None, None
        if runtime is None:
            return
        try:
            await runtime.close()
        except baresip.BaresipError:
            # a SIP thread that hangs cannot be joined; only a new process can have a stack again
            log.exception("the SIP stack did not stop")
            self.died.set()


async def stop_registering(runtime: baresip.Runtime, agent: baresip.UserAgent) -> None:
    """End the stack's own retries of a REGISTER that was refused; none may be unanswered.

    ``UserAgent.unregister`` does nothing for an agent that was never registered, and the stack would go on
    for ever; its command underneath stops it with one REGISTER (measured: no other in 75 s). Its answer is
    waited for: the stack keeps one request for each agent, and ends by freeing twice where there were two.
    """
    from baresip._native import lib  # noqa: PLC0415 - loads the C stack, which importing us must not

    answered = asyncio.Event()

    def hear(event: baresip.StackEvent) -> None:
        if event.event in (baresip.Event.REGISTER_OK, baresip.Event.REGISTER_FAIL):
            answered.set()

    agent.on(hear)
    try:
        async with asyncio.timeout(_STOP_TIMEOUT):
            await runtime.cmd(lib.BP_CMD_UA_UNREGISTER, args=str(agent.handle))
            await answered.wait()
    except (TimeoutError, baresip.BaresipError):
        log.warning("the registrar did not answer our last REGISTER")
    finally:
        agent.off(hear)


async def _needs(account: Account) -> StackNeeds:
    address = await _resolve(host_of(account.domain))
    return StackNeeds(
        net_interface=address if ip_address(address).is_loopback else None, ca_file=account.ca_file
    )


async def _resolve(host: str) -> str:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_TIMEOUT):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise RegistrarUnreachable(f"no address for {clean(host)}: check domain, or the network") from error
    v4 = [entry for entry in found if entry[0] is socket.AF_INET]
    return str((v4 or found)[0][4][0])
