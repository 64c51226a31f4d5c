"""What a Prometheus server reads of the hub: counts since its start, and how the floor stands now.

Labels are of what the hub was built and configured with (routes, kinds of events, queues), so that there
are never more of them than that, and nothing of a customer is among them.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.domain.contacts import State
from hub.events import Bus
from hub.ports.pbx import PbxEvent
from hub.service.floor import Floor
from hub.service.roster import Roster


class Metrics:
    """The counts of one hub."""

    def __init__(self, roster: Roster, floor: Floor, bus: Bus) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Now(roster, floor, bus))
        self._requests = Counter(
            "moked_hub_http_requests_total",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._events = Counter(
            "moked_hub_exchange_events_total",
            "Events that the exchange told.",
            ("kind",),
            registry=self._registry,
        )
        self._database_errors = Counter(
            "moked_hub_database_errors_total", "Statements that failed.", registry=self._registry
        )

    def count_request(self, method: str, route: str, status: int) -> None:
        """One request was answered; ``route`` is its template."""
        self._requests.labels(method, route, str(status)).inc()

    def count_event(self, told: PbxEvent) -> None:
        """The exchange told something."""
        self._events.labels(type(told).__name__).inc()

    def watch(self, engine: AsyncEngine) -> None:
        """Count the errors of ``engine`` from now on."""
        event.listen(engine.sync_engine, "handle_error", self._count_error)

    def _count_error(self, context: ExceptionContext) -> None:
        if not context.is_pre_ping:  # a connection that has died in the pool is replaced unnoticed
            self._database_errors.inc()

    def add(self, figures: Collector) -> None:
        """Tell ``figures``, too."""
        self._registry.register(figures)

    def page(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is read off the floor whenever somebody asks."""

    def __init__(self, roster: Roster, floor: Floor, bus: Bus) -> None:
        self._roster = roster
        self._floor = floor
        self._bus = bus

    def collect(self) -> Iterator[Metric]:
        """The gauges as they stand."""
        link = self._floor.link
        yield GaugeMetricFamily("moked_hub_exchange_up", "Whether the exchange is reached.", value=link.up)
        yield GaugeMetricFamily("moked_hub_open_streams", "Event streams open.", value=self._bus.streams)
        states = ((contact.queue, contact.state) for contact in self._floor.contacts())
        waiting = Tally(queue for queue, state in states if state is State.WAITING)
        callers = GaugeMetricFamily("moked_hub_waiting_callers", "Callers who wait.", labels=("queue",))
        for queue in self._roster.queues:
            callers.add_metric((queue,), waiting[queue])
        yield callers
