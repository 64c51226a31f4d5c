"""The keys by which a field is edited: Textual's, but for those that belong to the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

from agent_tui.text.hebrew_layout import LETTERS

_OF_THE_PHONE: Final = re.compile(r"f\d+")


def _fitted(textuals: Sequence[BindingType]) -> list[BindingType]:
    """A terminal with the kitty protocol names the letter of the present layout: under a Hebrew one Ctrl+C
    comes as Ctrl+ב. And where F7 is no key of the phone, it selects nothing that the next letter would take
    the place of.
    """
    return [one for binding in Binding.make_bindings(textuals) for one in _kept(binding)]


def _kept(binding: Binding) -> Iterator[Binding]:
    if not _OF_THE_PHONE.fullmatch(binding.key):
        yield binding
    held, _plus, name = binding.key.rpartition("+")
    if held and name in LETTERS:
        yield replace(binding, key=f"{held}+{LETTERS[name]}")


AREA_KEYS: Final = _fitted(TextArea.BINDINGS)
"""Those of a field of several lines."""
INPUT_KEYS: Final = [
    Binding("ctrl+backspace,alt+backspace", "delete_left_word", show=False),
    *_fitted(Input.BINDINGS),
]
"""Those of one line. In Textual's these two keys take away what stands behind the cursor, and there alone."""
