"""The one baresip stack of a process, shared by its engines: brought up for the first, freed by the last."""

from __future__ import annotations

import asyncio
import logging

import baresip

from sip.engines.baresip.refusals import why
from sip.engines.baresip.settings import StackNeeds
from sip.errors import PhoneError, Unsupported

log = logging.getLogger(__name__)


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

    @property
    def needs(self) -> StackNeeds | None:
        """What the running stack was made for."""
        return self._needs

    async def lease(self, tenant: object, needs: StackNeeds) -> baresip.Runtime:
        """The running stack, made anew where it was made for other ``needs``.

        Raises ``Unsupported`` when other tenants hold the stack with other needs, ``PhoneError`` when it
        does not start.
        """
        async with self._change:
            if self._runtime is not None and needs != self._needs:
                if self._tenants - {tenant}:
                    raise Unsupported("accounts of one phone must share transport, network and CA file")
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
            raise PhoneError(f"the SIP stack did not start: {why(error)}") from error
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
