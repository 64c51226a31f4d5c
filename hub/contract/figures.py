"""Figures of queues and agents, and how each is computed."""

from __future__ import annotations

from typing import Final

from hub.contract.base import Model, Percent


class Formulas(Model):
    """How the figures are computed, in the words that desks show beside them."""

    service_level: str = "answered in time ÷ answered"
    service_level_offered: str = "answered in time ÷ (answered + abandoned − short)"
    average_wait: str = "wait of the answered ÷ answered"
    average_handling: str = "(talk with hold + wrap-up) ÷ talks"
    occupancy: str = "(talk with hold + wrap-up) ÷ time ready"


FORMULAS: Final = Formulas()

RECENT_MINUTES: Final = 30
"""What ``recent`` figures cover: the minute that runs and those before it."""


class QueueCounts(Model):
    """What a queue counted in some time; averages in seconds, None while there is nothing to average.

    ``abandoned_short`` of the ``abandoned`` gave up within ``QueueFigures.abandoned_short_seconds``.
    ``unseen`` calls came and went while the hub had no line to the exchange: they are in no other figure.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    transferred: int = 0
    unseen: int = 0
    service_level: Percent | None = None
    service_level_offered: Percent | None = None
    average_wait: float | None = None
    average_talk: float | None = None
    average_handling: float | None = None


class QueueFigures(Model):
    """One queue: live, today by the centre's midnight, and of late."""

    queue: str
    title: str
    waiting: int
    longest_wait: float
    agents_ready: int
    agents_busy: int
    service_level_seconds: int
    abandoned_short_seconds: int = 5
    today: QueueCounts = QueueCounts()
    recent: QueueCounts = QueueCounts()
    formulas: Formulas = FORMULAS


class AgentCounts(Model):
    """What an agent did in some time. ``offered`` counts rings."""

    offered: int = 0
    answered: int = 0
    transferred: int = 0
    average_talk: float | None = None
    average_handling: float | None = None


class AgentFigures(Model):
    """One agent: today and of late. ``occupancy`` is today's; None before they were ready."""

    agent: str
    today: AgentCounts = AgentCounts()
    recent: AgentCounts = AgentCounts()
    occupancy: Percent | None = None
    formulas: Formulas = FORMULAS
