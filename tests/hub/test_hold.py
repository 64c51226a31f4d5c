"""Hold told apart from talk: in the contact, in the figures, over gaps and restarts."""

from __future__ import annotations

from sqlalchemy.engine import URL

from hub.contract import AgentFigures, ContactRecord
from hub.ports.pbx import CallerHeld, CallerResumed
from tests.hub.centre import Centre, Desk, Time, open_centre
from tests.stubs.pbx import FakePbx

_PHONE = "1001"


async def _hangs_up(centre: Centre, contact: str) -> ContactRecord:
    """The caller ends the talk; the contact as it is kept."""
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    desk = await centre.desk("yael")
    (item,) = (await desk.snapshot()).contacts
    return item.record


async def _wraps_up(desk: Desk, contact: str) -> None:
    answer = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": "", "disposition": "solved"},
        headers={"Idempotency-Key": f"wrap-{contact}"},
    )
    assert answer.status_code == 200, answer.text


def _parts(own: AgentFigures | None) -> tuple[float | None, ...]:
    assert own is not None
    today = own.today
    return (today.average_talk, today.average_hold, today.average_wrap_up, today.average_handling)


async def test_hold_is_apart_from_talk_and_handling_is_the_sum(centre: Centre) -> None:
    contact = await centre.talk()
    centre.time.passes(10)
    for _ in range(2):
        centre.pbx.agent_holds(_PHONE)
        centre.time.passes(20)
        centre.pbx.agent_resumes(_PHONE)
        centre.time.passes(5)
    record = await _hangs_up(centre, contact)
    assert (record.talked, record.held) == (60.0, 40.0)
    centre.time.passes(30)
    desk = await centre.desk("yael")
    await _wraps_up(desk, contact)
    snapshot = await desk.snapshot()
    assert _parts(snapshot.own) == (20.0, 40.0, 30.0, 90.0)
    today = snapshot.queues[0].today
    assert (today.average_talk, today.average_hold, today.average_wrap_up) == (20.0, 40.0, 30.0)
    assert today.average_handling == 90.0
    assert snapshot.own is not None
    assert snapshot.own.occupancy == 100.0
    assert snapshot.own.formulas.average_handling == "(talk + hold + wrap-up) ÷ talks"


async def test_a_hold_that_lasts_ends_with_the_talk(centre: Centre) -> None:
    contact = await centre.talk()
    centre.time.passes(10)
    centre.pbx.agent_holds(_PHONE)
    centre.time.passes(50)
    record = await _hangs_up(centre, contact)
    assert (record.talked, record.held) == (60.0, 50.0)


async def test_a_hold_counts_once_though_it_is_told_twice(centre: Centre) -> None:
    contact = await centre.talk()
    begin = centre.time.moment
    centre.time.passes(30)
    held = CallerHeld("support", contact, _PHONE, begin)
    again = CallerHeld("support", contact, _PHONE, centre.time.moment)
    resumed = CallerResumed("support", contact, _PHONE, centre.time.moment)
    await centre.handle(held, again, resumed, resumed)
    centre.time.passes(30)
    record = await _hangs_up(centre, contact)
    assert (record.talked, record.held) == (60.0, 30.0)


async def test_a_desk_is_told_nothing_anew_of_a_talk_on_hold(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.talk()
    await desk.told()
    centre.pbx.agent_holds(_PHONE)
    centre.pbx.agent_resumes(_PHONE)
    await centre.settle()
    assert await desk.kinds() == []


async def test_a_hold_goes_on_while_the_hub_is_down(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        contact = await centre.talk()
        time.passes(10)
        pbx.agent_holds(_PHONE)
        await centre.settle()
    time.passes(40)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        time.passes(5)
        pbx.agent_resumes(_PHONE)
        time.passes(15)
        record = await _hangs_up(centre, contact)
        assert (record.talked, record.held) == (70.0, 45.0)
        before = _parts((await (await centre.desk("yael")).snapshot()).own)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        desk = await centre.desk("yael")
        assert before == _parts((await desk.snapshot()).own) == (25.0, 45.0, 0.0, 70.0)


async def test_a_hold_that_began_or_ended_out_of_sight_does_so_when_it_is_found(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        contact = await centre.talk()
        pbx.agent_holds(_PHONE)
        time.passes(10)
        await centre.settle()
    pbx.agent_resumes(_PHONE)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        time.passes(20)
        pbx.link_down()
        pbx.agent_holds(_PHONE)
        time.passes(5)
        pbx.link_up()
        await centre.settle()
        time.passes(30)
        record = await _hangs_up(centre, contact)
    assert (record.talked, record.held) == (65.0, 40.0)


async def test_a_talk_begun_out_of_sight_is_known_to_be_on_hold(centre: Centre) -> None:
    contact = await centre.ring()
    centre.pbx.link_down()
    centre.pbx.agent_answers(_PHONE)
    centre.pbx.agent_holds(_PHONE)
    centre.pbx.link_up()
    await centre.settle()
    centre.time.passes(25)
    record = await _hangs_up(centre, contact)
    assert (record.talked, record.held) == (25.0, 25.0)


async def test_who_is_handed_on_from_hold_begins_without_it(centre: Centre) -> None:
    contact = await centre.talk()
    await centre.ready("daniel")
    centre.pbx.agent_holds(_PHONE)
    centre.time.passes(20)
    centre.pbx.agent_transfers(_PHONE, "1002")
    await centre.settle()
    centre.time.passes(30)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    visits = await centre.hub.handling.work.contacts.visits(contact)
    assert [(visit.agent, visit.talked, visit.held) for visit in visits] == [
        ("yael", 20.0, 20.0),
        ("daniel", 30.0, 0.0),
    ]
