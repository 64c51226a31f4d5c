"""The floor knows whom a contact concerns, without looking through all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.domain.contacts import Contact, Ring, State
from hub.service.floor import Floor

T = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WAITING = Contact("c.1", "support", T)


def rung(*agents: str) -> Contact:
    return replace(WAITING, rings=tuple(Ring(agent, T) for agent in agents))


def test_a_contact_concerns_whom_it_rings_and_whose_it_is_and_nobody_else() -> None:
    floor = Floor()
    floor.put(rung("yael", "daniel"))
    assert floor.holders("c.1") == ["daniel", "yael"]
    talk = replace(WAITING, state=State.TALKING, agent="daniel")
    floor.put(talk)
    assert list(floor.concerning("yael")) == []
    assert list(floor.concerning("daniel")) == [talk]
    assert floor.in_hands("daniel") == (talk,)
    floor.put(replace(talk, state=State.DONE))
    assert list(floor.concerning("daniel")) == []


def test_what_is_owed_is_what_is_to_be_wrapped_up_of_any_visit() -> None:
    floor = Floor()
    owed = replace(WAITING, state=State.WRAP_UP, agent="yael")
    second = replace(WAITING, visit=2, state=State.TALKING, agent="daniel")
    floor.put(owed)
    floor.put(second)
    assert floor.owed() == {("c.1", 1): owed}
    assert list(floor.concerning("yael")) == [owed, second], "a contact is told whole"
    floor.put(replace(owed, state=State.DONE))
    assert floor.owed() == {}
