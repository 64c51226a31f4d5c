"""The directory: who of the colleagues can take a call, and nothing else of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.engine import URL

from hub.contract import Colleague, DirectoryEntry, DirectoryEvent, Presence, PresenceOrder
from hub.domain.presence import Intent
from hub.events import Bus, Sent
from hub.service.directory import PACE, Directory
from hub.service.floor import Floor
from hub.service.roster import Roster
from tests.hub.centre import NOAH, WITHIN, Centre, Time, open_centre, sample_settings
from tests.hub.test_board import _Pace


class _Desk:
    """The stream of one agent; reads what it holds when it is asked."""

    def __init__(self, centre: Centre, agent: str, language: str = "en") -> None:
        self._centre = centre
        bus = centre.hub.bus
        self._stream: AsyncIterator[Sent] = bus.subscribe(agent, language, bus.cursor(agent))
        self.data = ""
        """The last event as it was sent."""

    async def told(self) -> DirectoryEvent:
        """The next directory event, after whoever changed was published."""
        hub = self._centre.hub
        changed = hub.directory.changed()
        if changed:
            hub.bus.publish_directory(changed)
        async with asyncio.timeout(WITHIN):
            async for sent in self._stream:
                if sent.kind == "directory":
                    assert sent.id == "", "it is never replayed"
                    self.data = sent.data
                    return DirectoryEvent.model_validate_json(sent.data)
        raise AssertionError("the stream ended")

    async def colleague(self, agent: str) -> Colleague:
        """The agent as they were told last, who must be in the next event."""
        return next(one for one in (await self.told()).colleagues if one.agent == agent)


async def test_a_stream_begins_with_everybody_and_the_centres_numbers_in_its_language(
    centre: Centre,
) -> None:
    whole = await _Desk(centre, "yael").told()
    assert whole.whole
    assert [(one.agent, one.name, one.number, one.queues) for one in whole.colleagues] == [
        ("yael", "Yael Amir", "1001", ("support", "sales")),
        ("daniel", "Daniel Katz", "1002", ("support", "sales")),
        ("tal", "טל גרין", "1003", ("support",)),
        ("omri", "עמרי נוי", "1004", ("sales",)),
    ]
    assert whole.entries == (
        DirectoryEntry(name="Sales", number="701", kind="queue"),
        DirectoryEntry(name="Field technicians", number="+97235550100", kind="external"),
    )
    hebrew = await _Desk(centre, "tal", "he").told()
    assert [one.name for one in hebrew.entries] == ["מכירות", "טכנאי שטח"]


async def test_then_it_holds_who_changed_once_as_they_are_now(centre: Centre) -> None:
    desk = _Desk(centre, "daniel")
    await desk.told()
    await centre.ready("yael")
    centre.hub.bus.publish_directory(centre.hub.directory.changed())
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    centre.hub.bus.publish_directory(centre.hub.directory.changed())
    centre.pbx.agent_answers("1001")
    await centre.settle()
    told = await desk.told()
    assert (told.whole, told.entries) == (False, ())
    assert [(one.agent, one.line) for one in told.colleagues] == [("yael", "busy")]
    assert NOAH not in desk.data
    assert contact not in desk.data


async def test_a_line_is_told_from_the_ring_to_the_wrap_up_and_since_when(centre: Centre) -> None:
    desk, theirs = _Desk(centre, "daniel"), _Desk(centre, "yael")
    await desk.told()
    await theirs.told()
    await centre.ready("yael")
    began = centre.time()
    free = await desk.colleague("yael")
    assert (free.presence, free.line, free.since) == (Presence.READY, "free", began)
    centre.time.passes(60)
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    rings = await desk.colleague("yael")
    assert (rings.line, rings.since) == ("ringing", centre.time())
    centre.pbx.agent_answers("1001")
    await centre.settle()
    assert (await desk.colleague("yael")).line == "busy"
    centre.time.passes(200)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    wraps_up = await desk.colleague("yael")
    assert (wraps_up.line, wraps_up.since) == ("wrap_up", centre.time())


async def test_who_is_ready_without_a_desk_gets_no_calls_and_is_told_so(centre: Centre) -> None:
    desk = _Desk(centre, "daniel")
    await desk.told()
    await centre.ready("yael")
    assert (await desk.colleague("yael")).line == "free"
    centre.time.passes(600)
    await centre.settle()
    assert (await desk.colleague("yael")).line == "paused"


async def test_a_reason_of_the_other_language_is_named_in_the_readers(centre: Centre) -> None:
    """Yael reads English and Tal Hebrew; what either chose is kept as it was."""
    yael, tal = centre.hub.views.me("yael"), centre.hub.views.me("tal")
    assert {one.said: one.title for one in yael.pause_titles}["צהריים"] == "Lunch"
    assert {one.said: one.title for one in tal.pause_titles}["Lunch"] == "צהריים"
    assert not {one.said for one in tal.pause_titles} & set(tal.pause_reasons)


async def test_a_reason_is_told_only_where_the_centre_offers_it(centre: Centre) -> None:
    desk, yaels = _Desk(centre, "daniel"), await centre.desk("yael")
    await desk.told()
    for reason, told in (("Lunch", "Lunch"), ("to the doctor", ""), ("צהריים", "צהריים")):
        await yaels.http.put("/v1/presence", json={"presence": "away", "reason": reason})
        await centre.settle()
        assert (await desk.colleague("yael")).reason == told
        assert "doctor" not in desk.data
    order = PresenceOrder(presence=Presence.AWAY, words="come to my room")
    await centre.hub.trainers.orders.presence("omri", "yael", order)
    await centre.settle()
    assert (await desk.colleague("yael")).presence is Presence.AWAY
    assert "my room" not in desk.data


async def test_without_the_exchange_nobodys_line_is_known(centre: Centre) -> None:
    desk, theirs = _Desk(centre, "daniel"), _Desk(centre, "yael")
    await theirs.told()
    await centre.talk(NOAH)
    began, busy = centre.time(), await desk.colleague("yael")
    centre.time.passes(60)
    centre.pbx.link_down()
    await centre.settle()
    assert (await desk.colleague("yael")).line == "unknown"
    centre.time.passes(60)
    centre.pbx.link_up()
    await centre.settle()
    assert await desk.colleague("yael") == busy, "that a line is seen again is no change of it"
    assert (busy.line, busy.since) == ("busy", began)


async def test_a_call_that_nobody_saw_begin_is_told_without_a_time(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.talk(NOAH)
        pbx, time = centre.pbx, centre.time
        time.passes(7200)
        async with open_centre(database, pbx=pbx, time=time) as again:
            told = await _Desk(again, "daniel").colleague("yael")
    assert (told.line, told.since) == ("busy", None)


async def test_what_agents_chose_is_known_after_a_restart(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.ready("yael")
    async with open_centre(database) as centre:
        assert (await _Desk(centre, "daniel").colleague("yael")).presence is Presence.READY


async def test_a_burst_of_changes_is_one_event_a_pace() -> None:
    settings, time, pace = sample_settings(), Time(), _Pace()
    roster, floor = Roster.of(settings.centre), Floor()
    bus = Bus(roster.agents, "e")
    directory = Directory(roster, floor, now=time, sleep=pace)
    stream = bus.subscribe("yael", "en", "e-0")
    running = asyncio.create_task(directory.run(bus))
    async with asyncio.timeout(WITHIN):
        assert await pace.asked.get() == PACE
        assert len(DirectoryEvent.model_validate_json((await anext(stream)).data).colleagues) == 4
    for presence in (Presence.AWAY, Presence.READY) * 50:
        floor.choose("yael", Intent(presence, since=time()))
        directory.refresh()
    await pace.passes()
    async with asyncio.timeout(WITHIN):
        told = DirectoryEvent.model_validate_json((await anext(stream)).data)
    assert [(one.agent, one.presence) for one in told.colleagues] == [("yael", Presence.READY)]
    bus.close()
    assert [sent async for sent in stream] == []
    running.cancel()
