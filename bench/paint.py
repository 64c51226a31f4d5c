"""When something was painted: the moment the pty's bytes held it."""

from __future__ import annotations

from tests.e2e.terminal import Terminal

_WITHIN = 30.0


def painted_at(terminal: Terminal, text: str, *, after: float, within: float = _WITHIN) -> float:
    """When ``text`` was first complete in the bytes written after ``after`` (seconds, monotonic).

    It must stand in one piece on its line, in one style.
    """
    wanted = text.encode()
    found: list[float] = []

    def seen(_screen: str) -> bool:
        written = b""
        for chunk in terminal.chunks:
            if chunk.at > after:
                written += chunk.data
                if wanted in written:
                    found.append(chunk.at)
                    return True
        return False

    terminal.wait(seen, what=f"{text!r} in the bytes", within=within)
    return found[0]


def first_byte_at(terminal: Terminal) -> float:
    """When the program wrote anything at all."""
    terminal.wait(lambda _screen: bool(terminal.chunks), what="a first byte")
    return terminal.chunks[0].at
