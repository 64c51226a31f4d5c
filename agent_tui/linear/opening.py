"""Puts the linear desk together, as ``agent_tui.wiring`` does the screen's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from agent_tui.config import load
from agent_tui.faults import Faults
from agent_tui.linear.desk import LinearDesk
from agent_tui.session.events import FaultSurvived
from agent_tui.wiring import core_with_secrets, keep


def build(path: Path, faults: Faults) -> LinearDesk:
    """The desk as the settings in ``path`` have it; ``faults`` takes our own.

    Raises ``ConfigError`` and ``SecretsError``.
    """
    config = load(path)
    made = core_with_secrets(config, faults)
    faults.tell_to(lambda reference: made.store.dispatch(FaultSurvived(reference)))
    desk = LinearDesk(
        made.store,
        made.commander,
        made.services.run,
        language=config.desk.language or "",
        bell=config.attention.bell,
        faults=faults,
    )
    desk.keep = partial(keep, path)
    return desk
