"""What ``/metrics`` tells of the outbox: counts by channel, and nothing of whom or what."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.domain.outbox import STUCK
from hub.service.outbox import Outbox


class OutboxFigures(Collector):
    """Read off the outbox whenever somebody asks."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def collect(self) -> Iterator[Metric]:
        """How many wait and for how long, how many are stuck, and what tries came to."""
        waiting, now = self._outbox.waiting(), self._outbox.now()
        oldest = max(((now - one.made_at).total_seconds() for one in waiting), default=0.0)
        yield GaugeMetricFamily(
            "moked_hub_outbox_waiting", "Messages that are still to be sent.", value=len(waiting)
        )
        yield GaugeMetricFamily(
            "moked_hub_outbox_oldest_seconds", "How long the oldest of them has waited.", value=oldest
        )
        stuck = GaugeMetricFamily(
            "moked_hub_outbox_stuck",
            "Messages that were given up, or of which nobody knows, until somebody decides.",
            labels=("state",),
        )
        for state in STUCK:
            stuck.add_metric((state.value,), self._outbox.stuck[state])
        yield stuck
        tries = CounterMetricFamily(
            "moked_hub_outbox_tries",
            "Tries that came to: sent, later, given_up or unknown.",
            labels=("channel", "result"),
        )
        for (channel, result), count in sorted(self._outbox.counts.items()):
            tries.add_metric((channel, result), count)
        yield tries
