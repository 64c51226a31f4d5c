"""Who is still on the line is not called: a callback promised for now waits until the call has ended."""

from __future__ import annotations

from hub.ports.pbx import RESERVED
from tests.hub.centre import NOAH, Centre
from tests.hub.test_callback_calls import member, promise, standing, turn

OUTSIDE = "+97235559999"


async def wraps_up(centre: Centre, agent: str, contact: str) -> None:
    desk = await centre.desk(agent)
    answer = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": "", "disposition": "solved"},
        headers={"Idempotency-Key": "key-00000001"},
    )
    assert answer.status_code == 200, answer.text
    await centre.settle()


async def test_a_customer_who_is_handed_on_is_called_when_that_call_has_ended(centre: Centre) -> None:
    """To where the hub does not see them: nobody is kept for them meanwhile."""
    contact = await centre.talk(NOAH)
    callback = await promise(centre)
    centre.pbx.agent_transfers("1001", OUTSIDE)
    await centre.settle()
    await wraps_up(centre, "yael", contact)
    assert await turn(centre) == []
    assert await member(centre) == (1, False, "")
    assert await turn(centre) == [], "and not at the next look either"
    assert await standing(centre, callback) == callback
    centre.pbx.caller_hangs_up(contact)
    (call,) = await turn(centre)
    assert (call.number, await member(centre)) == (NOAH, (RESERVED, True, "callback"))


async def test_a_customer_who_talks_is_called_when_that_talk_has_ended(centre: Centre) -> None:
    """With another agent than the one who would be free for them."""
    contact = await centre.talk(NOAH)
    await promise(centre, queue="sales")
    await centre.ready("daniel")
    assert await turn(centre) == []
    centre.pbx.caller_hangs_up(contact)
    assert len(await turn(centre)) == 1


async def test_who_calls_from_elsewhere_keeps_nobody_from_being_called(centre: Centre) -> None:
    await centre.talk("+972505559999")
    await promise(centre)
    await centre.ready("daniel")
    assert len(await turn(centre)) == 1
