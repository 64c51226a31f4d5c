"""One suite for every engine: each test runs once for each that declares what it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import reduce
from operator import or_

import pytest

from sip.capability import Capability
from tests.contract.engines import able
from tests.contract.phones import Phones
from tests.pbx.rig import Asterisk


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives ``kind`` its values, where a test has not named them itself."""
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "kind" in metafunc.fixturenames and not any("kind" in names for names in named):
        needed = reduce(
            or_, (mark.args[0] for mark in metafunc.definition.iter_markers("needs")), Capability(0)
        )
        metafunc.parametrize("kind", able(needed))


@pytest.fixture
async def phones(asterisk: Asterisk, kind: str) -> AsyncIterator[Phones]:
    """Phones of one kind of engine on the run's Asterisk."""
    async with AsyncExitStack() as stack:
        yield Phones(asterisk, stack, kind)
