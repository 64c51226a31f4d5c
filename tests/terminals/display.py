"""An X server without a screen, whose pixels are a file: what a terminal drew is read, not asked for.

``Xvfb -fbdir`` keeps the screen as an XWD file that it maps into memory (Xvfb(1); XWDFile.h for its head).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Rows × columns × blue, green, red."""

WIDTH, HEIGHT = 1280, 960

_SCREEN = ("-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset")

_BYTES, _LINE, _COLOURS = 0, 12, 19
"""Of the head's 32-bit words: its own length, the length of a line of pixels, the number of colours."""
_COLOUR_BYTES = 12


class Display:
    """One X server; ``name`` is what ``DISPLAY`` says."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self._file = file

    @property
    def pixels(self) -> Pixels:
        """The screen now."""
        data = self._file.read_bytes()
        head = np.frombuffer(data, ">u4", 25)
        begin = int(head[_BYTES] + head[_COLOURS] * _COLOUR_BYTES)
        lines = np.frombuffer(data, np.uint8, int(head[_LINE]) * HEIGHT, begin).reshape(HEIGHT, -1, 4)
        return lines[:, :WIDTH, :3]


@contextmanager
def display(directory: Path) -> Iterator[Display]:
    """An X server of this test's own: it takes a free number and tells it (Xserver(1), ``-displayfd``)."""
    told, tell = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-fbdir", str(directory), *_SCREEN],
        pass_fds=[tell],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    try:
        with os.fdopen(told, encoding="ascii") as number:
            yield Display(f":{number.readline().strip()}", directory / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait(10)
