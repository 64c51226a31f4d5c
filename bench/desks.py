"""A thousand desks and a thousand AMI events a second on one core, beside the least that asyncio could do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from bench import desk_load, relay_load
from bench.desk_load import Measured, Size
from bench.figures import Row, Sample, milliseconds
from bench.place import Place

TITLE: Final = "1,000 desks on event streams, 1,000 AMI events a second, the hub on one core"
SIZE: Final = Size(desks=1000, rate=1000, seconds=60)
_P99: Final = 0.99
_BARE: Final = Size(desks=1000, rate=1000, seconds=10)


def measure(place: Place) -> list[Row]:
    """The hub, and then the bare relay, each with the same core to itself."""
    found = asyncio.run(desk_load.measure(place.home("desks"), SIZE))
    bare, bare_share = asyncio.run(relay_load.measure(_BARE))
    assert not found.refused, found.refused
    assert not found.broken
    return [*_delays(found, bare), *_losses(found), *_figures(found), *_costs(found, bare_share)]


def _delays(found: Measured, bare: list[float]) -> Iterable[Row]:
    every = [delay for delays in found.delays.values() for delay in delays]
    name, beside = "AMI line written → event read at its desk", "bare relay: block written → event read"
    yield Row(milliseconds(name, every), milliseconds(beside, bare))
    yield Row(milliseconds(f"{name}: p99", [p99(every)]), milliseconds(f"{beside}: p99", [p99(bare)]))
    for kind, delays in found.delays.items():
        yield Row(milliseconds(f"{kind}: p99", [p99(delays)]), milliseconds(kind, delays))


def _losses(found: Measured) -> Iterable[Row]:
    sent = _one("events that a desk was to read", "", found.sent)
    yield Row(_one("events lost", "", found.lost), sent)
    yield Row(_one("events at a wrong desk, or twice", "", found.strayed), sent)


def _figures(found: Measured) -> Iterable[Row]:
    yield Row(Sample("queue figures at a subscriber", "/s", tuple(found.figures)), _one("mark", "/s", 2))
    yield Row(_one("queue figures at any subscriber in any second, most", "", found.most_figures))


def _costs(found: Measured, bare_share: float) -> Iterable[Row]:
    yield Row(_one("AMI events told", "/s", found.rate), _one("asked for", "/s", SIZE.rate))
    bare = _one("bare relay: share of its core", "%", 100 * bare_share)
    yield Row(_one("hub: share of its core", "%", 100 * found.hub_share), bare)
    yield Row(_one("desks and exchange of the bench: share of a core", "%", 100 * found.load_share))
    yield Row(
        _one("hub at the end: RSS", "MB", found.rss[-1]), _one("with all streams open", "MB", found.rss[0])
    )


def _one(name: str, unit: str, value: float) -> Sample:
    return Sample(name, unit, (value,))


def p99(values: Iterable[float]) -> float:
    """The smallest measured value that 99 % of all do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * _P99))]
