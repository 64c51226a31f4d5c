"""The registration of an account as a table: what each thing that happens makes of it. Pure, no clock.

Registrars stand in an order. One that does not answer hands on to the next at once; only when a whole
round found none is there a pause, which grows up to ``LONGEST_PAUSE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Final

from sip.events import RegistrationState

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 4.0
"""Seconds within which a registrar that is back is found; 500 phones ask it 125 to 250 times in each."""


class Doubt(StrEnum):
    """Why a registration that stands may lead nowhere, in words for the log."""

    BROKEN = "the connection to the registrar broke"
    SILENT = "the registrar stopped answering"
    MOVED = "the network of this machine changed"
    WOKE = "this machine slept"
    TOLD = "the exchange says that it cannot reach this phone"


class Signal(Enum):
    """What can happen to a registration."""

    ASKED = auto()
    """The desk wants to be registered."""
    ACCEPTED = auto()
    """The registrar said 200."""
    REFUSED = auto()
    """401, 403, 404 or 407: the account is wrong."""
    FAILED = auto()
    """No answer, no way there, no trusted TLS, or another status."""
    DOUBTED = auto()
    """There is reason to think that the contact is gone or leads nowhere: it is asked anew at once."""
    LEFT = auto()
    """The desk wants it no more."""


_S = RegistrationState

TABLE: Final[Mapping[RegistrationState, Mapping[Signal, RegistrationState]]] = {
    _S.UNREGISTERED: {Signal.ASKED: _S.REGISTERING, Signal.LEFT: _S.UNREGISTERED},
    _S.REGISTERING: {
        Signal.ASKED: _S.REGISTERING,
        Signal.ACCEPTED: _S.REGISTERED,
        Signal.REFUSED: _S.REFUSED,
        Signal.FAILED: _S.UNREACHABLE,
        Signal.DOUBTED: _S.REGISTERING,
        Signal.LEFT: _S.UNREGISTERED,
    },
    _S.REGISTERED: {
        Signal.ASKED: _S.REGISTERED,
        Signal.ACCEPTED: _S.REGISTERED,
        Signal.REFUSED: _S.REFUSED,
        Signal.FAILED: _S.UNREACHABLE,
        Signal.DOUBTED: _S.REGISTERING,
        Signal.LEFT: _S.UNREGISTERED,
    },
    _S.UNREACHABLE: {
        Signal.ASKED: _S.UNREACHABLE,
        Signal.ACCEPTED: _S.REGISTERED,
        Signal.REFUSED: _S.REFUSED,
        Signal.FAILED: _S.UNREACHABLE,
        Signal.DOUBTED: _S.UNREACHABLE,
        Signal.LEFT: _S.UNREGISTERED,
    },
    # nothing but the desk's word begins anew: another REGISTER would only hammer the registrar
    _S.REFUSED: {Signal.ASKED: _S.REGISTERING, Signal.DOUBTED: _S.REFUSED, Signal.LEFT: _S.UNREGISTERED},
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a registration stands: which registrar of the order is asked or said yes, and how many whole
    rounds found none.
    """

    state: RegistrationState = RegistrationState.UNREGISTERED
    registrar: int = 0
    rounds: int = 0


def advance(standing: Standing, signal: Signal, registrars: int = 1) -> Standing:
    """The standing after ``signal``; one that the table does not know changes nothing."""
    state = TABLE[standing.state].get(signal)
    if state is None:
        return standing
    if signal is Signal.FAILED:
        return _failed(standing, registrars)
    if signal is Signal.ACCEPTED:
        return replace(standing, state=state, rounds=0)
    if signal is Signal.ASKED and state is standing.state:
        return standing
    return Standing(state)


def _failed(standing: Standing, registrars: int) -> Standing:
    """On to the next registrar; after the last, the first again, and one more round without any."""
    following = (standing.registrar + 1) % registrars
    if following:
        asking = standing.state is RegistrationState.REGISTERED
        state = RegistrationState.REGISTERING if asking else standing.state
        return replace(standing, state=state, registrar=following)
    return Standing(RegistrationState.UNREACHABLE, rounds=standing.rounds + 1)


def pause(standing: Standing, chance: float) -> float:
    """Seconds to wait before the next REGISTER; none while the round has registrars that were not asked.

    ``chance``, from 0 to 1, spreads half of it, so that a centre's phones do not come back all at once.
    """
    if standing.registrar or not standing.rounds:
        return 0.0
    full: float = min(FIRST_PAUSE * 2 ** min(standing.rounds - 1, 10), LONGEST_PAUSE)
    return full * (0.5 + 0.5 * chance)
