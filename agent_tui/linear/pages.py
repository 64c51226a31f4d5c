"""A part of the desk's screen, read out: a line for each row, what can be chosen with its number."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from agent_tui.screens.words import NO_FIGURE
from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Cell, Page, Row

_SIGNS: Final = "●▲✔✖✓○▣ \u2068\u200f"
"""What stands before words that say the same, also where a text has a direction of its own (``line``)."""


def read(page: Page, *, numbered: bool = False) -> Iterator[str]:
    """The title and each row that says something. ``numbered``: the number to type stands first."""
    if title := page.title.strip():
        yield f"{title}:"
    keys = _keys(page) if numbered else []
    told = ""
    for row in page.rows:
        text = said(row)
        if not text:
            continue
        if row.key in keys and row.key != told:
            told = row.key
            text = f"{keys.index(told) + 1}: {text}"
        yield text


def choice(page: Page, number: str) -> str | None:
    """The key of the row that bears ``number``; None where none does."""
    keys = _keys(page)
    if not number.isdecimal() or not 0 < int(number) <= len(keys):
        return None
    return keys[int(number) - 1]


def _keys(page: Page) -> list[str]:
    """What can be chosen, each once, though it may stand in several rows."""
    return list(dict.fromkeys(row.key for row in page.rows if row.key and said(row)))


def said(row: Row) -> str:
    """A row's words, without the signs that a screen reader would spell."""
    return ", ".join(
        text for text in map(_words, (cell for cell in row.cells if not cell.seen)) if text
    ).replace(":, ", ": ")


def spoken(line: str) -> str:
    """A line without the sign before its words, which a screen reader would spell."""
    return line.lstrip(_SIGNS) or line


def _words(cell: Cell) -> str:
    """A cell's text from its first letter, figure or currency on; nothing of one that holds signs alone, but
    for a figure (they stand at the right) that is not known.
    """
    text = (cell.said or cell.text).strip()
    if text == NO_FIGURE and cell.right:
        return _("unknown")
    start = next((place for place, char in enumerate(text) if _begins(char)), None)
    return text[start:] if start is not None and any(map(str.isalnum, text)) else ""


def _begins(char: str) -> bool:
    """Whether ``char`` says something. Without its ``$`` a sum would be one of any money."""
    return char.isalnum() or char in '+*#-("' or unicodedata.category(char) == "Sc"
