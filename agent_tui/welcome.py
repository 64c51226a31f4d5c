"""What a new agent sees in the place of a desk: the screen that makes this machine their device."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from rich.text import Text

from agent_tui.config import TerminalSection
from agent_tui.enrolling import Typed, enrol_typed
from agent_tui.plain_app import PlainApp
from agent_tui.screens import words
from agent_tui.screens.enrolment import EnrolmentScreen
from agent_tui.text import catalogue
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.speaking import speak
from agent_tui.text.terminal import drawn_in_order
from agent_tui.widgets.plain_input import LONGEST
from edge.text import clean

_SCREENS = Path(__file__).parent / "screens"


class WelcomeApp(PlainApp, inherit_bindings=False):
    """Ends when the device is enrolled, or the agent leaves. ``config`` are the settings that it makes."""

    TITLE = words.APP_TITLE
    CSS_PATH: ClassVar[list[str | PurePath]] = [_SCREENS / "look.tcss", _SCREENS / "enrolment.tcss"]
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(
        self,
        config: Path,
        url: str = "",
        why: Told = "",
        *,
        enrol: Callable[[Typed], bool] | None = None,
    ) -> None:
        super().__init__()
        self._ask = partial(EnrolmentScreen, enrol or partial(_enrol, config), url, why)
        self._config = config
        self.enrolled = False
        """Whether there is a desk to be opened now."""
        self.set_class(catalogue.right_to_left(), "-rtl")

    def on_mount(self) -> None:
        """Ask."""
        self.push_screen(self._ask())

    def on_enrolment_screen_done(self, event: EnrolmentScreen.Done) -> None:
        """The desk opens at once, with an account at the exchange."""
        self.enrolled = True
        told = Phrase(
            "This device is enrolled. Your account at the exchange is not the hub's: fill in [sip] in "
            "{config}, then run: moked login",
            config=str(self._config),
        )
        self.exit(message=None if event.whole else Text(visual_text(str(told))))

    def on_enrolment_screen_left(self) -> None:
        """Nothing is kept."""
        self.exit()


def enrolled(config: Path, url: str = "", why: Told = "") -> bool:
    """Ask on the screen; whether the device is enrolled now. ``url``: as it is known already; ``why`` it is
    asked.
    """
    speak(config)
    terminal = _terminal(config)
    app = WelcomeApp(config, url, why)
    app.use_terminal(terminal.use(os.environ))
    with drawn_in_order(terminal.bidi):
        app.run()
    return app.enrolled


def address_of(config: Path) -> str:
    """The hub's address in the settings; empty where they name none, or cannot be read."""
    try:
        hub = tomllib.loads(config.read_text(encoding="utf-8")).get("hub", {})
    except (OSError, ValueError):  # tomllib's and the decoder's errors are ValueErrors
        return ""
    url = hub.get("url", "") if isinstance(hub, dict) else ""
    return clean(url, limit=LONGEST) if isinstance(url, str) else ""


def _enrol(config: Path, typed: Typed) -> bool:
    return enrol_typed(typed, config)


def _terminal(config: Path) -> TerminalSection:
    """What its settings say of the terminal; the usual where there are none, or they cannot be read."""
    try:
        tables = tomllib.loads(config.read_text(encoding="utf-8"))
        return TerminalSection.model_validate(tables.get("terminal", {}))
    except (OSError, ValueError):  # tomllib's, the decoder's and pydantic's errors are ValueErrors
        return TerminalSection()
