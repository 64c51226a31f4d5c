"""Opens the desk, and opens it anew after a fault that its screen did not survive.

What is opened anew is the whole desk, as after a kill: the phone tells its calls again, drafts bring back the
notes, the hub its snapshot. A desk that breaks again and again is left, with words in place of a traceback.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

from agent_tui import wiring
from agent_tui.app import MokedApp
from agent_tui.faults import Faults
from agent_tui.text.catalogue import Phrase
from agent_tui.text.terminal import drawn_in_order

_MOST, _WITHIN = 3, 60.0
"""So many faults of the screen in so many seconds are the end of it."""


class DeskBroken(Exception):
    """The desk cannot go on. ``str(error)`` says what the agent is to do."""


def run(
    config: Path, faults: Faults, log: Path, terminated: int, clock: Callable[[], float] = time.monotonic
) -> int:
    """Be the desk; the exit status, ``terminated`` where the system told it to end.

    Raises ``DeskBroken``, and ``ConfigError`` and ``SecretsError`` where it cannot be opened at all.
    """
    broke: list[float] = []
    while len(broke) < _MOST:
        desk = wiring.build(config, faults)
        with faults.surviving("the desk"):
            _show(desk, terminated)
            if not desk.broken:
                return desk.return_code or 0
        broke = [*(at for at in broke if at > clock() - _WITHIN), clock()]
    raise DeskBroken(
        Phrase(
            "moked failed and has ended: fault {reference}, told in {log}. "
            "A talk goes on in the phone: start moked again.",
            reference=faults.last,
            log=str(log),
        )
    )


def _show(desk: MokedApp, terminated: int) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: desk.exit(return_code=terminated))
    with drawn_in_order(desk.bidi), desk.signals.title_kept():
        desk.run()
