"""What agents had: the visits they answered, and the rings that they did not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import (
    Float,
    RowMapping,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from hub.contract import DialEnd
from hub.db.tables import contact_events, contacts, customers, missed_notes
from hub.domain.contacts import State
from hub.domain.history import Place, Sought

_ANSWERED: Final = "answered"
_MISSED: Final = "missed"
_DIALLED: Final = "dialled"
_DIAL_ENDS: Final = get_args(DialEnd)
_OVER: Final = (State.WRAP_UP.value, State.DONE.value)


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit as one agent had it, ``answered`` or not; ``note`` and ``disposition`` are that agent's own."""

    contact: str
    visit: int
    at: datetime
    kind: Literal["answered", "missed", "dialled"]
    queue: str
    number: str
    name: str
    customer: str
    state: State
    waited: float | None
    talked: float | None
    held: float | None
    ended_by: str
    note: str
    disposition: str

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.at, self.contact, self.visit)


@dataclass(frozen=True, slots=True)
class HistoryStore:
    """Reads alone. Raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def of(
        self, agent: str, what: Sought, before: Place | None, limit: int, ringing: Collection[str]
    ) -> tuple[PastVisit, ...]:
        """What ``agent`` had, the newest first, at most ``limit`` after ``before``. The contacts that are
        ``ringing`` at them are not missed yet.
        """
        had = union_all(_answered(agent), _missed(agent, ringing), _noted_alone(agent)).subquery("had")
        name = func.coalesce(func.nullif(customers.c.name, ""), had.c.name)
        query = (
            select(*(column for column in had.c if column.name != "name"), name.label("name"))
            .select_from(had.outerjoin(customers, customers.c.id == had.c.customer))
            .where(*_found(what, (name, had.c.note), had.c.number))
            .order_by(had.c.at.desc(), had.c.contact.desc(), had.c.visit.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(_after(before, had.c.at, had.c.contact, had.c.visit))
        async with self.engine.connect() as connection:
            return tuple(_visit(row) for row in (await connection.execute(query)).mappings())


def _answered(agent: str) -> Select[Any]:
    mine = contacts.c.agent == agent
    return select(
        *_columns(contacts.c.connected_at, _ANSWERED), contacts.c.note, contacts.c.disposition
    ).where(mine, contacts.c.connected_at.is_not(None), contacts.c.state.in_(_OVER))


def _missed(agent: str, ringing: Collection[str]) -> Select[Any]:
    """One row for each contact that rang at the agent, who did not talk with them afterwards: of the visit in
    which it rang last. What a colleague noted of it is not in it.
    """
    rings, talked = contact_events.alias("rings"), contacts.alias("talked")
    by_agent = func.coalesce(talked.c.agent, "")  # SQLite would take their index, and read all their visits
    answered = select(talked.c.id).where(
        talked.c.id == rings.c.contact, by_agent == agent, talked.c.connected_at >= rings.c.at
    )
    last = (
        select(rings.c.contact, func.max(rings.c.at).label("at"))
        .where(
            rings.c.agent == agent,
            rings.c.kind == "offered",
            rings.c.contact.not_in(ringing),
            ~answered.exists(),
        )
        .group_by(rings.c.contact)
        .subquery("last")
    )
    begun = contacts.alias("begun")
    visit = (
        select(func.coalesce(func.max(begun.c.visit), 1))
        .where(begun.c.id == last.c.contact, begun.c.joined_at <= last.c.at)
        .scalar_subquery()
    )
    own = and_(missed_notes.c.contact == last.c.contact, missed_notes.c.agent == agent)
    return (
        select(
            *_columns(last.c.at, _MISSED),
            func.coalesce(missed_notes.c.note, "").label("note"),
            func.coalesce(missed_notes.c.disposition, "").label("disposition"),
        )
        .select_from(last)
        .join(contacts, and_(contacts.c.id == last.c.contact, contacts.c.visit == visit))
        .outerjoin(missed_notes, own)
    )


def _noted_alone(agent: str) -> Select[Any]:
    """What the agent noted of rings that the hub did not see, perhaps nothing of the contact, and of numbers
    that they dialled in vain.
    """
    rings = contact_events.alias("seen")
    seen = select(rings.c.serial).where(
        rings.c.contact == missed_notes.c.contact, rings.c.agent == agent, rings.c.kind == "offered"
    )
    nothing, unknown = cast(literal(""), Text), cast(null(), Float)
    dialled = and_(contacts.c.agent == agent, contacts.c.ended_by.in_(_DIAL_ENDS))

    def own(column: ColumnElement[str]) -> ColumnElement[str]:
        """Who rang unseen is told by the agent's word alone, which opens no colleague's contact."""
        return case((dialled, column), else_=nothing)

    return (
        select(
            missed_notes.c.contact,
            missed_notes.c.visit,
            missed_notes.c.at,
            case((dialled, literal(_DIALLED)), else_=literal(_MISSED)).label("kind"),
            func.coalesce(contacts.c.queue, "").label("queue"),
            own(contacts.c.number).label("number"),
            nothing.label("name"),
            own(missed_notes.c.customer).label("customer"),
            func.coalesce(contacts.c.state, State.LEFT.value).label("state"),
            *(unknown.label(name) for name in ("waited", "talked", "held")),
            own(contacts.c.ended_by).label("ended_by"),
            missed_notes.c.note,
            missed_notes.c.disposition,
        )
        .outerjoin(contacts, _its_visit())
        .where(missed_notes.c.agent == agent, ~seen.exists())
    )


def _its_visit() -> ColumnElement[bool]:
    return and_(contacts.c.id == missed_notes.c.contact, contacts.c.visit == missed_notes.c.visit)


def _columns(at: ColumnElement[datetime], kind: str) -> tuple[ColumnElement[Any], ...]:
    return (
        contacts.c.id.label("contact"),
        contacts.c.visit,
        at.label("at"),
        cast(literal(kind), Text).label("kind"),
        contacts.c.queue,
        contacts.c.number,
        contacts.c.name,
        contacts.c.customer,
        contacts.c.state,
        contacts.c.waited,
        contacts.c.talked,
        contacts.c.held,
        contacts.c.ended_by,
    )


def _found(
    what: Sought, texts: tuple[ColumnElement[str], ...], number: ColumnElement[str]
) -> tuple[ColumnElement[bool], ...]:
    """``autoescape``: a per cent sign or underscore that is typed means itself."""
    if not what.words:
        return ()
    words = and_(*(or_(*(text.icontains(word, autoescape=True) for text in texts)) for word in what.words))
    return (or_(words, *(number.contains(piece, autoescape=True) for piece in what.number)),)


def _after(
    place: Place, at: ColumnElement[datetime], contact: ColumnElement[str], visit: ColumnElement[int]
) -> ColumnElement[bool]:
    return or_(
        at < place.at,
        and_(at == place.at, contact < place.contact),
        and_(at == place.at, contact == place.contact, visit < place.visit),
    )


def _visit(row: RowMapping) -> PastVisit:
    return PastVisit(**{**row, "state": State(row["state"])})
