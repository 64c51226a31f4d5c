"""How the centre calls its customers' segments."""

from __future__ import annotations

from hub.contract.base import Model


class SegmentTitle(Model):
    """What a card whose segment is among ``values`` is to show. ``values`` are casefolded."""

    values: tuple[str, ...]
    title: str

    def names(self, segment: str) -> bool:
        """Whether it is the title of a card's ``segment``."""
        return segment.strip().casefold() in self.values
