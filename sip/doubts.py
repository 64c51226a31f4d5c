"""What makes a registration that stands doubtful, and what it means for the open calls."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from sip.lines import Lines
from sip.ping import OFTEN, Ping, Pings
from sip.places import Place
from sip.registration import Doubt
from sip.supervisor import Registrar
from sip.watch import Look, SleepLook, is_ours


class PlacedRegistrar(Registrar, Protocol):
    """A registrar that is somewhere."""

    place: Place
    gone: bool
    """Nothing listens there any more: what the registrar knew of us is lost."""


class Doubtable(Protocol):
    """A registration, as it is looked at."""

    @property
    def serving(self) -> PlacedRegistrar | None:
        """The registrar that calls go through; None before there is any."""
        ...

    @property
    def stands(self) -> bool:
        """Whether a registrar last said yes."""
        ...

    @property
    def address(self) -> str | None:
        """Our own address that the engine stands on."""
        ...


class Doubts:
    """The looks at one ``registration``. ``lines`` are told when what their calls go through is lost."""

    def __init__(self, registration: Doubtable, lines: Lines[Any], pings: Pings) -> None:
        self._registration = registration
        self._lines = lines
        self._pings = pings
        self._told_gone = False

    def looks(self) -> tuple[Look, ...]:
        """What is to be looked at once a second from now on."""
        return SleepLook(), self._broken, self._silent, self._moved, self._gone

    async def ask_often(self) -> None:
        """On hold no sound tells that the exchange lost the call, so that it was away must not be missed."""
        while True:
            await asyncio.sleep(OFTEN)
            one = self._ping()
            if one is not None and self._lines.holds:
                one.ask()

    def _ping(self) -> Ping | None:
        serving = self._registration.serving
        return self._pings.of(serving.place) if serving is not None else None

    def _broken(self) -> Doubt | None:
        serving = self._registration.serving
        if not self._registration.stands or serving is None or not serving.broken():
            return None
        self._lines.exchange_lost(gone=False)
        return Doubt.BROKEN

    def _silent(self) -> Doubt | None:
        one = self._ping()
        doubt = one() if one is not None else None
        if one is not None and doubt is not None:
            self._lines.exchange_lost(gone=one.gone)
        return doubt

    def _gone(self) -> None:
        """Nothing listens at the registrar that serves: told once for each time it goes."""
        serving = self._registration.serving
        gone = serving is not None and serving.gone
        if gone and not self._told_gone:
            self._lines.exchange_lost(gone=True)
        self._told_gone = gone

    def _moved(self) -> Doubt | None:
        """Another address of ours leads to the registrar now, and no call stands on the one of before."""
        serving, before = self._registration.serving, self._registration.address
        if serving is None or before is None:
            return None
        way = serving.place.way()
        if way is None or way == before:
            return None
        kept = len(self._lines) and is_ours(before)
        return None if kept else Doubt.MOVED
