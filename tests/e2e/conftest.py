"""The centre that end-to-end tests stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.centre import Centre
from tests.pbx.rig import Asterisk


@pytest.fixture
def centre(asterisk: Asterisk, surroundings: Path) -> Iterator[Centre]:
    """A hub on the run's Asterisk, in a home of its own."""
    made = Centre(asterisk, surroundings)
    made.start_hub()
    yield made
    made.stop_hub()
