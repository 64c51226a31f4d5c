"""The least a Textual app can be, to stand beside the desk: ``python -m bench.bare_textual``."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

WORD = "nothing-else"


class BareApp(App[None]):
    """One word on an empty screen."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static(WORD)


if __name__ == "__main__":
    BareApp().run()
