"""Arrows point as the language is read: at what they mark, which stands behind them."""

from __future__ import annotations

from typing import Final

from agent_tui.text.catalogue import right_to_left

_TURNED: Final = str.maketrans("▶▸→◀", "◀◂←▶")


def pointing(arrow: str) -> str:
    """``arrow``, given for languages that are read from the left."""
    return arrow.translate(_TURNED) if right_to_left() else arrow
