"""The terminal that screens are read in shows whole frames alone, as those with synchronized output do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.frames import ASKED, BEGIN, END, KNOWN, Frames


class Screen:
    """All that was shown, after each cut, and what the program was answered."""

    def __init__(self) -> None:
        self.shown = b""
        self.answered: list[bytes] = []
        self.frames = Frames(self._show, self.answered.append)

    def _show(self, data: bytes) -> None:
        self.shown += data


def test_a_frame_is_seen_when_it_is_whole() -> None:
    screen = Screen()
    screen.frames.feed(b"before" + BEGIN + b"half")
    assert screen.shown == b"before"
    screen.frames.feed(b" and half" + END)
    assert screen.shown == b"before" + BEGIN + b"half and half" + END


def test_what_a_program_left_is_seen_as_it_is() -> None:
    screen = Screen()
    screen.frames.feed(BEGIN + b"half")
    screen.frames.flush()
    assert screen.shown == BEGIN + b"half"


@given(
    st.lists(st.sampled_from((ASKED, BEGIN + b"frame" + END, b"words", b"\x1b[?25h", b"\x1b")), max_size=9),
    st.lists(st.integers(0, 100), max_size=9),
)
def test_it_does_not_matter_how_it_is_cut(written: list[bytes], cuts: list[int]) -> None:
    """Nothing is lost, added or put elsewhere; no frame is seen in part; each question has its answer."""
    screen, data = Screen(), b"".join(written)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in pairwise(places):
        screen.frames.feed(data[start:end])
        assert data.startswith(screen.shown)
        assert screen.shown.count(BEGIN) == screen.shown.count(END)
        assert not any(screen.shown.endswith(BEGIN[:length]) for length in range(4, len(BEGIN)))
    screen.frames.flush()
    assert screen.shown == data
    assert screen.answered == [KNOWN] * data.count(ASKED)
