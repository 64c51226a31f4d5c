"""An offer tells that the centre called the customer, and which promise that keeps."""

from __future__ import annotations

from sqlalchemy.engine import URL

from hub.contract import CallbackView, OfferedEvent
from tests.hub.centre import Centre, Desk, open_centre, sample_settings
from tests.hub.test_callback_calls import promise, turn


async def taken(centre: Centre) -> tuple[CallbackView, str]:
    """A customer who was called back is offered to Yael."""
    await centre.ready("yael")
    made = await promise(centre, words="price of the new plan", mine=True)
    (call,) = await turn(centre)
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    return made, call.contact


async def offered(desk: Desk) -> OfferedEvent:
    return next(one for one in await desk.told() if isinstance(one, OfferedEvent))


async def test_the_offer_of_a_customer_who_is_called_back_tells_the_promise(centre: Centre) -> None:
    yael = await centre.desk("yael")
    made, contact = await taken(centre)
    offer = (await offered(yael)).offer
    assert offer.contact == contact
    assert offer.callback is not None
    assert (offer.callback.id, offer.callback.words, offer.callback.state) == (
        made.id,
        made.words,
        "dialling",
    )
    centre.pbx.agent_answers("1001")
    await centre.settle()
    (open_contact,) = (await yael.snapshot()).contacts
    assert open_contact.offer.callback == offer.callback, "while they talk, too"


async def test_who_calls_by_themselves_is_no_callback(centre: Centre) -> None:
    yael = await centre.desk("yael")
    await centre.ready("yael")
    centre.pbx.caller_joins("support", "0525550102")
    await centre.settle()
    assert (await offered(yael)).offer.callback is None
    assert (await yael.snapshot()).me.calls_back


async def test_a_hub_that_is_started_again_in_the_talk_still_knows_the_promise(database: URL) -> None:
    async with open_centre(database) as centre:
        made, contact = await taken(centre)
        centre.pbx.agent_answers("1001")
        await centre.settle()
        pbx, time = centre.pbx, centre.time
    async with open_centre(database, pbx=pbx, time=time) as centre:
        yael = await centre.desk("yael")
        (open_contact,) = (await yael.snapshot()).contacts
        assert (open_contact.offer.contact, open_contact.phase) == (contact, "talking")
        assert open_contact.offer.callback is not None
        assert (open_contact.offer.callback.id, open_contact.offer.callback.state) == (made.id, "done")


async def test_a_centre_without_callbacks_says_so(database: URL) -> None:
    settings = sample_settings(database)
    without = settings.centre.model_copy(update={"callbacks": None})
    async with open_centre(database, settings=settings.model_copy(update={"centre": without})) as centre:
        assert not (await (await centre.desk("yael")).snapshot()).me.calls_back
