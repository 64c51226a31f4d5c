"""A screen whose parts are styled once before they are seen."""

from __future__ import annotations

from textual.events import ScreenResume


class StyledOnce:
    """Beside Textual's ``Screen``: it styles each part as it is put there, and all anew when the screen comes
    up, since styles may have changed while it lay under another. The first time nothing can have.
    """

    _came_up = False

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Before Textual's own handler, which reads ``refresh_styles``."""
        event.refresh_styles = event.refresh_styles and self._came_up
        self._came_up = True
