"""The desk's colours, in one place: dark, light, and with the strongest contrast.

Each pair of text and ground keeps to WCAG 2.2: 4.5 (1.4.3), and 7 with the strongest contrast (1.4.6). What
is drawn keeps to 3 (1.4.11), but for ``line``, which only keeps parts apart. ``tests/desk/legible.py``
measures them on what is painted: every screen, in each language, at each size.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

_DARK: Final = Theme(
    name="dark",
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
        "strong": "#ffffff",
        "dim": "#8fa1b6",
        "line": "#2a3a4f",
        "tag": "#ffffff",
        "go": "#1b7a48",
        "stop": "#b3352c",
        "on": "#8f6410",
        "info": "#2d5580",
        "calm": "#233041",
        "alert": "#e2ad45",
        "ring": "#e2ad45",
        "ink": "#10151c",
        "focus-ink": "#10151c",
        "cursor-line": "#1d3550",
    },
)

_LIGHT: Final = Theme(
    name="light",
    dark=False,
    primary="#1f66a8",
    secondary="#2f5f8f",
    accent="#154f8a",
    warning="#7d4b00",
    error="#a8211a",
    success="#166534",
    foreground="#1f2937",
    background="#fbfcfe",
    surface="#f1f4f8",
    panel="#e4eaf1",
    variables={
        "strong": "#000000",
        "dim": "#4f5d6e",
        "line": "#b3c0cf",
        "tag": "#ffffff",
        "go": "#1b7a48",
        "stop": "#b3352c",
        "on": "#7d560b",
        "info": "#2d5580",
        "calm": "#d5dee9",
        "alert": "#f0b84a",
        "ring": "#b27400",
        "ink": "#10151c",
        "focus-ink": "#ffffff",
        "cursor-line": "#cfe2f7",
    },
)

_CONTRAST: Final = Theme(
    name="contrast",
    dark=True,
    primary="#66ccff",
    secondary="#66ccff",
    accent="#ffff66",
    warning="#ffd966",
    error="#ffada5",
    success="#80ff9f",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#141414",
    variables={
        "strong": "#ffffff",
        "dim": "#d0d0d0",
        "line": "#9a9a9a",
        "tag": "#ffffff",
        "go": "#005a24",
        "stop": "#8f0000",
        "on": "#5c3d00",
        "info": "#003f7d",
        "calm": "#262626",
        "alert": "#ffd54a",
        "ring": "#ffd54a",
        "ink": "#000000",
        "focus-ink": "#000000",
        "cursor-line": "#003652",
    },
)

THEMES: Final = {theme.name: theme for theme in (_DARK, _LIGHT, _CONTRAST)}
"""By the name that the settings have."""
DARK: Final = _DARK.name
"""The usual one."""
