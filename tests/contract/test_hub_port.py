"""One suite for whatever fills ``HubPort``: the stub that desk tests stand on, and HTTP to the real hub."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import URL

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubError, HubRefused, HubUnreachable
from hub import contract as c
from tests.contract.hub_centres import NUMBER, HubCentre, real_centre, stub_centre
from tests.databases import databases_of


@pytest.fixture(params=["stub", "sqlite", "postgres"])
async def centre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HubCentre]:
    """The stub, and the real hub on either database."""
    if request.param == "stub":
        async with stub_centre() as one:
            yield one
        return
    kind = databases_of(request, tmp_path_factory)
    url = kind.empty()
    async with real_centre(url) as one:
        yield one
    kind.drop(url)


class Following:
    """The stream of events, read beside the test."""

    def __init__(self, centre: HubCentre, cursor: str) -> None:
        self._seen: asyncio.Queue[c.HubEvent | HubError] = asyncio.Queue()
        self._task = asyncio.create_task(self._read(centre, cursor))

    async def _read(self, centre: HubCentre, cursor: str) -> None:
        try:
            async for event in centre.port.events(cursor):
                self._seen.put_nowait(event)
        except HubError as error:
            self._seen.put_nowait(error)

    async def next(self, kind: str) -> c.HubEvent:
        """The next event of this kind; others may come between."""
        async with asyncio.timeout(20):
            while True:
                event = await self._seen.get()
                if isinstance(event, HubError):
                    raise event
                if event.kind == kind:
                    return event

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def following(centre: HubCentre) -> AsyncIterator[Following]:
    stream = Following(centre, (await centre.port.snapshot()).cursor)
    yield stream
    await stream.end()


async def test_a_contact_from_offer_to_wrap_up(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    offered = await following.next("offered")
    assert isinstance(offered, c.OfferedEvent)
    assert (offered.offer.contact, offered.offer.queue) == (contact, "support")
    centre.agent_answers(contact)
    connected = await following.next("connected")
    assert isinstance(connected, c.ConnectedEvent)
    assert connected.contact == contact
    card = await centre.port.card(contact)
    if card.status is c.CardStatus.PENDING:
        arrived = await following.next("card")
        assert isinstance(arrived, c.CardEvent)
        card = arrived.card
    assert (card.contact, card.status) == (contact, c.CardStatus.FOUND)
    script = await centre.port.script(contact, "en")
    assert script.language == "en"
    assert script.steps
    progress = c.ScriptProgress(script=script.id, revision=script.revision, done=(script.steps[0].id,))
    await centre.port.save_progress(contact, progress)
    await centre.port.save_note(contact, c.NoteDraft(text="half a"))
    centre.caller_hangs_up(contact)
    ended = await following.next("contact_ended")
    assert isinstance(ended, c.ContactEndedEvent)
    further = progress.model_copy(update={"done": (*progress.done, "and_so_on")})
    wrap_up = c.WrapUp(note="half a note, then all", disposition="solved", script=further)
    record = await centre.port.wrap_up(contact, wrap_up, uuid.uuid4().hex)
    assert (record.note, record.disposition, record.script) == (wrap_up.note, "solved", further)
    assert (await centre.port.snapshot()).contacts == ()


async def test_a_snapshot_holds_what_is_open(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    (told,) = (await centre.port.snapshot()).contacts
    assert (told.offer.contact, told.phase) == (contact, "offered")
    centre.agent_answers(contact)
    await following.next("connected")
    (told,) = (await centre.port.snapshot()).contacts
    assert told.phase == "talking"


async def test_a_caller_who_gives_up_takes_the_offer_along(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.caller_hangs_up(contact)
    ended = await following.next("offer_ended")
    assert isinstance(ended, c.OfferEndedEvent)
    assert (ended.contact, ended.abandoned) == (contact, True)


async def test_a_wrap_up_sent_twice_is_stored_once(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.agent_answers(contact)
    await following.next("connected")
    centre.caller_hangs_up(contact)
    await following.next("contact_ended")
    wrap_up, key = c.WrapUp(note="once", disposition="solved"), uuid.uuid4().hex
    first = await centre.port.wrap_up(contact, wrap_up, key)
    assert await centre.port.wrap_up(contact, wrap_up, key) == first


async def test_what_is_noted_of_a_missed_caller_is_kept_once_and_is_in_the_history(
    centre: HubCentre, following: Following
) -> None:
    gone = await centre.caller_rings()
    await following.next("offered")
    centre.caller_hangs_up(gone)
    await following.next("offer_ended")
    left, key = c.WrapUp(note="Wants the umbrella back", disposition="", missed=True), uuid.uuid4().hex
    first = await centre.port.wrap_up(gone, left, key)
    assert (first.contact, first.note, first.disposition) == (gone, left.note, "")
    assert await centre.port.wrap_up(gone, left, key) == first
    (found,) = (await centre.port.history(c.HistoryRequest(words="umbrella"))).calls
    assert (found.contact, found.kind, found.note) == (gone, "missed", left.note)


async def test_a_number_dialled_in_vain_is_told_and_noted_with_its_end(
    centre: HubCentre, following: Following
) -> None:
    contact = centre.dials_in_vain()
    told = await following.next("dial_failed")
    assert isinstance(told, c.DialFailedEvent)
    assert (told.offer.contact, told.offer.queue, told.end) == (contact, "", "busy")
    left = c.WrapUp(note="Ask the umbrella shop", disposition="", missed=True)
    assert (await centre.port.wrap_up(contact, left, uuid.uuid4().hex)).note == left.note
    (found,) = (await centre.port.history(c.HistoryRequest(words="umbrella"))).calls
    assert (found.contact, found.kind, found.ended, found.note) == (contact, "dialled", "busy", left.note)


async def test_who_gave_up_here_and_who_was_talked_with_are_in_the_history(
    centre: HubCentre, following: Following
) -> None:
    gone = await centre.caller_rings()
    await following.next("offered")
    centre.caller_hangs_up(gone)
    await following.next("offer_ended")
    (missed,) = (await centre.port.history(c.HistoryRequest())).calls
    assert (missed.contact, missed.kind, missed.ended) == (gone, "missed", "abandoned")
    assert (await centre.port.history(c.HistoryRequest(words="umbrella"))).calls == ()
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.agent_answers(contact)
    await following.next("connected")
    centre.caller_hangs_up(contact)
    await following.next("contact_ended")
    wrap_up = c.WrapUp(note="Wants an umbrella", disposition="solved")
    await centre.port.wrap_up(contact, wrap_up, uuid.uuid4().hex)
    (found,) = (await centre.port.history(c.HistoryRequest(words="umbrella"))).calls
    assert (found.contact, found.kind, found.note, found.disposition) == (
        *(contact, "answered"),
        *(wrap_up.note, "solved"),
    )
    first = await centre.port.history(c.HistoryRequest(limit=1))
    assert len(first.calls) == 1
    rest = await centre.port.history(c.HistoryRequest(before=first.next))
    assert (len(rest.calls), rest.next) == (1, "")


ASKED = c.CallbackRequest(queue="support", numbers=("+972505550101",), name="Noa", minutes=30, words="price")


async def test_a_callback_is_promised_told_and_taken_back(centre: HubCentre, following: Following) -> None:
    made = await centre.port.callbacks.promise(ASKED, uuid.uuid4().hex)
    assert (made.numbers, made.name, made.words, made.state) == (("+972505550101",), "Noa", "price", "open")
    told = await following.next("callback")
    assert isinstance(told, c.CallbackEvent)
    assert told.callback == made
    taken = await centre.port.snapshot()
    assert taken.me.calls_back
    assert taken.callbacks == (made,)
    await centre.port.callbacks.cancel(made.id)
    told = await following.next("callback")
    assert isinstance(told, c.CallbackEvent)
    assert (told.callback.id, told.callback.state) == (made.id, "cancelled")
    assert (await centre.port.snapshot()).callbacks == ()


async def test_a_callback_at_a_time_is_kept_for_who_promised_it(centre: HubCentre) -> None:
    at = (datetime.now(UTC) + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    asked = ASKED.model_copy(update={"at": at, "minutes": 0, "mine": True})
    made = await centre.port.callbacks.promise(asked, uuid.uuid4().hex)
    agent = (await centre.port.snapshot()).me.agent
    assert (made.promised, made.agent, made.made_by) == (at, agent, agent)


async def test_a_callback_sent_twice_is_made_once(centre: HubCentre) -> None:
    key = uuid.uuid4().hex
    made = await centre.port.callbacks.promise(ASKED, key)
    assert await centre.port.callbacks.promise(ASKED, key) == made
    with pytest.raises(HubRefused, match="another callback"):
        await centre.port.callbacks.promise(ASKED.model_copy(update={"minutes": 5}), key)
    with pytest.raises(HubRefused, match="already"):
        await centre.port.callbacks.promise(ASKED, uuid.uuid4().hex)
    assert (await centre.port.snapshot()).callbacks == (made,)


async def test_a_callback_that_cannot_be_is_refused_in_words(centre: HubCentre) -> None:
    with pytest.raises(HubRefused, match="no such queue"):
        await centre.port.callbacks.promise(ASKED.model_copy(update={"queue": "nowhere"}), uuid.uuid4().hex)
    for name in ("not-mine", "../me#", "a/b?c"):
        with pytest.raises(HubRefused) as refused:
            await centre.port.callbacks.cancel(name)
        assert "version" not in str(refused.value)


async def test_presence_is_what_was_chosen(centre: HubCentre) -> None:
    me = await centre.port.set_presence(c.Presence.AWAY, "lunch")
    assert (me.presence, me.reason) == (c.Presence.AWAY, "lunch")
    assert (await centre.port.snapshot()).me.presence is c.Presence.AWAY


async def test_the_directory_comes_with_the_stream_and_then_who_stands_otherwise(
    centre: HubCentre, following: Following
) -> None:
    whole = await following.next("directory")
    assert isinstance(whole, c.DirectoryEvent)
    agent = (await centre.port.snapshot()).me.agent
    assert whole.whole
    assert agent in {one.agent for one in whole.colleagues}
    assert len(whole.colleagues) > 1
    assert ("701", "queue") in {(one.number, one.kind) for one in whole.entries}
    await centre.port.set_presence(c.Presence.AWAY, "on a walk with the dog")
    changed = await following.next("directory")
    assert isinstance(changed, c.DirectoryEvent)
    assert (changed.whole, changed.entries) == (False, ())
    (told,) = changed.colleagues
    assert (told.agent, told.presence, told.reason) == (agent, c.Presence.AWAY, "")


@pytest.mark.parametrize("contact", ["not-mine", "../me#", "a/b?c#d", "."])
async def test_what_is_not_ours_is_refused(centre: HubCentre, contact: str) -> None:
    """The id came in a SIP header: whatever is in it, no other route is reached and answers."""
    with pytest.raises(HubRefused) as refused:
        await centre.port.card(contact)
    assert "version" not in str(refused.value)
    with pytest.raises(HubRefused):
        await centre.port.script(contact, "en")
    with pytest.raises(HubRefused):
        await centre.port.save_note(contact, c.NoteDraft(text="x"))


async def test_a_hub_that_goes_away_is_unreachable(centre: HubCentre, following: Following) -> None:
    await centre.goes_down()
    with pytest.raises(HubUnreachable):
        await following.next("never")
    with pytest.raises(HubUnreachable):
        await centre.port.snapshot()


async def test_a_wrong_token_is_refused_in_words(empty_database: URL) -> None:
    async with real_centre(empty_database) as centre:
        assert isinstance(centre.port, HttpHub)
        address = centre.port.address
        assert address is not None

        async def locate() -> HubAddress:
            return HubAddress(address.url, "another-token-that-nobody-gave-out")

        stranger = HttpHub(locate)
        with pytest.raises(HubRefused, match="not enrolled"):
            await stranger.snapshot()
        await stranger.close()


async def test_the_card_is_the_customers_of_this_number(empty_database: URL) -> None:
    async with real_centre(empty_database) as centre:
        stream = Following(centre, (await centre.port.snapshot()).cursor)
        contact = await centre.caller_rings()
        await stream.next("offered")
        card = await centre.port.card(contact)
        assert card.number.endswith(NUMBER.lstrip("0"))
        await stream.end()


async def test_a_customer_is_found_by_name_and_linked(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.agent_answers(contact)
    await following.next("connected")
    name = centre.another
    (found,) = (await centre.port.customers.find(contact, name.split()[0])).customers
    assert found.name == name
    linked = await centre.port.customers.link(contact, found.customer)
    assert (linked.contact, linked.status) == (contact, c.CardStatus.FOUND)
    assert linked.cards[0].customer == found.customer
    while True:
        arrived = await following.next("card")
        assert isinstance(arrived, c.CardEvent)
        if arrived.card.cards and arrived.card.cards[0].customer == found.customer:
            return


async def test_nobody_is_linked_whom_the_crm_does_not_have(centre: HubCentre, following: Following) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.agent_answers(contact)
    await following.next("connected")
    assert (await centre.port.customers.find(contact, "Nobody-Of-This-Name")).customers == ()
    with pytest.raises(HubRefused, match="no such customer"):
        await centre.port.customers.link(contact, "C-9999")


async def test_a_customer_is_created_once_for_a_key_and_linked(
    centre: HubCentre, following: Following
) -> None:
    contact = await centre.caller_rings()
    await following.next("offered")
    centre.agent_answers(contact)
    await following.next("connected")
    new, key = c.CustomerNew(name="Dana Cohen", number="050-555-9999"), uuid.uuid4().hex
    first = await centre.port.customers.create(contact, new, key)
    again = await centre.port.customers.create(contact, new, key)
    assert (first.status, first.cards[0].name) == (c.CardStatus.FOUND, "Dana Cohen")
    assert again.cards[0].customer == first.cards[0].customer
    found = await centre.port.customers.find(contact, "Dana Cohen")
    assert [one.customer for one in found.customers] == [first.cards[0].customer]
