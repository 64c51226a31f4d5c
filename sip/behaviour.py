"""What one engine does by itself, whatever stack it stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sip.audio.port import AudioPort
from sip.audio.ring import usual_volume
from sip.audio.shared_thread import SharedThread


@dataclass(frozen=True, slots=True)
class Bell:
    """How a call that comes in rings: where (None: where calls are heard), and how loud, 0 to 100, as is
    asked all the while.
    """

    port: Callable[[], AudioPort] | None = None
    volume: Callable[[], int] = usual_volume


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one engine does by itself.

    ``call_limit`` calls may be open at once; one more that comes in is declined and told of.
    ``follow_transfers`` carries out a REFER from the other side: right for bots, toll fraud for agents.
    ``person``: somebody is there, to hear it ring.
    ``watches``: looks once a second whether the registration still leads here; many bots need not.
    ``shared``: the audio thread of many engines, whose ports keep no time themselves; None: each its own.
    """

    call_limit: int = 2
    follow_transfers: bool = False
    person: bool = False
    watches: bool = True
    bell: Bell = field(default_factory=Bell)
    shared: SharedThread | None = None
