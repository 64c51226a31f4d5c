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
from agent_tui.text.terminal import drawn_in_order, shows_no_screen, somebody_looks
from edge.endings import endings, told_by

_MOST, _WITHIN = 3, 60.0
"""So many faults of the screen in so many seconds are the end of it."""


class DeskBroken(Exception):
    """The desk cannot go on. ``str(error)`` says what the agent is to do."""


class DeskUnseen(Exception):
    """There is no terminal to paint the desk in. ``str(error)`` says what the agent is to do."""


class NotEnrolled(Exception):
    """There are no settings, and the agent left the screen that makes them."""


def _unseen(log: Path) -> Phrase:
    """Why nobody could see the desk, and what to do."""
    if shows_no_screen():
        return Phrase(
            "This terminal shows lines alone (TERM is dumb). The desk in lines: {command}",
            command="moked --linear",
        )
    return Phrase(
        "The desk needs a terminal: it is painted through standard error and reads from standard "
        "input. Start moked without sending either elsewhere; moked writes its log to {log}.",
        log=str(log),
    )


def run(config: Path, faults: Faults, log: Path, clock: Callable[[], float] = time.monotonic) -> int:
    """Be the desk; the exit status, as ``edge.endings`` has it where the system told it to end.

    A device that is not enrolled yet is first, on a screen. Raises ``DeskBroken``, ``NotEnrolled`` where the
    agent left that, ``DeskUnseen`` where nobody could see it, and ``ConfigError`` and ``SecretsError`` where
    it cannot be opened at all.
    """
    broke: list[float] = []
    while len(broke) < _MOST:
        desk = _built(config, faults)
        if not somebody_looks():
            raise DeskUnseen(_unseen(log))
        with faults.surviving("the desk"):
            _show(desk)
            if desk.logs_in and (_enrolled(config, str(desk.lacks or "")) or desk.lacks is None):
                continue
            if not desk.broken and desk.lacks is None:
                return desk.return_code or 0
        if desk.lacks is not None:
            raise desk.lacks
        broke = [*(at for at in broke if at > clock() - _WITHIN), clock()]
    raise DeskBroken(
        Phrase(
            "moked failed and has ended: fault {reference}, told in {log}. "
            "A talk goes on in the phone: start moked again.",
            reference=faults.last,
            log=str(log),
        )
    )


def _built(config: Path, faults: Faults) -> MokedApp:
    """The desk; a device without settings is enrolled first."""
    if not config.exists() and not _enrolled(config):
        raise NotEnrolled
    return wiring.build(config, faults)


def _enrolled(config: Path, why: str = "") -> bool:
    """Ask on a screen; whether the device is enrolled now. With ``why``: only where it can be asked for."""
    from agent_tui import welcome  # noqa: PLC0415 - httpx: 0.1 s that an enrolled device need not wait for

    url = welcome.address_of(config)
    if why and not (url and somebody_looks()):
        return False
    return welcome.enrolled(config, url, why)


def _show(desk: MokedApp) -> None:
    for number in endings():
        signal.signal(number, lambda told, _frame: desk.end(told_by(told)))
    with drawn_in_order(desk.bidi), desk.signals.title_kept():
        desk.run()
