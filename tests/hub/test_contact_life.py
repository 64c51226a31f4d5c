"""A contact from first ring to last note, as the exchange, the desks and the database see it."""

from __future__ import annotations

from datetime import datetime

import httpx
from sqlalchemy.engine import URL

from hub.contract import (
    CardStatus,
    ConnectedEvent,
    ContactEndedEvent,
    OfferedEvent,
    OfferEndedEvent,
    VoiceQuality,
    WrappedUpEvent,
)
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerJoined,
    CallerLeft,
    HandedOn,
    MemberChanged,
    MemberState,
    PbxEvent,
)
from tests.hub.centre import NOAH, Centre, Desk, open_centre

_VOICE = {"mos": 4.1, "least_mos": 2.9, "loss_in": 1.5, "loss_out": 0.5, "jitter": 31.0, "rtt": 120.0}
_WRAP_UP = {"note": "Router restarted.\nAll lights green.", "disposition": "solved", "voice": _VOICE}


async def _wrap_up(desk: Desk, contact: str, key: str = "key-00000001") -> httpx.Response:
    return await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up", json=_WRAP_UP, headers={"Idempotency-Key": key}
    )


def _talk(at: datetime) -> tuple[PbxEvent, ...]:
    """How the exchange tells that a caller waited 3 s and talks with Yael."""
    return (
        CallerJoined("support", "a.1", NOAH, "", 1, at),
        AgentOffered("support", "a.1", "1001", at),
        AgentConnected("support", "a.1", "1001", 3.0, at),
    )


async def _paused(centre: Centre, extension: str, queue: str = "support") -> tuple[bool, str]:
    rows = {row.name: row for row in await centre.pbx.queues()}
    member = next(member for member in rows[queue].members if member.agent == extension)
    return member.paused, member.reason


async def test_the_card_is_there_with_the_offer(centre: Centre) -> None:
    desk = await centre.desk("tal")
    contact = centre.pbx.caller_joins("support", "050-555-0101", "Noa")
    await centre.settle()
    await centre.cards_arrive()
    centre.time.passes(12)
    await centre.ready("tal")

    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))

    assert offered.offer.contact == contact
    assert offered.offer.number == NOAH
    assert (offered.offer.name, offered.offer.queue_title, offered.offer.waited) == ("Noa", "תמיכה", 12.0)
    assert offered.card.status is CardStatus.FOUND
    card = offered.card.cards[0]
    assert card.name == "נועה ברק"
    assert card.facts["first_name"] == "נועה"
    assert card.facts["matter"] == card.matters[0].reference == "T-48213"
    assert [past.channel for past in card.history] == ["call", "whatsapp", "call"]


