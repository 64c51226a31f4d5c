"""Who is signed in: one browser an agent, bounded in number, in idle time and in all.

A session lives in this server's memory alone. Its key is in the browser's cookie; here lies its digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from edge.traces import survived
from serve.desk_process import DeskProcess
from serve.door import Door, Guest, HubAway, TooManyTries
from serve.settings import ServeSection

log = logging.getLogger(__name__)

_KEY_BYTES = 32


class Full(Exception):
    """As many are signed in as the settings allow."""


class Overtaken(Exception):
    """The same agent signed in a moment later, and the hub knows that browser alone."""


@dataclass(slots=True, eq=False)
class Session:
    """One agent's browser. ``seen`` is when its last desk ended, or it was signed in; None while one runs."""

    guest: Guest
    began: float
    seen: float | None
    desk: DeskProcess | None = None
    over: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a desk takes another's place: one session has one desk."""

    @property
    def agent(self) -> str:
        """Whose it is."""
        return self.guest.me.agent


class Sessions:
    """All of them. ``now`` is a monotonic clock, in seconds."""

    def __init__(self, limits: ServeSection, door: Door, now: Callable[[], float]) -> None:
        self._limits = limits
        self._door = door
        self._now = now
        self._by_digest: dict[str, Session] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One an agent, whom the hub let in: two sign-ins at once must not both find themselves alone."""

    def __len__(self) -> int:
        return len(self._by_digest)

    def of(self, key: str) -> Session | None:
        """The session of a cookie, if it still holds."""
        session = self._by_digest.get(_digest(key))
        return None if session is None or self._past(session) else session

    async def open(self, guest: Guest) -> str:
        """A new session in place of the agent's earlier one; returns its key.

        At the hub the later sign-in took the earlier one's device away, and here the earlier may come later:
        so who takes the place is asked of the hub, by one at a time. Raises ``Full``, ``Overtaken``,
        ``HubAway``, ``TooManyTries``.
        """
        await self.sweep()
        async with self._turns[guest.me.agent]:
            if not await self._door.knows(guest.token):
                raise Overtaken
            for session in [one for one in self._by_digest.values() if one.agent == guest.me.agent]:
                await self.end(session)
            if len(self._by_digest) >= self._limits.most_sessions:
                with suppress(HubAway):
                    await self._door.see_out(guest.token)
                raise Full
            key, now = secrets.token_urlsafe(_KEY_BYTES), self._now()
            self._by_digest[_digest(key)] = Session(guest, now, now)
        log.info("signed in: %s", guest.me.agent)
        return key

    async def end(self, session: Session) -> None:
        """Its desk ends, and its device at the hub. Safe to call again."""
        for digest in [digest for digest, one in self._by_digest.items() if one is session]:
            del self._by_digest[digest]
        if session.over:
            return
        session.over = True
        async with session.turn:
            if session.desk is not None:
                await session.desk.stop()
        try:
            await self._door.see_out(session.guest.token)
        except HubAway as error:
            log.warning(
                "%s: the hub does not answer (%s); the device goes at the next sign-in", session.agent, error
            )
        log.info("signed out: %s", session.agent)

    async def is_revoked(self, session: Session) -> bool:
        """Whether the hub knows its device no more; then it is over here as well.

        A hub that is away leaves it as it is: the desk says so itself.
        """
        try:
            known = await self._door.knows(session.guest.token)
        except (HubAway, TooManyTries):
            return False
        if not known:
            await self.end(session)
        return not known

    async def use(self, session: Session, desk: DeskProcess, width: int, height: int) -> bool:
        """Start ``desk`` in the place of the session's; False when the session is over."""
        async with session.turn:
            if session.desk is not None:
                await session.desk.stop()
            if session.over:
                return False
            session.desk, session.seen = desk, None
            await desk.start(width, height)
            return True

    def left(self, session: Session, desk: DeskProcess) -> None:
        """``desk`` has ended; from here on the session is idle, unless another has its place."""
        if session.desk is desk:
            session.desk, session.seen = None, self._now()

    async def sweep(self) -> None:
        """End those whose time is over."""
        await self._end_all([one for one in self._by_digest.values() if self._past(one)])

    async def close(self) -> None:
        """End all of them."""
        await self._end_all(list(self._by_digest.values()))

    async def _end_all(self, ending: list[Session]) -> None:
        async with asyncio.TaskGroup() as group:
            for session in ending:
                group.create_task(self._end_safely(session))

    async def _end_safely(self, session: Session) -> None:
        """One that cannot be ended keeps none of the others alive."""
        with survived(log, "the end of a session"):
            await self.end(session)

    def _past(self, session: Session) -> bool:
        now = self._now()
        idle = 0.0 if session.seen is None else now - session.seen
        return (
            session.over
            or idle >= self._limits.idle_minutes * 60
            or now - session.began >= self._limits.longest_hours * 3600
        )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
