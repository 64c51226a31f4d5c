"""CRMs: one suite for the built-in one, HubSpot, Odoo and a company's own that answers in JSON."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.adapters.crm_http import Traffic
from hub.contract import Card, FieldKind
from hub.ports.crm import (
    Crm,
    CrmBusy,
    CrmDenied,
    CrmDown,
    CrmError,
    CrmGarbled,
    CrmNotReached,
    CrmRefused,
    CrmTimeout,
    LoggedContact,
    Note,
    Task,
)
from hub.remote_crms import remote_crm
from tests.contract.crms import (
    COUNTRY,
    LIMIT,
    REMOTE,
    Remote,
    World,
    hubspot_settings,
    remote,
)
from tests.pbx.centre import free_port
from tests.stubs.crm_server import HTML, SECRET, Answer, Person

NOAH, SHARED, NOBODY, EVIL = "+972505550101", "+97235550112", "+972505559999", "+972505550166"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CALL = LoggedContact(AT, NOAH, "Support", "Yael", 125, "Solved", "wants <b>fibre</b> & more\nשורה שנייה")

Write = Callable[[Crm, str], Awaitable[str]]


async def _log(crm: Crm, customer: str) -> str:
    return await crm.log_contact(customer, CALL, "key-1")


async def _note(crm: Crm, customer: str) -> str:
    return await crm.add_note(customer, Note(AT, "Yael", "an umbrella was left"), "key-2")


async def _task(crm: Crm, customer: str) -> str:
    return await crm.create_task(customer, Task(AT, AT, "Call back", "about the umbrella"), "key-3")


WRITES = pytest.mark.parametrize("write", [_log, _note, _task])


def _ids(cards: tuple[Card, ...]) -> list[str]:
    return sorted(card.customer for card in cards)


async def test_a_number_finds_the_customer_with_all_that_is_known_of_them(world: World) -> None:
    (card,) = await world.crm.find(NOAH)
    assert (card.customer, card.name, card.language) == ("1001", "נועה ברק", "he")
    assert (card.city, card.segment) == ("חיפה", "gold")
    assert card.numbers == (NOAH, "+97235550199")
    (matter,) = card.matters
    assert (matter.title, matter.status) == ("הנתב מאתחל את עצמו", "ממתין")
    assert matter.opened == datetime(2026, 5, 12, 9, tzinfo=UTC)
    (past,) = card.history
    assert (past.summary.strip(), past.at) == ("ביקשה הצעת מחיר", datetime(2026, 5, 12, 9, tzinfo=UTC))
    assert card.facts["first_name"] == "נועה"
    assert card.facts["customer_number"] == "4711"
    assert card.missing == ""


async def test_money_and_dates_are_told_as_what_they_are(world: World) -> None:
    (card,) = await world.crm.find(NOAH)
    balance, renewal = card.fields
    assert (balance.label, balance.kind, balance.currency) == ("Balance", FieldKind.MONEY, "ILS")
    assert float(balance.value) == -1234.5
    assert (renewal.value, renewal.kind) == ("2026-11-28", FieldKind.DATE)


async def test_money_in_no_currency_stands_as_it_is_written(world: World) -> None:
    (card,) = await world.crm.find(EVIL)
    assert {one.kind for one in card.fields} == {FieldKind.TEXT}


async def test_a_shared_number_finds_everybody_who_has_it(world: World) -> None:
    assert _ids(await world.crm.find(SHARED)) == ["1002", "1003"]


async def test_the_same_digits_in_another_country_are_somebody_else(far: Remote) -> None:
    far.api.people["1005"] = Person("1005", "Jo", "Bloggs", ["+44505550101"])
    assert _ids(await far.crm.find(NOAH)) == ["1001"]


@pytest.mark.parametrize("numbers", [["*2700", "+97235550155"], ["+97235550155", "*2700"]])
async def test_a_short_code_that_is_a_customers_finds_them(far: Remote, numbers: list[str]) -> None:
    far.api.people["1005"] = Person("1005", "Jo", "Bloggs", numbers)
    assert _ids(await far.crm.find("*2700")) == ["1005"]


@pytest.mark.parametrize("kind", ["hubspot", "odoo"])
async def test_of_very_many_earlier_contacts_the_newest_are_on_the_card(kind: str) -> None:
    """More than one request brings. A company's own CRM says itself in which order it tells them."""
    async with remote(kind) as far:
        far.api.people["1001"].past = [(AT + timedelta(days=day), f"day {day}") for day in range(130)]
        (card,) = await far.crm.find(NOAH)
    assert [past.summary.strip() for past in card.history] == [f"day {day}" for day in range(129, 109, -1)]


