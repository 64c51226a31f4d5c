"""Buttons with their F-keys under them. A button that would do nothing is not seen, and keeps its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import right_to_left
from agent_tui.widgets.cells import cut
from agent_tui.widgets.guarded import Guarded
from agent_tui.widgets.mirrored import SideBySide

_BESIDE: Final = 3
"""Cells of a key that has room beside the longest label, in a button of the least width."""


class Kind(StrEnum):
    """What a button is about, for the style sheet to colour."""

    PLAIN = "plain"
    GO = "go"
    STOP = "stop"
    ON = "on"
    """Something is switched on, and the button switches it off."""


@dataclass(frozen=True, slots=True)
class ButtonView:
    """One button as it reads now. ``works``: whether pressing it does something."""

    name: str
    label: str
    key: str
    kind: Kind
    works: bool


class KeyButton(Guarded, Button):
    """One button. Never focused: the keys are the way without a mouse, and the note keeps the focus."""

    can_focus = False
    _view: ButtonView | None = None

    def on_mount(self) -> None:
        """Eight cells at 80 columns hold the longest label only without Textual's padding. In one line
        a button has the key beside the label, and twelve cells at 60 columns.

        A style sheet cannot say it: Textual 8.2 refuses ``line-pad: 0``.
        """
        self.styles.line_pad = 0

    def show(self, view: ButtonView) -> None:
        """Read as ``view``."""
        self._view = view
        self.label = Content(f"{visual_text(view.label)}\n{view.key}")
        self.visible = view.works
        for kind in Kind:
            self.set_class(kind is view.kind, f"-{kind}", update=self.is_attached)

    def render(self) -> Content:
        """A label too long is cut as it is read: Textual would cut it at the right, where Hebrew begins."""
        view, (width, height) = self._view, self.content_size
        if view is None:
            return Content("")
        if height > 1:
            return Content(f"{cut(view.label, width)}\n{view.key}")
        label = cut(view.label, width - cell_len(view.key) - 1)
        return Content(f"{label} {view.key}" if right_to_left() else f"{view.key} {label}")


class KeyBar(SideBySide):
    """The row of buttons. Each has its own place, so that a ring never moves one under the mouse."""

    class Pressed(Message):
        """The agent clicked the button of this name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, views: tuple[ButtonView, ...], *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._views = views
        self._buttons = [KeyButton(id=f"key-{view.name}", name=view.name) for view in views]

    def compose(self) -> ComposeResult:
        """A button for each key."""
        self._make_room(self._views)
        for button, view in zip(self._buttons, self._views, strict=True):
            button.show(view)
            yield button

    def show(self, views: tuple[ButtonView, ...]) -> None:
        """Make the buttons read as ``views``; only those that changed are painted. Keys decide how high they
        are, not labels: none moves while it rings.
        """
        self._make_room(views)
        for button, before, now in zip(self._buttons, self._views, views, strict=True):
            if before != now:
                button.show(now)
        self._views = views

    def _make_room(self, views: tuple[ButtonView, ...]) -> None:
        self.set_class(any(cell_len(view.key) > _BESIDE for view in views), "-long-keys")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Tell which button it was."""
        event.stop()
        self.post_message(self.Pressed(event.button.name or ""))
