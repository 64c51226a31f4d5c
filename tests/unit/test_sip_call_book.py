"""What a desk that comes to a running call is told of its sound."""

from __future__ import annotations

from sip import events as ev
from sip.call_book import CallBook
from sip.events import Missing

NOA = ev.Party("Noa", "+972521234567", "sip:noa@test")
OVERALL = ev.Overall(4.1, 2.9, 1.5, 0.5, 31.0, 120.0)


def test_how_it_sounds_now_and_what_is_missing_now() -> None:
    book = CallBook()
    for event in (
        ev.CallIncoming("c1", NOA),
        ev.CallEstablished("c1"),
        ev.CallQuality("c1", 3.0, 0.0, 0.0, 2.0, 40.0, OVERALL),
        newest := ev.CallQuality("c1", 4.3, 0.0, 0.0, 2.0, 40.0, OVERALL),
        ev.SoundLost("c1", Missing.NOTHING_ARRIVES),
        still := ev.SoundLost("c1", Missing.MICROPHONE_SILENT),
        ev.SoundBack("c1", Missing.NOTHING_ARRIVES),
    ):
        book.hear(event)
    sound = [
        event for event in book.tell() if isinstance(event, ev.CallQuality | ev.SoundLost | ev.SoundBack)
    ]
    assert sound == [newest, still]


def test_the_keys_that_were_sent_are_told_again_as_far_as_they_are_shown() -> None:
    book = CallBook()
    for event in (
        ev.CallDialling("c1", NOA),
        ev.CallEstablished("c1"),
        ev.DtmfSent("c1", "12"),
        ev.DtmfSent("c1", "#"),
        ev.DtmfSent("c9", "7"),
    ):
        book.hear(event)
    assert [event for event in book.tell() if isinstance(event, ev.DtmfSent)] == [ev.DtmfSent("c1", "12#")]
    for _ in range(40):
        book.hear(ev.DtmfSent("c1", "5"))
    assert [event.digits for event in book.tell() if isinstance(event, ev.DtmfSent)] == ["5" * 32]
