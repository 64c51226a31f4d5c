"""When Python looks for garbage in circles: not while the desk comes up, and later among new things alone.

What start-up makes stands for good: over 100,000 objects. To look through them takes tens of milliseconds,
and again whenever enough was made since, in the midst of somebody's typing.
"""

from __future__ import annotations

import gc


def wait() -> None:
    """Look for none until ``go_on``: nothing that is imported or composed is garbage."""
    gc.disable()


async def go_on() -> None:
    """A service of the desk: what stands by now is never looked through again; new things are, as ever."""
    gc.freeze()
    gc.enable()
