"""Figures of queues and agents, and how each is computed."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from hub.contract.base import Model, Percent


class Formulas(Model):
    """How the figures are computed, in the words that desks show beside them."""

    service_level: str = "answered in time ÷ answered"
    service_level_offered: str = "answered in time ÷ (answered + abandoned − short)"
    average_wait: str = "wait of the answered ÷ answered"
    average_talk: str = "talk without hold ÷ talks"
    average_hold: str = "hold ÷ talks"
    average_wrap_up: str = "wrap-up ÷ talks"
    average_handling: str = "(talk + hold + wrap-up) ÷ talks"
    occupancy: str = "(talk + hold + wrap-up) ÷ time ready with a desk"


FORMULAS: Final = Formulas.model_construct()  # nothing to check

RECENT_MINUTES: Final = 30
"""What ``recent`` figures cover: the minute that runs and those before it."""


class QueueCounts(Model):
    """What a queue counted in some time; averages in seconds, None while there is nothing to average.
    ``average_handling`` is the sum of the three before it.

    ``abandoned_short`` of the ``abandoned`` gave up within ``QueueFigures.abandoned_short_seconds``.
    ``called_back`` of the ``answered`` are customers whom the centre called.
    ``unseen`` calls came and went while the hub had no line to the exchange: they are in no other figure.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    transferred: int = 0
    called_back: int = 0
    unseen: int = 0
    service_level: Percent | None = None
    service_level_offered: Percent | None = None
    average_wait: float | None = None
    average_talk: float | None = None
    average_hold: float | None = None
    average_wrap_up: float | None = None
    average_handling: float | None = None


class QueueFigures(Model):
    """One queue: live, today by the centre's midnight, and of late. ``callbacks`` are promised, not done."""

    queue: str
    title: str
    waiting: int
    longest_wait: float
    callbacks: int = 0
    agents_ready: int
    agents_busy: int
    service_level_seconds: int
    abandoned_short_seconds: int = 5
    today: QueueCounts = Field(default_factory=QueueCounts)
    recent: QueueCounts = Field(default_factory=QueueCounts)
    formulas: Formulas = FORMULAS


class AgentCounts(Model):
    """What an agent did in some time; averages as a queue's. ``offered`` counts rings."""

    offered: int = 0
    answered: int = 0
    transferred: int = 0
    called_back: int = 0
    average_talk: float | None = None
    average_hold: float | None = None
    average_wrap_up: float | None = None
    average_handling: float | None = None


class AgentFigures(Model):
    """One agent: today and of late. ``occupancy`` is today's; None before they were ready."""

    agent: str
    today: AgentCounts = Field(default_factory=AgentCounts)
    recent: AgentCounts = Field(default_factory=AgentCounts)
    occupancy: Percent | None = None
    formulas: Formulas = FORMULAS