@pytest.mark.parametrize("number", [NOBODY, "*1234", "100", "+1"])
async def test_an_unknown_number_finds_nobody_and_makes_nobody(world: World, number: str) -> None:
    before = await world.people()
    assert await world.crm.find(number) == ()
    assert await world.people() == before


async def test_a_name_finds_customers(world: World) -> None:
    assert _ids(await world.crm.search("נועה ברק")) == ["1001"]
    assert _ids(await world.crm.search("Levi")) == ["1002", "1003"]
    assert _ids(await world.crm.search("Levi Dan")) == ["1002"]
    assert await world.crm.search("nobody at all") == ()


async def test_an_id_finds_the_card(world: World) -> None:
    card = await world.crm.card("1001")
    assert card is not None
    assert (card.name, len(card.matters), len(card.history)) == ("נועה ברק", 1, 1)


@pytest.mark.parametrize("name", ["7", "", "x/../../y", "1001/notes", "9" * 60, "١٠٠١", "true"])
async def test_an_id_of_nobody_is_nobodys(world: World, name: str) -> None:
    assert await world.crm.card(name) is None


async def test_digits_that_a_caller_types_find_the_customer(world: World) -> None:
    typed = "1001" if not isinstance(world, Remote) else "4711"
    assert _ids(await world.crm.named(typed)) == ["1001"]
    assert await world.crm.named("99999") == ()


@WRITES
async def test_what_is_written_is_there_and_has_an_id(world: World, write: Write) -> None:
    before = await world.words("1001")
    assert await write(world.crm, "1001")
    (words,) = set(await world.words("1001")).difference(before)
    wanted: dict[Write, str] = {_log: "fibre", _note: "an umbrella was left", _task: "about the umbrella"}
    assert wanted[write] in words
    assert await world.words("1002") == []


@pytest.mark.parametrize("kind", ["hubspot", "odoo"])
async def test_what_an_agent_writes_is_text_where_the_crm_takes_html(kind: str) -> None:
    async with remote(kind) as far:
        await _log(far.crm, "1001")
        (words,) = await far.words("1001")
        assert "wants &lt;b&gt;fibre&lt;/b&gt; &amp; more<br>שורה שנייה" in words


@WRITES
async def test_nothing_is_written_of_whom_the_crm_does_not_have(world: World, write: Write) -> None:
    before = await world.people()
    for customer in ("7777", "0", "1001 1002"):
        with pytest.raises(CrmRefused):
            await write(world.crm, customer)
    assert await world.people() == before


async def test_hostile_text_is_plain_and_short_in_every_field(world: World) -> None:
    (card,) = await world.crm.find(EVIL)
    texts = [card.name, card.city, card.segment, card.language, *card.numbers, *card.facts.values()]
    texts += [text for matter in card.matters for text in (matter.reference, matter.title, matter.status)]
    texts += [text for past in card.history for text in (past.channel, past.summary, past.agent)]
    texts += [text for one in card.fields for text in (one.label, one.value)]
    for text in texts:
        assert len(text) <= 300
        assert all(unicodedata.category(sign) not in {"Cc", "Cf"} for sign in text), text
    assert EVIL in card.numbers
    assert all(re.fullmatch(r"[+0-9]+", number) for number in card.numbers)
    assert "[bold red]" in card.name, "brackets are text, and stay"


