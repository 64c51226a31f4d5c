"""Keys act on a field in the order in which they were pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.widget import Widget

if TYPE_CHECKING:
    _Mixed = Widget
else:
    _Mixed = object  # Textual looks for a widget's styles in one base alone: the first that is a widget


_ELSEWHERE: Final = frozenset({"enter", "up", "down", "pageup", "pagedown"})
"""Keys that may be meant for another part, to which a Tab before them leads: they go the usual way."""


class InOrder(_Mixed):
    """Mixed into a field, before it: Backspace, an arrow, Ctrl+K act before the next key is taken.

    Textual puts letters in at once, and lets what is bound go up to the app first. What waits there already,
    when keys come in a burst over a slow line or to a desk that is busy, goes before: of ``ab⌫c`` stayed
    ``ab``.
    """

    async def _on_key(self, event: events.Key) -> None:
        """The handlers of the field itself come after this one, unless the key was taken here."""
        if event.key in _ELSEWHERE:
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
