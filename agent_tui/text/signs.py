"""Signs and lines in ASCII, for terminals without Unicode."""

from __future__ import annotations

from typing import Final

IN_ASCII: Final = str.maketrans(
    {
        **dict.fromkeys("─╌", "-"),
        **dict.fromkeys("━═", "="),  # around what has the focus
        **dict.fromkeys("│┃║╎▌▐▏▕▎▊", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘┏┓┗┛├┤┬┴┼", "+"),
        **dict.fromkeys("●◉◆■▣", "*"),
        **dict.fromkeys("○□◇", "o"),
        **dict.fromkeys("▶→▸►›", ">"),
        **dict.fromkeys("◀←◂◄‹", "<"),
        **dict.fromkeys("▲↑△▴", "^"),
        **dict.fromkeys("▼↓▽▾", "v"),
        **dict.fromkeys("✖✕✗×", "x"),
        **dict.fromkeys("▁▂▃", "."),
        **dict.fromkeys("▄▅▆", "="),
        **dict.fromkeys("▇█▔▀", "#"),
        **dict.fromkeys("–—−", "-"),
        **dict.fromkeys("·•", "."),
        "…": "~",  # a full stop would end what was cut
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’", "'"),
        "÷": "/",
        **dict.fromkeys("✔✓", "v"),
        "✉": "m",
        "★": "*",
        "☎": "T",
        "◷": "@",
        "⌫": "<",
        "\u00a0": " ",
    }
)
"""One cell for one cell, so that nothing moves. A sign never stands alone: a word says the same beside it."""
