"""One agent with one phone and one customer at a time: what a key would ask for, desk after desk."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from agent_tui.commands import model as do
from agent_tui.session.state import Link, Phase, SessionState
from hub.contract import Presence
from sip.call_state import CallState
from sip.events import RegistrationState
from tests.contract.phones import COLLEAGUES_HZ
from tests.e2e.acts import DANA, RUTH, rung_next
from tests.e2e.blind_desk import BlindDesk
from tests.e2e.centre import AGENTS_TONE, Home
from tests.e2e.eventually import eventually
from tests.e2e.sound import Recording
from tests.pbx.console import Console, Customer

CUSTOMERS_TONE = 440

Reached: TypeAlias = Callable[[SessionState], object]


class Shift:
    """Desks come and are killed; ``desk`` is the one there is now. ``chance`` makes the instants."""

    def __init__(self, console: Console, home: Home, chance: random.Random) -> None:
        self._console = console
        self._home = home
        self._chance = chance
        self._serial = 0
        self.customer: Customer | None = None
        self.began = time.monotonic()
        """Before all that is going on; desks have the same clock."""
        self.notes: tuple[str, ...] = ("",)
        """What the note may be: the last is what was typed last."""
        self.desk = BlindDesk(home)
        self._up()
        self.desk.ask(do.SetPresence(Presence.READY))
        self.wait_free()

    def close(self) -> None:
        """End the last desk."""
        self.desk.kill()

    def begin(self) -> None:
        """Nobody was talked to yet, and nothing noted."""
        self.customer, self.notes = None, ("",)
        self.began = time.monotonic()

    def start_next(self) -> None:
        """Start the next desk, and see it up."""
        self.desk = BlindDesk(self._home)
        self._up()

    def _up(self) -> None:
        self.desk.until(
            lambda state: (
                state.phone is Link.UP
                and state.hub is Link.UP
                and state.registration.state is RegistrationState.REGISTERED
            ),
            "the desk is up",
        )

    def pause(self, least: float, most: float) -> None:
        """Let the seeded instant come."""
        threading.Event().wait(self._chance.uniform(least, most))

    def wait_free(self) -> None:
        """Wait until the agent can be rung."""
        eventually(lambda: rung_next(self._console), "a member who can be rung")

    # What a key asks for

    def ask(self, command: do.Command) -> None:
        """What a key would ask for."""
        self.desk.ask(command)

    def wait(self, reached: Reached, what: str) -> None:
        """Wait until the desk is so."""
        self.desk.until(reached, what)

    def talk(self) -> str:
        """A customer is talked to, and something is noted; the contact."""
        contact = self.ring().contact
        self.wait(lambda state: state.ringing and state.work and state.work[0].card, "the ring")
        self.ask(do.Answer())
        self.wait(talking, "the talk")
        self._console.wait_bridged(DANA)
        self.note(contact)
        return contact

    def note(self, contact: str) -> Reached:
        """Type a note; where it was typed when."""
        self._serial += 1
        text = f"רות asked for bill {self._serial}"
        self.notes = (self.notes[-1], text)
        self.ask(do.EditNote(contact, text))
        self.wait(lambda state: _note(state) == text, "the note")
        self.notes = (text,)
        return lambda state: _note(state) == text

    # The customer

    def ring(self) -> Customer:
        """A customer calls."""
        self.customer = self._console.customer("support", number=RUTH, tone=CUSTOMERS_TONE)
        return self.customer

    def customer_leaves(self) -> None:
        """The customer hangs up."""
        if self.customer is not None:
            self.customer.hang_up()

    @property
    def contact(self) -> str:
        """The customer's contact."""
        assert self.customer is not None
        return self.customer.contact

    def bridged_with_colleague(self) -> bool:
        """Whether Asterisk has the customer in one bridge with the colleague, and with nobody else."""
        rows = self._console.channels()
        bridge = next((row["BridgeId"] for row in rows if row["Uniqueid"] == self.contact), "")
        others = [
            row["Channel"] for row in rows if row["BridgeId"] == bridge and row["Uniqueid"] != self.contact
        ]
        return bool(bridge) and len(others) == 1 and others[0].startswith(f"Local/{COLLEAGUES_HZ}@")

    @property
    def agent_heard(self) -> Recording:
        """Where the customer hears the agent."""
        assert self.customer is not None
        return Recording(self.customer.heard, AGENTS_TONE)

    def agent_hears(self, hertz: int) -> Recording:
        """What the agent hears, and the tone that is listened for in it."""
        return Recording(self._home.place / "ear.wav", hertz)


def talking(state: SessionState) -> bool:
    """Whether a customer is talked to, as phone and hub tell."""
    return any(call.state is CallState.ESTABLISHED for call in state.calls) and bool(
        state.work and state.work[0].phase is Phase.TALKING
    )


def _note(state: SessionState) -> str:
    return state.work[0].note if state.work else ""
