"""What stands beside a customer in a CRM: asked for together, and a card without it is better than none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.adapters.crm_values import Draft
from hub.ports.crm import CrmError

_KEPT_BACK = 0.9
"""The share of a look-up's time after which it is answered with what there is."""

Read = Callable[[Sequence[Draft]], Awaitable[None]]
"""Puts something into each of the drafts. Raises ``CrmError``."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of one look-up, of ``limit`` seconds."""

    limit: float
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds for what is not the card itself."""
        return max(0.0, self.limit * _KEPT_BACK - (time.monotonic() - self.began))


async def add(drafts: Sequence[Draft], reads: Mapping[str, Read], clock: Clock) -> None:
    """Have each of ``reads`` fill the drafts; what cannot be had is named on every card, by its key."""
    if drafts:
        await asyncio.gather(*(_one(drafts, what, read, clock.left) for what, read in reads.items()))


async def _one(drafts: Sequence[Draft], what: str, read: Read, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await read(drafts)
    except TimeoutError:
        words = "The CRM did not answer in time"
    except CrmError as error:
        words = str(error)
    else:
        return
    for draft in drafts:
        draft.missing.append(f"{what}: {words}")
