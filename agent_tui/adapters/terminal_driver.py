"""Textual's driver for a terminal that may have gone at any moment.

Textual writes in a thread of its own, which an error ends; the desk would then wait for ever to have its next
picture written.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from typing_extensions import Buffer


class TerminalDriver(LinuxDriver):
    """Paints while there is a terminal; afterwards nobody sees it, and it is no error."""

    def __init__(
        self, app: App[None], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if self._file is not None:
            out = io.BufferedWriter(_Outliving(os.dup(self._file.fileno()), "w"))
            self._file = io.TextIOWrapper(out, encoding=self._file.encoding, errors=self._file.errors)


class _Outliving(io.FileIO):
    def write(self, data: Buffer, /) -> int:
        with suppress(OSError):
            return super().write(data) or 0
        return memoryview(data).nbytes
