"""The desk's colours, in one place: dark and calm, with contrast enough for eight hours."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DESK: Final = Theme(
    name="moked",
    dark=True,
    primary="#5aa2e6",
    secondary="#7fb8f0",
    accent="#9cc7ff",
    warning="#ffcf70",
    error="#ff8a80",
    success="#7ee2a0",
    foreground="#d6deeb",
    background="#0e131a",
    surface="#121922",
    panel="#1a2430",
    variables={
        "dim": "#8496ab",
        "line": "#2a3a4f",
        "go": "#1b7a48",
        "stop": "#b3352c",
        "on": "#8f6410",
        "calm": "#233041",
        "alert": "#e2ad45",
        "ink": "#10151c",
        "cursor-line": "#24405f",
    },
)
