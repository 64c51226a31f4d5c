"""Who works in which queue, from the centre's file: agents by id and by extension, queues by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from centre.model import Agent, Centre, Queue
from centre.texts import Language
from hub.contract import Disposition, PauseTitle, SegmentTitle
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerHeld,
    CallerResumed,
    DialFailed,
    HandedOn,
    MemberChanged,
    MemberRow,
    OfferEnded,
    PbxEvent,
    QueueRow,
    TalkingCaller,
)

Named = TypeVar(
    "Named",
    bound=AgentOffered
    | OfferEnded
    | AgentConnected
    | AgentCompleted
    | CallerHeld
    | CallerResumed
    | DialFailed
    | HandedOn
    | MemberChanged
    | MemberRow
    | TalkingCaller,
)


@dataclass(frozen=True, slots=True)
class Roster:
    """The centre's people and queues. The exchange's extensions are turned into ids at this gate."""

    agents: Mapping[str, Agent]
    queues: Mapping[str, Queue]
    _by_extension: Mapping[str, str]
    _dispositions: Mapping[Language, tuple[Disposition, ...]]
    _pause_reasons: Mapping[Language, tuple[str, ...]]
    _pause_titles: Mapping[Language, tuple[PauseTitle, ...]]
    _segments: Mapping[Language, tuple[SegmentTitle, ...]]
    calls_back: bool = False
    """Whether customers are called back."""

    @classmethod
    def of(cls, centre: Centre) -> Roster:
        """The roster of ``centre``."""
        languages: tuple[Language, Language] = ("en", "he")
        return cls(
            agents={agent.id: agent for agent in centre.agents},
            queues={queue.name: queue for queue in centre.queues},
            _by_extension={agent.extension: agent.id for agent in centre.agents},
            _dispositions={
                language: tuple(
                    Disposition(code=item.code, label=item.labels.of(language))
                    for item in centre.dispositions
                )
                for language in languages
            },
            _pause_reasons={language: centre.pause_reasons.of(language) for language in languages},
            _pause_titles={
                language: tuple(
                    PauseTitle(said=said, title=title)
                    for said, title in centre.pause_reasons.titles(language)
                )
                for language in languages
            },
            _segments={language: _titles(centre, language) for language in languages},
            calls_back=centre.callbacks is not None,
        )

    def named(self, event: PbxEvent) -> PbxEvent:
        """``event`` with its agent by id."""
        match event:
            case AgentOffered() | OfferEnded() | AgentConnected() | AgentCompleted() | HandedOn():
                return self._by_id(event)
            case CallerHeld() | CallerResumed() | MemberChanged() | DialFailed():
                return self._by_id(event)
            case _:
                return event

    def named_row(self, row: QueueRow) -> QueueRow:
        """``row`` with its members and talks by id."""
        return replace(
            row,
            members=tuple(self._by_id(member) for member in row.members),
            talking=tuple(self._by_id(talk) for talk in row.talking),
        )

    def serving(self, queue: str) -> tuple[str, ...]:
        """The agents of ``queue``, by id."""
        return tuple(agent.id for agent in self.agents.values() if queue in agent.queues)

    def title(self, queue: str, language: Language) -> str:
        """The queue's title for a desk in ``language``; a queue the centre does not know keeps its name."""
        known = self.queues.get(queue)
        return known.titles.of(language) if known else queue

    def dispositions(self, language: Language) -> tuple[Disposition, ...]:
        """How contacts can end, for a desk in ``language``."""
        return self._dispositions[language]

    def pause_reasons(self, language: Language) -> tuple[str, ...]:
        """Reasons for being away, for a desk in ``language``."""
        return self._pause_reasons[language]

    def pause_titles(self, language: Language) -> tuple[PauseTitle, ...]:
        """What the reasons of the centre's other language are called in ``language``."""
        return self._pause_titles[language]

    def segments(self, language: Language) -> tuple[SegmentTitle, ...]:
        """How cards name segments, for a desk in ``language``."""
        return self._segments[language]

    def _by_id(self, told: Named) -> Named:
        """Extensions that belong to nobody here stay as they are."""
        return replace(told, agent=self._by_extension.get(told.agent, told.agent))


def _titles(centre: Centre, language: Language) -> tuple[SegmentTitle, ...]:
    return tuple(
        SegmentTitle(values=tuple(value.casefold() for value in one.values), title=one.titles.of(language))
        for one in centre.segments
        if one.titles
    )
