"""The Unicode Bidirectional Algorithm (UAX #9, version 15.0) for a grid of cells.

Textual draws characters in logical order, from left to right; so the desk itself puts Hebrew into
visual order, and has the terminal's own reordering turned off (``agent_tui.text.terminal``).

``display`` is what the desk uses. Beneath it: ``paragraph`` (P2–P3, BD9), ``explicit`` (X1–X8),
``sequences`` (X9–X10), ``weak`` (W1–W7), ``neutral`` (N0–N2), ``algorithm`` (all of them, I1–L2),
``characters`` (what Unicode says of one character) and ``tables`` (generated).
"""

from agent_tui.text.bidi.display import (
    NO_BREAK_SPACE,
    VisualCluster,
    VisualLine,
    isolate_ltr,
    left_to_right_only,
    left_to_terminal,
    reads_rtl,
    visual,
    visual_line,
    visual_text,
)

__all__ = [
    "NO_BREAK_SPACE",
    "VisualCluster",
    "VisualLine",
    "isolate_ltr",
    "left_to_right_only",
    "left_to_terminal",
    "reads_rtl",
    "visual",
    "visual_line",
    "visual_text",
]
