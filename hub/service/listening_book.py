"""Who listens to whom now, and how trainers and agents are told. In memory alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from centre.listening import Listening as Rules
from hub.contract import Coach, CoachesEvent, ListeningEvent, ListeningView, ListenMode
from hub.events import Bus
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class Session:
    """One trainer's listening; agents by id. ``since``: they hear; ``gone``: their desk is away.

    ``mode`` is what the exchange told last, ``wanted`` what it was asked for since.
    """

    id: str
    trainer: str
    agent: str
    contact: str
    mode: ListenMode
    asked: datetime
    wanted: ListenMode | None = None
    since: datetime | None = None
    gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListeningBook:
    """``rules`` None: nobody listens."""

    rules: Rules | None
    roster: Roster
    bus: Bus
    _sessions: dict[str, Session] = field(default_factory=dict)
    """By trainer: each has one phone."""

    def all(self) -> Iterator[Session]:
        """Every session, of one moment."""
        return iter(tuple(self._sessions.values()))

    def of(self, trainer: str) -> Session | None:
        """How ``trainer`` listens, or is about to."""
        return self._sessions.get(trainer)

    def known(self, call: str) -> Session | None:
        """The session of this call."""
        return next((one for one in self.all() if one.id == call), None)

    def put(self, session: Session) -> None:
        """Hold this version of it, and tell nobody."""
        self._sessions[session.trainer] = session

    def change(self, session: Session) -> None:
        """Hold this version of it, and tell those concerned."""
        self.put(session)
        self._tell(session)

    def want(self, call: str, mode: ListenMode | None) -> None:
        """The exchange is asked for ``mode``, or was not reached."""
        session = self.known(call)
        if session is not None:
            self.put(replace(session, wanted=mode))

    def over(self, session: Session) -> None:
        """It has ended; a second word about it changes nothing."""
        if self.known(session.id) is not None:
            del self._sessions[session.trainer]
            self._tell(session)

    def view(self, trainer: str) -> ListeningView | None:
        """How ``trainer`` listens, as their desk shows it."""
        session = self.of(trainer)
        if session is None:
            return None
        name = self.roster.agents[session.agent].name
        return ListeningView(
            agent=session.agent, name=name, contact=session.contact, mode=session.mode, since=session.since
        )

    def coaches(self, agent: str) -> tuple[Coach, ...]:
        """Who hears ``agent`` now, where agents are shown it."""
        return self.who(agent) if self.rules is not None and self.rules.shown else ()

    def who(self, agent: str) -> tuple[Coach, ...]:
        """Who hears ``agent`` now, as other trainers see it."""
        return tuple(
            Coach(name=self.roster.agents[one.trainer].name, contact=one.contact, mode=one.mode)
            for one in self.all()
            if one.agent == agent and one.since is not None
        )

    def _tell(self, session: Session) -> None:
        self.bus.publish(session.trainer, ListeningEvent(listening=self.view(session.trainer)))
        if session.since is not None and self.rules is not None and self.rules.shown:
            self.bus.publish(session.agent, CoachesEvent(coaches=self.coaches(session.agent)))
