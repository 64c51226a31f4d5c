"""A browser's pictures: PNG of eight bits a colour, not interlaced (https://www.w3.org/TR/png-3/). Pure."""

from __future__ import annotations

import struct
import zlib
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""By row, column and colour."""

_HEADER: Final = struct.Struct("!IIBBBBB")
_COLOURS: Final = {2: 3, 6: 4}
"""Bytes of a pixel by the kind of picture: truecolour, and with how much it covers."""


def pixels_of(png: bytes) -> Pixels:
    """The picture, red, green and blue."""
    chunks = _chunks(png)
    width, height, depth, kind, _compression, _filters, interlaced = _HEADER.unpack(chunks[b"IHDR"])
    assert (depth, interlaced) == (8, 0)
    step = _COLOURS[kind]
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * step)
    shown = np.zeros((height, width * step), np.uint8)
    above = [0] * (width * step)
    for row, line in enumerate(lines):
        above = _unfiltered(int(line[0]), line[1:].tolist(), above, step)
        shown[row] = above
    return shown.reshape(height, width, step)[:, :, :3]


def _chunks(png: bytes) -> dict[bytes, bytes]:
    """The data of each kind of chunk, joined."""
    found: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (size,) = struct.unpack_from("!I", png, at)
        kind = png[at + 4 : at + 8]
        found[kind] = found.get(kind, b"") + png[at + 8 : at + 8 + size]
        at += size + 12
    return found


def _unfiltered(how: int, line: list[int], above: list[int], step: int) -> list[int]:
    """One line as it was before it was filtered (section 9)."""
    made: list[int] = []
    for at, byte in enumerate(line):
        left, corner = (made[at - step], above[at - step]) if at >= step else (0, 0)
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[how]
        made.append((byte + guess) & 255)
    return made


def _paeth(left: int, above: int, corner: int) -> int:
    near = left + above - corner
    return min((left, above, corner), key=lambda one: abs(near - one))
