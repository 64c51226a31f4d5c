"""``moked`` with faults of ours put in: ``FAULTS`` names them. Their words and variables hold secrets."""

from __future__ import annotations

import os
import sys
from typing import NoReturn
from unittest.mock import patch

from agent_tui import cli

SECRET = "the-customers-secret"

PLACES = {
    "painting": "agent_tui.screens.parts.card_page",
    "handler": "agent_tui.commands.calls.CallCommands.toggle_hold",
    "key": "agent_tui.screens.acts.Acts._tick",
    "screen": "agent_tui.app.MokedApp.on_desk_screen_doctor_asked",
    "hopeless": "agent_tui.screens.desk.DeskScreen.on_mount",
}
_SAVING = "agent_tui.adapters.http_hub.HttpHub.save_note"


def fails(*_given: object) -> NoReturn:
    held = SECRET
    raise LookupError(f"no such thing as {held}")


class FailsOnce:
    """The hub's adapter, broken the first time."""

    def __init__(self) -> None:
        self.broke = False

    async def __call__(self, *_given: object) -> None:
        if not self.broke:
            self.broke = True
            fails()


if __name__ == "__main__":
    for name in os.environ["FAULTS"].split(","):
        if name == "pump":
            patch(_SAVING, FailsOnce()).start()
        else:
            patch(PLACES[name], fails).start()
    sys.exit(cli.main())