async def test_from_ring_to_note(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    await centre.cards_arrive()
    centre.time.passes(5)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    centre.time.passes(60)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()

    told = [event for event in await desk.told() if event.kind not in {"me", "card"}]
    assert [event.kind for event in told] == ["offered", "connected", "contact_ended"]
    assert isinstance(told[1], ConnectedEvent)
    assert isinstance(told[2], ContactEndedEvent)
    assert told[2].ended_by == "caller"

    centre.time.passes(20)
    answer = await _wrap_up(desk, contact)
    assert answer.status_code == 200, answer.text
    told = await desk.told()
    wrapped = next(event for event in told if isinstance(event, WrappedUpEvent))
    assert wrapped.record.model_dump(mode="json") == answer.json()
    assert wrapped.record.note == _WRAP_UP["note"]
    assert (wrapped.record.waited, wrapped.record.talked) == (5.0, 60.0)
    assert (wrapped.record.outcome, wrapped.record.agent) == ("answered", "yael")
    assert wrapped.record.customer == "C-1001"
    assert wrapped.record.voice == VoiceQuality(**_VOICE)
    assert (await desk.snapshot()).contacts == ()


async def test_the_record_is_whole_after_the_hub_begins_anew(database: URL) -> None:
    async with open_centre(database) as centre:
        desk = await centre.desk("yael")
        contact = await centre.talk(NOAH)
        centre.pbx.caller_hangs_up(contact)
        await centre.settle()
        stored = (await _wrap_up(desk, contact)).json()
        pbx = centre.pbx
    async with open_centre(database, pbx=pbx) as centre:
        desk = await centre.desk("yael")
        assert (await desk.http.get(f"/v1/contacts/{contact}")).json() == stored
        assert stored["voice"] == _VOICE


async def test_a_wrapping_agent_gets_no_call(centre: Centre) -> None:
    desk = await centre.desk("yael")
    first = await centre.talk()
    assert await _paused(centre, "1001") == (True, "wrap-up")
    second = centre.pbx.caller_joins("support")
    centre.pbx.caller_hangs_up(first)
    await centre.settle()
    assert [item.offer.contact for item in (await desk.snapshot()).contacts] == [first]

    await _wrap_up(desk, first)
    await centre.settle()

    assert await _paused(centre, "1001") == (False, "")
    assert [item.offer.contact for item in (await desk.snapshot()).contacts] == [second]


async def test_who_went_away_meanwhile_stays_away_after_the_wrap_up(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk()
    await desk.http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    await _wrap_up(desk, contact)
    await centre.settle()
    assert await _paused(centre, "1001") == (True, "Lunch")


async def test_a_wrap_up_sent_while_talking_frees_the_agent_when_the_talk_ends(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk()
    assert (await _wrap_up(desk, contact)).status_code == 200
    await centre.settle()
    assert await _paused(centre, "1001") == (True, "wrap-up")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    assert await _paused(centre, "1001") == (False, "")
    assert (await desk.snapshot()).contacts == ()


async def test_the_caller_gives_up_while_it_rings(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring()
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    ended = [event for event in await desk.told() if isinstance(event, OfferEndedEvent)]
    assert [(event.contact, event.abandoned) for event in ended] == [(contact, True)]
    assert (await desk.snapshot()).contacts == ()


async def test_who_declines_loses_the_card_and_the_next_gets_it(centre: Centre) -> None:
    one, other = await centre.desk("yael"), await centre.desk("daniel")
    await centre.ready("yael", "daniel")
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    await centre.cards_arrive()
    assert (await one.http.get(f"/v1/contacts/{contact}/card")).status_code == 200
    assert (await other.http.get(f"/v1/contacts/{contact}/card")).status_code == 404
    centre.pbx.agent_rejects("1001")
    await centre.settle()
    ended = [event for event in await one.told() if isinstance(event, OfferEndedEvent)]
    assert [event.abandoned for event in ended] == [False]
    assert (await one.http.get(f"/v1/contacts/{contact}/card")).status_code == 404
    assert (await other.http.get(f"/v1/contacts/{contact}/card")).json()["status"] == "found"


async def test_asterisk_says_left_before_it_says_answered(centre: Centre) -> None:
    desk, now = await centre.desk("yael"), centre.time.moment
    await centre.handle(
        CallerJoined("support", "a.1", NOAH, "", 1, now),
        AgentOffered("support", "a.1", "1001", now),
        CallerLeft("support", "a.1", now),
        AgentConnected("support", "a.1", "1001", 3.0, now),
    )
    assert [kind for kind in await desk.kinds() if kind != "card"] == ["offered", "connected"]


async def test_a_ring_for_a_caller_who_left_by_a_key_ends_with_the_device(centre: Centre) -> None:
    desk, now = await centre.desk("yael"), centre.time.moment
    await centre.handle(
        CallerJoined("support", "a.1", NOAH, "", 1, now),
        AgentOffered("support", "a.1", "1001", now),
        CallerLeft("support", "a.1", now),
        MemberChanged("support", "1001", MemberState.FREE, False, "", True, now),
    )
    assert [kind for kind in await desk.kinds() if kind != "card"] == ["offered", "offer_ended"]
    assert (await desk.snapshot()).contacts == ()


async def test_a_transfer_into_a_queue_begins_a_visit_and_keeps_the_first_wrap_up(centre: Centre) -> None:
    one, other, now = await centre.desk("yael"), await centre.desk("daniel"), centre.time.moment
    await centre.handle(
        *_talk(now),
        CallerJoined("sales", "a.1", NOAH, "", 1, now),
        AgentCompleted("support", "a.1", "1001", 3.0, 40.0, "transfer", now),
        AgentOffered("sales", "a.1", "1002", now),
        AgentConnected("sales", "a.1", "1002", 7.0, now),
        AgentCompleted("sales", "a.1", "1002", 7.0, 80.0, "caller", now),
    )
    assert (await _wrap_up(one, "a.1")).status_code == 200
    first = (await one.http.get("/v1/contacts/a.1")).json()
    assert (first["queue"], first["talked"], first["note"]) == ("support", 40.0, _WRAP_UP["note"])
    second = (await other.http.get("/v1/contacts/a.1")).json()
    assert (second["queue"], second["talked"], second["note"]) == ("sales", 80.0, "")
    assert [item.phase for item in (await other.snapshot()).contacts] == ["wrap_up"]


async def test_the_next_caller_sees_the_note_in_the_history(centre: Centre) -> None:
    desk = await centre.desk("yael")
    first = await centre.ring(NOAH)
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    await _wrap_up(desk, first)
    await centre.settle()
    second = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    await centre.cards_arrive()
    card = (await desk.http.get(f"/v1/contacts/{second}/card")).json()["cards"][0]
    assert card["history"][0]["summary"] == "Router restarted. All lights green."
    assert card["history"][0]["agent"] == "Yael Amir"


async def test_a_restarted_hub_shows_what_the_first_one_showed(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.ready("yael", "daniel", "tal")
        done = centre.pbx.caller_joins("support", NOAH)
        talking = centre.pbx.caller_joins("support")
        await centre.settle()
        centre.time.passes(30)
        for extension in ("1001", "1002"):
            centre.pbx.agent_answers(extension)
        await centre.settle()
        centre.time.passes(60)
        centre.pbx.caller_hangs_up(done)
        ringing = centre.pbx.caller_joins("support")
        waiting = centre.pbx.caller_joins("support")
        centre.pbx.caller_hangs_up(centre.pbx.caller_joins("sales"))
        await centre.settle()
        await centre.cards_arrive()
        desks = [await centre.desk(agent) for agent in ("yael", "daniel", "tal")]
        before = [(await desk.snapshot()).model_copy(update={"cursor": ""}) for desk in desks]
        pbx, time = centre.pbx, centre.time

    async with open_centre(database, pbx=pbx, time=time) as centre:
        desks = [await centre.desk(agent) for agent in ("yael", "daniel", "tal")]
        for desk in desks:
            await desk.snapshot()
        await centre.cards_arrive()
        after = [(await desk.snapshot()).model_copy(update={"cursor": ""}) for desk in desks]

    assert after == before
    figures = {queue.queue: queue for queue in after[0].queues}
    assert (
        figures["support"].today.offered,
        figures["support"].today.answered,
        figures["support"].waiting,
    ) == (4, 2, 2)
    assert (figures["sales"].today.offered, figures["sales"].today.abandoned) == (1, 1)
    phases = [(item.offer.contact, item.phase) for view in after for item in view.contacts]
    assert phases == [(done, "wrap_up"), (talking, "talking"), (ringing, "offered")]
    assert waiting not in {contact for contact, _phase in phases}


async def test_who_was_handed_a_caller_has_card_talk_and_wrap_up(centre: Centre) -> None:
    first, second = await centre.desk("yael"), await centre.desk("tal")
    now = centre.time()
    await centre.handle(
        *_talk(now),
        AgentCompleted("support", "a.1", "1001", 3.0, 40.0, "transfer", now),
        HandedOn("support", "a.1", "1003", now),
    )
    await centre.cards_arrive()
    told = await second.told()
    assert [event.kind for event in told if event.kind in {"offered", "connected"}] == [
        "offered",
        "connected",
    ]
    offered = next(event for event in told if isinstance(event, OfferedEvent))
    assert (offered.offer.contact, offered.offer.number, offered.offer.waited) == ("a.1", NOAH, 0.0)
    shown = (await second.snapshot()).contacts[0]
    assert (shown.phase, shown.card.cards[0].name) == ("talking", "נועה ברק")
    assert [contact.phase for contact in (await first.snapshot()).contacts] == ["wrap_up"]

    await centre.handle(AgentCompleted("support", "a.1", "1003", 0.0, 25.0, "caller", now))
    assert [contact.phase for contact in (await second.snapshot()).contacts] == ["wrap_up"]
    assert (await _wrap_up(second, "a.1", "key-00000002")).json()["agent"] == "tal"
    assert (await _wrap_up(first, "a.1")).json()["agent"] == "yael"
    figures = next(row for row in (await first.snapshot()).queues if row.queue == "support")
    assert (figures.today.offered, figures.today.answered) == (1, 1)


async def test_who_comes_back_to_the_same_agent_owes_one_wrap_up(centre: Centre) -> None:
    desk = await centre.desk("yael")
    now = centre.time()
    await centre.handle(
        *_talk(now),
        AgentCompleted("support", "a.1", "1001", 3.0, 40.0, "transfer", now),
        HandedOn("support", "a.1", "1001", now),
    )
    assert [contact.phase for contact in (await desk.snapshot()).contacts] == ["talking"]
    await centre.handle(AgentCompleted("support", "a.1", "1001", 0.0, 20.0, "caller", now))
    record = (await _wrap_up(desk, "a.1")).json()
    assert (record["talked"], record["agent"]) == (60.0, "yael")
    assert (await desk.snapshot()).contacts == ()
