"""Follows the calls in which trainers listen, and ends those that nobody is behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from edge.text import clean
from hub.events import Bus
from hub.ports.listening import PREFIX, ListeningEnded, ListeningHeard
from hub.ports.pbx import Pbx, PbxError, PbxEvent, PbxLink
from hub.service.listening_book import ListeningBook, Session
from hub.service.listening_end import ListeningEnd

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 1.0
_GRACE: Final = timedelta(seconds=10)
"""How long a trainer's desk may be away: a line that breaks is back in less."""
_LONGEST_RING: Final = timedelta(seconds=30)
"""The exchange ends the ringing long before, and tells it."""


@dataclass(frozen=True, slots=True)
class ListeningWatch:
    """What a hub that starts does not know, it ends."""

    book: ListeningBook
    ending: ListeningEnd
    bus: Bus
    pbx: Pbx
    now: Callable[[], datetime]

    async def take(self, event: PbxEvent) -> None:
        """What the exchange tells of these calls."""
        match event:
            case ListeningHeard():
                await self._began(event)
            case ListeningEnded():
                session = self.book.known(event.id)
                if session is not None:
                    await self.ending.over(session)
            case PbxLink(up=True):
                await self._compare()

    async def run(self) -> None:
        """Look after them for as long as the task lives."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await self.look()

    async def look(self) -> None:
        """End what has no desk any more, or never began."""
        now = self.now()
        for session in self.book.all():
            gone = None if self.bus.listens(session.trainer) else session.gone or now
            never = session.since is None and now - session.asked > _LONGEST_RING
            if never or (gone is not None and now - gone > _GRACE):
                log.info("nobody is behind this listening", trainer=session.trainer)
                await self._end(session.id)
                await self.ending.over(session)
            else:
                self._keep(session, gone)

    def _keep(self, session: Session, gone: datetime | None) -> None:
        """The session as it stands by now, which may have changed while another was ended."""
        now = self.book.known(session.id)
        if now is not None:
            self.book.put(replace(now, gone=gone))

    async def _began(self, event: ListeningHeard) -> None:
        session = self.book.known(event.id)
        if session is None:
            await self._end(event.id)
        else:
            self.book.change(replace(session, mode=event.mode, since=session.since or event.at))

    async def _compare(self) -> None:
        """Calls that nobody here began are ended; what ended out of sight is over."""
        with suppress(PbxError):
            alive = await self.pbx.calls()
            for call in alive:
                if call.startswith(PREFIX) and self.book.known(call) is None:
                    await self._end(call)
            for session in self.book.all():
                if session.id not in alive:
                    await self.ending.over(session)

    async def _end(self, call: str) -> None:
        """A line that is down comes up again, and then all is compared."""
        try:
            await self.pbx.end_listening(call)
        except PbxError as error:
            log.warning("listening not ended", call=call, error=clean(str(error)))
