"""The line to the exchange breaks and comes back: the hub tells what it knows, and no more."""

from __future__ import annotations

import httpx

from hub.contract import CardStatus, ContactEndedEvent, ContactRecord, PbxLinkEvent
from hub.ports.pbx import AgentCompleted, CallerLeft, PbxDown, QueueRow
from tests.hub.centre import NOAH, Centre, Desk


async def test_desks_are_told_of_the_line(centre: Centre) -> None:
    desk = await centre.desk("yael")
    centre.pbx.link_down("cut by a test")
    await centre.settle()
    assert [event for event in await desk.told() if isinstance(event, PbxLinkEvent)] == [
        PbxLinkEvent(up=False, words="cut by a test")
    ]
    snapshot = await desk.snapshot()
    assert (snapshot.pbx, snapshot.pbx_words) == (False, "cut by a test")
    centre.pbx.link_up()
    await centre.settle()
    assert (await desk.snapshot()).pbx


async def test_who_gave_up_in_the_gap_left_and_is_not_counted_as_abandoned(centre: Centre) -> None:
    desk = await centre.desk("yael")
    gone = centre.pbx.caller_joins("support")
    stays = centre.pbx.caller_joins("support")
    await centre.settle()
    centre.pbx.link_down()
    centre.pbx.caller_hangs_up(gone)
    centre.time.passes(30)
    came = centre.pbx.caller_joins("support", NOAH)
    centre.time.passes(10)
    centre.pbx.link_up()
    await centre.settle()
    support = (await desk.snapshot()).queues[0]
    assert (support.today.offered, support.waiting, support.today.abandoned) == (3, 2, 0)
    assert support.longest_wait == 40.0
    waits = {contact.id: contact for contact in centre.hub.floor.contacts()}
    assert set(waits) == {stays, came}
    assert (waits[came].number, waits[came].joined_at) == (NOAH, waits[stays].joined_at.replace(second=30))


