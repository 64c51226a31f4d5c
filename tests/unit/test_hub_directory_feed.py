"""What a stream is told of the directory: bounded, in versions, the same for all who have read as far."""

from __future__ import annotations

from hub.contract import MOST_COLLEAGUES, Colleague, DirectoryEntry, DirectoryEvent, Presence
from hub.directory_feed import DirectoryFeed

_ENTRIES = {"en": (DirectoryEntry(name="Sales", number="701", kind="queue"),)}


def _colleague(number: int, presence: Presence = Presence.READY) -> Colleague:
    return Colleague(
        agent=f"a{number}", name=f"A {number}", number=str(number), presence=presence, line="free"
    )


def _read(feed: DirectoryFeed, seen: int, language: str = "en") -> list[DirectoryEvent]:
    return [DirectoryEvent.model_validate_json(data) for data in feed.after(seen, language)]


def test_a_large_centre_is_told_in_several_events_of_which_the_first_begins_anew() -> None:
    feed, many = DirectoryFeed(_ENTRIES), 2 * MOST_COLLEAGUES + 1
    feed.publish(_colleague(number) for number in range(many))
    told = _read(feed, 0)
    assert [event.whole for event in told] == [True, False, False]
    assert [event.entries for event in told] == [_ENTRIES["en"], (), ()]
    assert [one.agent for event in told for one in event.colleagues] == [f"a{n}" for n in range(many)]


def test_who_changed_often_since_is_told_once_and_who_did_not_is_not_told() -> None:
    feed = DirectoryFeed(_ENTRIES)
    feed.publish([_colleague(1), _colleague(2)])
    seen = feed.version
    for presence in (Presence.AWAY, Presence.READY, Presence.AWAY):
        feed.publish([_colleague(2, presence)])
    assert _read(feed, seen) == [DirectoryEvent(colleagues=(_colleague(2, Presence.AWAY),))]
    assert feed.after(feed.version, "en") == feed.after(feed.version, "he")


def test_a_centre_without_agents_still_tells_its_numbers() -> None:
    feed = DirectoryFeed(_ENTRIES)
    feed.publish([])
    assert _read(feed, 0) == [DirectoryEvent(whole=True, entries=_ENTRIES["en"])]
