"""A terminal that has gone: its window was closed, or the line to it dropped.

Then reading gives nothing for ever, and writing fails (EIO; POSIX 11.1.10, "Modem Disconnect"). That is no
fault: what is left to do is to end in good order.
"""

from __future__ import annotations

import os
import select

_IN, _OUT, _ERRORS = 0, 1, 2


def gone(stream: int = _IN) -> bool:
    """Whether the terminal of ``stream``, standard input unless given, has hung up (poll(2), POLLHUP)."""
    look = select.poll()
    look.register(stream, 0)
    return bool(look.poll(0))


def let_go() -> None:
    """Where it has gone, nothing that is written to it fails any more."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in filter(gone, (_IN, _OUT, _ERRORS)):
        os.dup2(nowhere, stream)
    os.close(nowhere)
