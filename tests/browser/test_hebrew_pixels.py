"""Hebrew in the browser stands where the desk put it: read off the picture, with and without 3D graphics.

Only the picture tells: the terminal's rows are in order also where the browser draws them backwards.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.browser.chromium import Tab, chromium
from tests.browser.png import Pixels
from tests.browser.test_browser import WHO, sign_in
from tests.browser.world import World
from tests.terminals.painter import LETTERS, WORD
from tests.terminals.picture import most_like, shape

_ROW = 3
_RUN = 3
"""A letter is learnt from a run of it, which no order changes; cells begin between pixels, each elsewhere."""


async def drawn(tab: Tab, text: str) -> list[Pixels]:
    """The pictures of the cells of a row in which ``text`` was written."""
    await tab.write(f"\x1b[{_ROW + 1};1H\x1b[0m\x1b[K{text}")
    await tab.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen = await tab.cells(_ROW, len(text))
    width = seen.shape[1] / len(text)
    return [seen[:, round(at * width) : round(at * width) + int(width)] for at in range(len(text))]


@pytest.mark.parametrize("flags", [(), ("--disable-3d-apis",)], ids=["3d", "flat"])
async def test_hebrew_stands_in_order_in_the_browsers_picture(
    world: World, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    agent, extension = WHO["he"]
    async with chromium(tmp_path / "profile", "he", *flags) as tab:
        await sign_in(tab, world, agent)
        await tab.shows(extension)
        runs = [letter * _RUN + "a" for letter in LETTERS]
        cells = await drawn(tab, "".join(runs))
        known = [
            (letter, np.roll(shape(cell), by, axis=1))
            for letter, cell in zip("".join(runs), cells, strict=True)
            for by in (-1, 0, 1)
        ]
        assert "".join(most_like(cell, known) for cell in await drawn(tab, WORD)) == WORD
