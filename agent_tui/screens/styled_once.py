"""A screen whose parts are styled once before they are seen."""

from __future__ import annotations

from textual.events import ScreenResume
from textual.screen import ScreenResultType

from agent_tui.screens.paced import Paced


class StyledOnce(Paced[ScreenResultType]):
    """Textual styles each part as it is put there. It does so again when it puts on the classes of the
    window's size, and when the screen comes up: styles may have changed while it lay under another.
    """

    _came_up = False

    def on_compose(self) -> None:
        """Wear the classes of the window's size before there are parts."""
        window = self.app.size
        by_cells = ((window.width, self.HORIZONTAL_BREAKPOINTS), (window.height, self.VERTICAL_BREAKPOINTS))
        for cells, steps in by_cells:
            reached = [name for least, name in steps or () if cells >= least]
            self.add_class(*reached[-1:], update=False)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Before Textual's own handler, which reads this. The first time nothing has changed."""
        event.refresh_styles = event.refresh_styles and self._came_up
        self._came_up = True
