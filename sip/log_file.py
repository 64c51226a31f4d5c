"""The phone's log: a file behind descriptor 2, of bounded size whoever writes there.

The SIP stack writes strangers' bytes to descriptor 2 from C, so the file is changed under it: dup2(2) gives
the descriptor a new file between two writes, and no byte is lost.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

_LOOK_EVERY = 1.0


class LogFile:
    """``path``, with older parts beside it as ``path.1`` and on.

    A file of ``largest`` bytes is put aside; ``kept`` files stay, each cut to ``largest``, so that a flood
    costs no more room than what comes in between two looks.
    """

    def __init__(self, path: Path, *, largest: int = 1_000_000, kept: int = 3) -> None:
        self._path = path
        self._largest = largest
        self._kept = kept

    def take_descriptor(self, descriptor: int = 2) -> None:
        """Have all that is written to ``descriptor`` go to the file."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, descriptor)
        os.close(file)

    async def keep_small(self, descriptor: int = 2) -> None:
        """Put the file aside whenever it has grown large. Ends only when cancelled."""
        while True:
            self.look(descriptor)
            await asyncio.sleep(_LOOK_EVERY)

    def look(self, descriptor: int = 2) -> None:
        """Put the file aside if it is large by now; where no open file can be moved (Windows), empty it."""
        if os.fstat(descriptor).st_size < self._largest:
            return
        try:
            for number in range(self._kept - 1, 0, -1):
                older = self._part(number - 1)
                if older.exists():
                    older.replace(self._part(number))
            self.take_descriptor(descriptor)
            os.truncate(self._part(1), self._largest)
        except OSError:
            os.ftruncate(descriptor, 0)

    def _part(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path
