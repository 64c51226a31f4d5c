"""Where scenarios are played: makes the actors of each play on the exchange and hub of the settings."""

from __future__ import annotations

import random
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bots import scenario as sc
from bots.customer_actor import CustomerActor, Line
from bots.player import Actor
from bots.settings import Tested
from bots.tone_port import TonePort
from sip.audio.shared_thread import SharedThread
from sip.behaviour import Behaviour
from sip.engines.choice import Make

if TYPE_CHECKING:
    from bots.desks import Desks
    from bots.writers import Writers


class Stage:
    """``home`` is a private directory for the run; ``make`` makes customers' phones on one SIP stack.

    What only some actors need, a desk or a web server, is loaded with the first of them: 70 MB.
    """

    def __init__(self, tested: Tested, home: Path, make: Make) -> None:
        self._tested = tested
        self._home = home
        self._make = make
        self._customers = Behaviour(watches=False, shared=SharedThread())
        self._numbers: dict[str, str] = {}
        """Of those who write, as the newest play has them: a name is in one play at a time."""

    @cached_property
    def _desks(self) -> Desks:
        from bots.desks import Desks  # noqa: PLC0415 - not for customers alone

        return Desks(self._tested, self._home, lambda name: self._numbers.get(name, ""))

    @cached_property
    def _writers(self) -> Writers:
        """Raises ``SettingsError``."""
        from bots.writers import Writers  # noqa: PLC0415 - not for those who only call

        return Writers(self._tested)

    def actor(self, cast: sc.Actor, chance: random.Random) -> Actor:
        """One of a scenario's actors. Raises ``SettingsError``."""
        match cast:
            case sc.Customer():
                return self._customer(cast, chance)
            case sc.WhatsAppCustomer():
                self._numbers[cast.name] = number = chance.choice(cast.numbers)
                return self._writers.actor(cast, number)
            case _:
                return self._desks.actor(cast)

    def _customer(self, cast: sc.Customer, chance: random.Random) -> CustomerActor:
        port = TonePort(cast.says)
        accounts = [self._tested.customer(chance.choice(cast.numbers), cast.shown_as)]
        if cast.rings:
            accounts.append(self._tested.carrier())
        lines = [Line(self._make(lambda: port, self._customers).engine, account) for account in accounts]
        return CustomerActor(cast, lines, port)