async def test_the_crm_is_well_as_long_as_it_answers(far: Remote) -> None:
    assert await far.crm.healthy()
    far.api.broken["/"] = Answer(500)
    with pytest.raises(CrmDown):
        await far.crm.find(NOAH)
    assert not await far.crm.healthy()
    far.api.broken.clear()
    assert len(await far.crm.find(NOAH)) == 1
    assert await far.crm.healthy()


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (Answer(401, HTML), CrmDenied, "does not let the hub in"),
        (Answer(403, "{}"), CrmDenied, "does not let the hub in"),
        (Answer(500, HTML), CrmDown, "a fault of its own"),
        (Answer(502, ""), CrmDown, "a fault of its own"),
        (Answer(503, "", {"Retry-After": "7"}), CrmBusy, "no more questions"),
        (Answer(429, "{}", {"Retry-After": "7"}), CrmBusy, "no more questions"),
        (Answer(200, HTML, {"Content-Type": "text/html"}), CrmGarbled, "with a page"),
        (Answer(200, '{"results": [{"id": "1", "prop'), CrmGarbled, "cannot be read"),
        (Answer(200, "[" * 100_000), CrmGarbled, "cannot be read"),
        (Answer(200, '[{"id": NaN}]'), CrmGarbled, "cannot be read"),
        (Answer(200, "1" * 5000), CrmGarbled, "CRM|HubSpot|Odoo"),
        (Answer(200, b"\xff\xfe\x00{}"), CrmGarbled, "cannot be read"),
        (Answer(200, b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"}), CrmGarbled, "compressed"),
        (Answer(200, "x" * 10_000_000), CrmGarbled, "more than 1024 kB"),
        (Answer(200, '[{"id": {"a": 1}}, {"id": false}, {}]'), CrmGarbled, "CRM|HubSpot|Odoo"),
        (
            Answer(200, '{"results": [{"id": "1\\u202e"}], "data": [{"id": "\\u001b[2J"}]}'),
            CrmGarbled,
            "CRM|HubSpot|Odoo",
        ),
        (Answer(400, '{"message": "no \\u001b[2J' + "x" * 5000 + '"}'), CrmRefused, "refuses this"),
        (Answer(0), CrmDown, "broke off"),
    ],
)
async def test_whatever_it_says_is_an_error_with_words(
    far: Remote, said: Answer, error: type[CrmError], words: str
) -> None:
    far.api.broken["/"] = said
    with pytest.raises(error, match=words) as raised:
        await far.crm.find(NOAH)
    told = str(raised.value)
    assert told
    assert len(told) < 400
    assert told.isprintable()
    far.api.broken.clear()


async def test_who_is_asked_too_often_is_left_alone_as_long_as_they_say(far: Remote) -> None:
    far.api.troubles.append(Answer(429, "{}", {"Retry-After": "70"}))
    with pytest.raises(CrmBusy) as busy:
        await far.crm.find(NOAH)
    assert busy.value.after == 70
    asked = len(far.api.asked)
    with pytest.raises(CrmBusy) as still:
        await far.crm.find(NOAH)
    assert 60 < still.value.after <= 70
    assert len(far.api.asked) == asked


@pytest.mark.parametrize("value", ["soon", "-5", "9" * 400, "Sun, 06 Nov 1994 08:49:37 GMT", "²"])
async def test_a_senseless_retry_after_is_no_error_of_the_hubs(far: Remote, value: str) -> None:
    headers = {"Retry-After": value} if value.isascii() else {"Retry-After": "\xb2"}
    far.api.troubles.append(Answer(429, "{}", headers))
    with pytest.raises(CrmBusy) as busy:
        await far.crm.find(NOAH)
    assert 0 <= busy.value.after <= 3600


@pytest.mark.parametrize("kind", REMOTE)
async def test_no_redirect_is_followed(kind: str) -> None:
    async with remote(kind) as far, remote(kind) as other:
        far.api.broken["/"] = Answer(302, HTML, {"Location": f"{other.api.address}/v1?phone=1"})
        with pytest.raises(CrmDenied, match="where it does not go"):
            await far.crm.find(NOAH)
        assert other.api.asked == []


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_crm_that_is_slow_is_given_up_in_time(kind: str) -> None:
    async with remote(kind, limit=0.3) as far:
        far.api.troubles.append(Answer(200, "{}", held=True))
        with pytest.raises(CrmTimeout, match="in time"):
            await far.crm.find(NOAH)


@pytest.mark.parametrize("kind", REMOTE)
async def test_an_answer_that_comes_byte_by_byte_is_given_up_in_time(kind: str) -> None:
    async with remote(kind, limit=0.5) as far:
        far.api.troubles.append(Answer(200, "{", drips=True))
        with pytest.raises(CrmTimeout, match="in time"):
            async with asyncio.timeout(LIMIT):
                await far.crm.find(NOAH)


async def test_where_nobody_listens_nothing_was_asked() -> None:
    crm = remote_crm(hubspot_settings(f"http://127.0.0.1:{free_port()}"), COUNTRY)
    with pytest.raises(CrmNotReached, match="cannot be reached"):
        await crm.find(NOAH)
    with pytest.raises(CrmNotReached):
        await _note(crm, "1001")
    await crm.close()


