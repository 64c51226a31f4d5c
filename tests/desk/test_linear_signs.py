"""What the linear desk says in a terminal that lacks some of its signs."""

from __future__ import annotations

from io import StringIO

from agent_tui.linear.console import Console


class Latin(StringIO):
    """A terminal whose encoding lacks most signs."""

    encoding = "iso8859-8"


async def test_a_sign_that_the_terminal_does_not_have_is_told_in_ascii() -> None:
    out = Latin()
    console = Console(0, out, lambda _line: None, lambda: None)
    console.say("יתרה – ₪118.20 … ✔ ☎ 漢")
    console.flush()
    assert out.getvalue() == "\nיתרה - NIS 118.20 ... v T ?\n> "