async def test_a_talk_that_ended_in_the_gap_owes_its_wrap_up(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk()
    centre.pbx.link_down()
    centre.pbx.caller_hangs_up(contact)
    centre.pbx.link_up()
    await centre.settle()
    ended = [event for event in await desk.told() if isinstance(event, ContactEndedEvent)]
    assert [event.ended_by for event in ended] == ["unknown"]
    item = (await desk.snapshot()).contacts[0]
    assert (item.phase, item.record.talked) == ("wrap_up", None)


async def test_a_talk_that_goes_on_through_the_gap_goes_on(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk()
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    assert [item.phase for item in (await desk.snapshot()).contacts] == ["talking"]
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    assert [item.phase for item in (await desk.snapshot()).contacts] == ["wrap_up"]


async def test_a_ring_that_ended_in_the_gap_ends_on_the_desk(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael", "daniel")
    contact = centre.pbx.caller_joins("support")
    await centre.settle()
    centre.pbx.link_down()
    centre.pbx.agent_rejects("1001")
    centre.pbx.link_up()
    await centre.settle()
    assert [kind for kind in await desk.kinds() if kind.startswith("offer")] == ["offered", "offer_ended"]
    assert [contact.id for contact in centre.hub.floor.contacts()] == [contact]


async def test_an_answer_missed_in_the_gap_is_on_the_desk_as_soon_as_the_line_is_back(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    centre.time.passes(10)
    centre.pbx.link_down()
    answered_at = centre.time.moment
    centre.pbx.agent_answers("1001")
    centre.time.passes(5)
    centre.pbx.link_up()
    await centre.settle()
    snapshot = await desk.snapshot()
    item, support = snapshot.contacts[0], snapshot.queues[0]
    assert (item.phase, item.since, item.record.number) == ("talking", answered_at, NOAH)
    assert [kind for kind in await desk.kinds() if kind.startswith(("offer", "conn"))] == [
        *("offered", "connected"),
    ]
    assert (support.today.offered, support.today.answered, support.today.service_level) == (1, 1, 100.0)
    centre.time.passes(60)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    support = (await desk.snapshot()).queues[0]
    assert (support.today.offered, support.today.average_wait, support.today.average_talk) == (1, 10.0, 65.0)


async def test_a_caller_seen_leaving_before_the_gap_is_offered_once(centre: Centre) -> None:
    desk, pbx = await centre.desk("yael"), centre.pbx
    contact = await centre.ring(NOAH)
    await centre.handle(CallerLeft("support", contact, centre.time.moment))
    pbx.link_down()
    pbx.agent_answers("1001")
    pbx.link_up()
    await centre.settle()
    snapshot = await desk.snapshot()
    assert [item.phase for item in snapshot.contacts] == ["talking"]
    assert (snapshot.queues[0].today.offered, snapshot.queues[0].today.answered) == (1, 1)


async def test_a_talk_that_began_in_the_gap_has_its_card_and_its_wait(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    centre.pbx.link_down()
    contact = centre.pbx.caller_joins("support", NOAH)
    centre.time.passes(10)
    centre.pbx.agent_answers("1001")
    centre.time.passes(5)
    centre.pbx.link_up()
    await centre.settle()
    await centre.cards_arrive()
    snapshot = await desk.snapshot()
    (item,) = snapshot.contacts
    assert (item.offer.contact, item.phase, item.offer.waited) == (contact, "talking", 10.0)
    assert (item.card.status, item.card.number) == (CardStatus.FOUND, NOAH)
    assert (snapshot.queues[0].today.offered, snapshot.queues[0].today.answered) == (1, 1)


async def test_a_caller_handed_on_in_the_gap_begins_a_new_visit(centre: Centre) -> None:
    """The first talk ended out of sight, the next began there: two visits, one wrap-up owed."""
    yael, daniel = await centre.desk("yael"), await centre.desk("daniel")
    contact = await centre.talk(NOAH)
    talk = centre.pbx._callers[contact]
    centre.pbx.link_down()
    talk.agent = "1002"
    centre.pbx.link_up()
    await centre.settle()
    assert [item.phase for item in (await yael.snapshot()).contacts] == ["wrap_up"]
    assert [item.phase for item in (await daniel.snapshot()).contacts] == ["talking"]


async def test_an_end_whose_whole_story_was_missed_still_gets_its_wrap_up(centre: Centre) -> None:
    desk, now = await centre.desk("yael"), centre.time.moment
    await centre.handle(AgentCompleted("support", "a.9", "1001", 8.0, 30.0, "caller", now))
    snapshot = await desk.snapshot()
    assert [item.phase for item in snapshot.contacts] == ["wrap_up"]
    assert (snapshot.queues[0].today.offered, snapshot.queues[0].today.answered) == (1, 1)
    assert [kind for kind in await desk.kinds() if kind != "card"] == [
        "offered",
        "connected",
        "contact_ended",
    ]


async def test_an_exchange_without_a_snapshot_counts_as_out_of_reach(centre: Centre) -> None:
    async def never() -> tuple[QueueRow, ...]:
        raise PbxDown("too busy to say")

    desk = await centre.desk("yael")
    centre.pbx.queues = never  # type: ignore[method-assign]
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    snapshot = await desk.snapshot()
    assert (snapshot.pbx, snapshot.pbx_words) == (False, "too busy to say")


async def test_members_are_what_agents_chose_after_the_exchange_forgot_them(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    centre.pbx.link_down()
    centre.pbx._queues["support"].members.clear()
    centre.pbx.link_up()
    await centre.settle()
    assert [(row.queue, row.paused) for row in (await desk.snapshot()).me.members] == [
        ("support", False),
        ("sales", False),
    ]


async def _noted_in_the_gap(centre: Centre) -> tuple[Desk, str]:
    """Yael talked with a caller while nobody saw it, and her desk has something to write of it."""
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    await centre.cards_arrive()
    await centre.settle()
    centre.pbx.link_down()
    centre.pbx.agent_answers("1001")
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    return desk, contact


async def test_what_is_noted_of_a_talk_in_the_gap_is_stored(centre: Centre) -> None:
    desk, contact = await _noted_in_the_gap(centre)
    centre.pbx.link_up()
    await centre.settle()
    done = {"script": "support", "revision": "1", "done": ["greet"], "answers": {}}
    assert (await desk.http.put(f"/v1/contacts/{contact}/script-progress", json=done)).status_code == 204
    assert (await desk.http.put(f"/v1/contacts/{contact}/note", json={"text": "by post"})).status_code == 204
    item = (await desk.snapshot()).contacts[0]
    assert (item.phase, item.record.note, item.record.outcome) == ("wrap_up", "by post", "answered")
    wrapped = await _wrap_up(desk, contact)
    stored = ContactRecord.model_validate_json(wrapped.content)
    assert (stored.agent, stored.note, stored.customer) == ("yael", "by post at last", "C-1001")
    assert stored.script is not None
    assert stored.script.done == ("greet",)
    support = (await desk.snapshot()).queues[0]
    assert (support.today.offered, support.today.answered) == (1, 1)


async def test_a_wrap_up_alone_is_stored_of_a_talk_in_the_gap(centre: Centre) -> None:
    desk, contact = await _noted_in_the_gap(centre)
    centre.pbx.link_up()
    await centre.settle()
    assert (await _wrap_up(desk, contact)).status_code == 200


async def test_until_the_exchange_is_in_sight_a_note_is_to_be_sent_again(centre: Centre) -> None:
    desk, contact = await _noted_in_the_gap(centre)
    assert (await _wrap_up(desk, contact)).status_code == 503
    centre.pbx.link_up()
    await centre.settle()
    assert (await _wrap_up(desk, contact)).status_code == 200


async def test_who_does_not_serve_the_queue_claims_no_talk_in_it(centre: Centre) -> None:
    _, contact = await _noted_in_the_gap(centre)
    centre.pbx.link_up()
    await centre.settle()
    other = await centre.desk("omri")
    assert "support" not in (await other.snapshot()).me.queues
    assert (await _wrap_up(other, contact)).status_code == 404
    assert (await other.http.put(f"/v1/contacts/{contact}/note", json={"text": "x"})).status_code == 404


async def test_a_contact_that_the_hub_never_saw_is_stored_and_shows_nothing(centre: Centre) -> None:
    desk = await centre.desk("yael")
    assert (await desk.http.put("/v1/contacts/1.2/note", json={"text": "x"})).status_code == 404
    wrapped = await _wrap_up(desk, "1.2")
    assert wrapped.status_code == 200
    stored = ContactRecord.model_validate_json(wrapped.content)
    assert (stored.agent, stored.note, stored.number) == ("yael", "by post at last", "")
    assert (await desk.http.get("/v1/contacts/1.2/card")).status_code == 404
    assert (await _wrap_up(desk, "1.2")).content == wrapped.content
    page = await desk.http.post("/v1/history", json={})
    assert [call["note"] for call in page.json()["calls"]] == ["by post at last"]
    other = await centre.desk("daniel")
    assert (await other.http.get("/v1/contacts/1.2")).status_code == 404


async def test_nobody_claims_a_talk_with_a_caller_who_was_seen_to_leave(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    await centre.handle(CallerLeft("support", contact, centre.time.moment))
    centre.pbx.agent_rejects("1001")
    await centre.settle()
    assert (await _wrap_up(desk, contact)).status_code in {404, 409}


async def _wrap_up(desk: Desk, contact: str) -> httpx.Response:
    asked = {"note": "by post at last", "disposition": "solved"}
    headers = {"Idempotency-Key": "key-00000001"}
    return await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=headers)
