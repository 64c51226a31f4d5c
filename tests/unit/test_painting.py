"""When the desk is painted: once for what happens together, and never for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agent_tui.painting import Painting
from agent_tui.session.events import Tick
from agent_tui.session.store import Store
from hub.contract import QueuesEvent
from sip.events import AudioLevels, CallIncoming, RingSilenced
from tests.stubs import customers, desk


class Painter:
    """Counts what is painted. ``waiting`` is what Textual would call later."""

    def __init__(self) -> None:
        self.store = Store(lambda: desk.NOW, desk.TALKING)
        self.painted = 0
        self.waiting: list[Callable[[], None]] = []
        self.painting = Painting(self.store, self._paint, self.waiting.append)

    def _paint(self) -> None:
        self.painted += 1

    def goes_on(self) -> None:
        """All that was to be called later is."""
        while self.waiting:
            self.waiting.pop(0)()


@pytest.fixture
def painter() -> Iterator[Painter]:
    made = Painter()
    with made.store.listening(made.painting.changed):
        yield made


def test_what_happens_together_is_painted_once_and_at_once(painter: Painter) -> None:
    painter.store.dispatch(CallIncoming("call-2", customers.RUTH))
    painter.store.dispatch(RingSilenced(silent=True))
    assert (len(painter.waiting), painter.painted) == (1, 0)
    painter.goes_on()
    assert painter.painted == 1
    painter.painting.turn()
    assert painter.painted == 1


def test_what_is_frequent_waits_for_its_turn(painter: Painter) -> None:
    painter.store.dispatch(QueuesEvent(queues=(desk.QUEUES[0].model_copy(update={"waiting": 77}),)))
    assert painter.waiting == []
    painter.painting.turn()
    painter.painting.turn()
    assert painter.painted == 1


def test_levels_are_painted_by_the_next_turn(painter: Painter) -> None:
    painter.store.dispatch(AudioLevels("call-1", -25, -12))
    painter.painting.turn()
    painter.painting.turn()
    assert painter.painted == 1


def test_what_was_painted_meanwhile_is_not_painted_again(painter: Painter) -> None:
    painter.store.dispatch(CallIncoming("call-2", customers.RUTH))
    painter.store.dispatch(Tick())
    painter.painting.turn()
    painter.goes_on()
    assert painter.painted == 1
