"""Sound that is made longer, shorter or up: whatever comes, in whatever order, something sound comes out."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from sip.audio.cushion import Cushion
from sip.audio.elastic import Elastic
from sip.audio.port import SAMPLE_BYTES
from tests.stubs.pcm import BLOCK, RATE

SAMPLES = st.lists(st.integers(-32_768, 32_767), max_size=2 * BLOCK)
MISSING = None


@given(st.lists(st.tuples(st.none() | SAMPLES, st.integers(-2_000, 2_000)), max_size=30))
def test_blocks_of_any_length_and_gaps_in_any_order_are_borne(
    turns: list[tuple[list[int] | None, int]],
) -> None:
    cushion = Cushion(BLOCK, least=BLOCK, most=6 * BLOCK)
    elastic = Elastic(RATE, cushion)
    came = went = 0
    for samples, wanted in turns:
        cushion.wanted = wanted
        if samples is MISSING:
            went += len(elastic.go_on()) // SAMPLE_BYTES
            came += BLOCK
        else:
            went += len(elastic.add(array("h", samples).tobytes())) // SAMPLE_BYTES
            came += len(samples)
    assert abs(came - went) <= (len(turns) + 1) * 2 * BLOCK
