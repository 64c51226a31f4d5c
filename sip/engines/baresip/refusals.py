"""Why the stack did not do what it was asked, in the phone's own words; baresip's are for the log.

baresip-python has a type for what went wrong, or puts an errno's text behind "failed: ". What is neither says
nothing that an agent could act on.
"""

from __future__ import annotations

import logging
import re
from typing import Final

import baresip

from edge.text import clean

log = logging.getLogger(__name__)

_BY_TYPE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (baresip.CommandQueueFull, "the phone did not do it in time"),
    (baresip.CommandTimeout, "the phone did not do it in time"),
    (baresip.DrainingError, "the phone is ending"),
    (baresip.RuntimeDead, "the phone is ending"),
    (baresip.NoLocalAddressError, "this machine has no network that leads there"),
    (baresip.StaleHandleError, "the call is over"),
)
_BY_SYSTEM: Final = re.compile(r"[^:]*\bfailed\b[^:]*: (.+)", re.DOTALL)
_IN_FLIGHT: Final = "in flight"


def why(error: Exception) -> str:
    """The reason; what was said of it is logged."""
    told = clean(str(error), limit=400)
    log.warning("baresip: %s", told)
    by_type = next((words for kind, words in _BY_TYPE if isinstance(error, kind)), "")
    by_system = _BY_SYSTEM.fullmatch(told)
    return by_type or (by_system[1] if by_system is not None else "the phone could not do it")


def is_in_flight(error: BaseException | None) -> bool:
    """Whether the last re-INVITE is still under way; baresip-python has no type for that."""
    return isinstance(error, baresip.BaresipError) and _IN_FLIGHT in str(error)