async def test_a_question_is_asked_again_where_a_server_broke_off(far: Remote) -> None:
    far.api.troubles.append(Answer(0))
    assert len(await far.crm.find(NOAH)) == 1


@WRITES
@pytest.mark.parametrize("said", [Answer(0, taken=True), Answer(500, HTML, taken=True)])
async def test_what_is_written_is_asked_for_once(far: Remote, write: Write, said: Answer) -> None:
    far.api.troubles.append(said)
    with pytest.raises(CrmError):
        await write(far.crm, "1001")
    assert len(far.api.written) == 1


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_card_without_its_matters_says_so(kind: str) -> None:
    path = {"hubspot": "/tickets/", "odoo": "/helpdesk.ticket/", "rest": "/tickets"}[kind]
    async with remote(kind) as far:
        far.api.broken[path] = Answer(500)
        (card,) = await far.crm.find(NOAH)
    assert card.name == "נועה ברק"
    assert (card.matters, len(card.history)) == ((), 1)
    assert "matters: The CRM has a fault of its own" in card.missing.replace("tickets", "matters")


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_card_is_not_kept_back_by_what_stands_beside_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.adapters.crm_details._KEPT_BACK", 0.1)
    path = {"hubspot": "/tickets/", "odoo": "/helpdesk.ticket/", "rest": "/tickets"}[kind]
    async with remote(kind) as far:
        far.api.broken[path] = Answer(200, "{}", held=True)
        async with asyncio.timeout(LIMIT):
            (card,) = await far.crm.find(NOAH)
    assert "in time" in card.missing


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_wrong_secret_is_told_and_in_no_words(kind: str) -> None:
    seen: list[str] = []

    def watch(traffic: Traffic) -> None:
        seen.append(repr(traffic))

    async with remote(kind, secret="another-secret", watch=watch) as far:
        with pytest.raises(CrmDenied) as denied:
            await far.crm.find(NOAH)
        assert "another-secret" not in repr(denied.value) + "".join(seen) + repr(far.crm)
    assert seen


async def test_a_secret_that_the_crm_says_back_is_in_no_words(far: Remote) -> None:
    far.api.broken["/"] = Answer(400, f'{{"message": "the key {SECRET} may not do this"}}')
    with pytest.raises(CrmRefused, match="may not do this") as refused:
        await far.crm.find(NOAH)
    assert SECRET not in str(refused.value)


async def test_it_says_who_asks(far: Remote) -> None:
    await far.crm.find(NOAH)
    assert all(one.headers["user-agent"].startswith("moked/") for one in far.api.asked)


async def test_looking_up_only_reads(far: Remote) -> None:
    await far.crm.find(NOAH)
    await far.crm.search("Levi")
    await far.crm.card("1001")
    assert far.api.written == []


async def test_what_is_found_to_choose_from_asks_for_nothing_beside(far: Remote) -> None:
    """One request, however many are found; the card that is chosen is whole."""
    crm = far.crm
    for ask in (crm.search("Levi"), crm.find(SHARED, whole=False), crm.named("4711", whole=False)):
        far.api.asked.clear()
        cards = await ask
        assert cards
        assert all(card.name and not card.matters and not card.history for card in cards)
        assert len(far.api.asked) == 1
    card = await crm.card("1001")
    assert card is not None
    assert (len(card.matters), len(card.history)) == (1, 1)
    assert len(far.api.asked) > 2


async def test_it_says_that_it_takes_notes_and_tasks(world: World) -> None:
    assert (world.crm.takes_notes, world.crm.takes_tasks) == (True, True)


@pytest.mark.parametrize(
    ("lacks", "write", "takes"),
    [({"add_note": None}, _note, (False, True)), ({"create_task": None}, _task, (True, False))],
)
async def test_a_crm_that_is_described_without_it_says_so_and_is_asked_for_nothing(
    lacks: dict[str, Any], write: Write, takes: tuple[bool, bool]
) -> None:
    async with remote("rest", **lacks) as far:
        assert (far.crm.takes_notes, far.crm.takes_tasks) == takes
        with pytest.raises(CrmRefused, match="settings"):
            await write(far.crm, "1001")
        assert far.api.asked == []
