"""A company's own CRM: proofs, tokens that end, pages, templates and keys, as the settings describe them."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.crm_http import Traffic
from hub.ports.crm import CrmBusy, CrmDenied, CrmGarbled, CrmNotReached, CrmRefused, NewCustomer, Note
from hub.remote_crms import remote_crm
from tests.contract.crms import COUNTRY, Remote, remote, rest_settings
from tests.pbx.certificates import make_certificates
from tests.stubs.crm_server import SECRET, Answer, Person
from tests.stubs.rest_crm import CLIENT, rest_crm

NOAH = "+972505550101"
BASIC = base64.b64encode(f"moked:{SECRET}".encode()).decode()
NOTE = Note(datetime(2026, 11, 22, 9, tzinfo=UTC), "Yael", "text")
MANY = [Person(f"20{place}", "A", f"B{place}", ["+972505550177"]) for place in range(9)]


def _oauth2(address: str, **more: Any) -> dict[str, Any]:
    return {"kind": "oauth2", "token_address": f"{address}/oauth/token", "client_id": CLIENT, **more}


@pytest.mark.parametrize(
    ("auth", "proof"),
    [
        ({"kind": "bearer"}, {"authorization": f"Bearer {SECRET}"}),
        ({"kind": "header", "header": "X-Api-Key"}, {"x-api-key": SECRET}),
        ({"kind": "basic", "user": "moked"}, {"authorization": f"Basic {BASIC}"}),
    ],
)
async def test_each_kind_of_proof_lets_the_hub_in(auth: dict[str, str], proof: dict[str, str]) -> None:
    seen: list[Traffic] = []
    async with remote("rest", auth=auth, watch=seen.append) as far:
        assert len(await far.crm.find(NOAH)) == 1
        for asked in far.api.asked:
            told = {name: asked.headers.get(name) for name in ("authorization", "x-api-key")}
            assert {name: value for name, value in told.items() if value} == proof
        far.api.broken["/v1/"] = Answer(422, f'{{"message": "{SECRET} or {BASIC} may not do this"}}')
        with pytest.raises(CrmRefused, match="••• or") as refused:
            await far.crm.find(NOAH)
    assert SECRET not in repr(seen) + str(refused.value)
    assert auth["kind"] != "basic" or BASIC not in repr(seen) + str(refused.value)


async def test_a_key_with_spaces_is_masked_whole() -> None:
    seen: list[Traffic] = []
    auth, key = {"kind": "header", "header": "X-Api-Key"}, "Token one two"
    async with remote("rest", secret=key, auth=auth, watch=seen.append) as far:
        with pytest.raises(CrmDenied):
            await far.crm.find(NOAH)
        assert far.api.asked[-1].headers["x-api-key"] == key
    assert not {"one", "two"} & set(repr(seen).split())


def _with_oauth2(far: Remote, **more: Any) -> Remote:
    settings = rest_settings(far.api.address, auth=_oauth2(far.api.address, **more))
    return Remote(remote_crm(settings, COUNTRY, far.api.told.setdefault("seen", []).append), far.api)


@pytest.mark.parametrize("in_body", [False, True])
async def test_a_token_is_asked_for_once_and_kept(in_body: bool) -> None:
    async with remote("rest") as opened:
        far = _with_oauth2(opened, in_body=in_body)
        found = await asyncio.gather(*(far.crm.find(NOAH) for _ in range(8)))
        assert {len(cards) for cards in found} == {1}
        assert len(far.api.told["given"]) == 1
        shown = repr(far.api.told["seen"])
        assert SECRET not in shown
        assert "token-1" not in shown
        await far.crm.close()


async def test_a_token_that_is_not_accepted_any_more_is_renewed_at_once() -> None:
    async with remote("rest") as opened:
        far = _with_oauth2(opened)
        await far.crm.find(NOAH)
        far.api.told["tokens"].clear()
        assert len(await far.crm.find(NOAH)) == 1
        far.api.told["tokens"].clear()
        assert await far.crm.add_note("1001", NOTE, "key-1")
        assert len(far.api.told["given"]) == 3
        assert len(far.api.written) == 1
        await far.crm.close()


async def test_a_token_is_not_used_to_its_last_second() -> None:
    async with remote("rest") as opened:
        far = _with_oauth2(opened)
        far.api.told["life"] = 0.001
        await far.crm.find(NOAH)
        await far.crm.find(NOAH)
        assert len(far.api.told["given"]) >= 2
        await far.crm.close()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Answer(401, '{"error": "invalid_client"}'), CrmDenied),
        (Answer(400, '{"error": "invalid_scope"}'), CrmDenied),
        (Answer(200, '{"access_token": "two words"}'), CrmGarbled),
        (Answer(200, '{"access_token": "a\\r\\nX-Evil: 1"}'), CrmGarbled),
        (Answer(200, "<html>"), CrmGarbled),
        (Answer(302, "", {"Location": "http://127.0.0.1:9/"}), CrmDenied),
    ],
)
async def test_a_login_that_gives_no_token_is_told(said: Answer, error: type[Exception]) -> None:
    async with remote("rest") as opened:
        far = _with_oauth2(opened)
        far.api.broken["/oauth/token"] = said
        with pytest.raises(error):
            await far.crm.find(NOAH)
        assert all(one.path == "/oauth/token" for one in far.api.asked)
        await far.crm.close()


@pytest.mark.parametrize("by_cursor", [False, True])
async def test_all_pages_are_read(by_cursor: bool) -> None:
    async with remote("rest") as far:
        far.api.people.update({one.id: one for one in MANY[:5]})
        for one in MANY[:5]:
            one.reference = "88"
        cards = await (far.crm.named("88") if by_cursor else far.crm.find("+972505550177"))
        assert [card.customer for card in cards] == [one.id for one in MANY[:5]]


async def test_pages_without_end_are_left() -> None:
    async with remote("rest") as far:
        more = '{"data": [{"id": "1001", "name": {}, "phones": []}], "next": "/v1/customers?phone=1&page=1"}'
        far.api.broken["/v1/customers"] = Answer(200, more)
        await far.crm.find(NOAH)
        assert len([one for one in far.api.asked if one.path == "/v1/customers"]) == 5


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:9/v1", "//evil.example/v1", "https://evil.example/", "http://["]
)
async def test_a_next_page_elsewhere_is_not_asked_for(to: str) -> None:
    async with remote("rest") as far:
        far.api.broken["/v1/customers"] = Answer(200, f'{{"data": [], "next": "{to}"}}')
        with pytest.raises((CrmDenied, CrmGarbled)):
            await far.crm.find(NOAH)
        assert len(far.api.asked) == 1


async def test_what_is_filled_in_is_data() -> None:
    async with remote("rest") as far:
        name = "a&ref=4711/../#?{customer} עברית"
        assert await far.crm.search(name) == ()
        assert far.api.asked[-1].query == {"q": name}
        far.api.people["C 10/7?"] = Person("C 10/7?", "Zoe", "Zed", ["+972505550188"])
        (card,) = await far.crm.find("+972505550188")
        assert card.customer == "C 10/7?"
        await far.crm.add_note(card.customer, Note(NOTE.at, "Yael", '{customer} "} {"key": 1'), "key-1")
        (written,) = far.api.written
        assert (written.customer, written.words.partition(" 2026")[0]) == (
            "C 10/7?",
            '{customer} "} {"key": 1',
        )


async def test_the_same_key_is_written_once_and_may_be_asked_again() -> None:
    async with remote("rest") as far:
        far.api.troubles.append(Answer(0, taken=True))
        with pytest.raises(CrmBusy):
            await far.crm.add_note("1001", NOTE, "key-1")
        assert await far.crm.add_note("1001", NOTE, "key-1") == "n-key-1"
        assert len(far.api.written) == 1


async def test_the_same_key_creates_one_customer() -> None:
    async with remote("rest") as far:
        far.api.troubles.append(Answer(0, taken=True))
        with pytest.raises(CrmBusy):
            await far.crm.create_customer(NewCustomer("Dana Cohen", NOAH), "key-1")
        made = await far.crm.create_customer(NewCustomer("Dana Cohen", NOAH), "key-1")
        assert [one.id for one in far.api.created] == [made]


async def test_what_the_settings_do_not_describe_is_refused() -> None:
    async with remote("rest", add_note=None, by_name=None, by_digits=None) as far:
        with pytest.raises(CrmRefused, match="settings"):
            await far.crm.add_note("1001", NOTE, "key-1")
        assert await far.crm.search("Levi") == ()
        assert await far.crm.named("4711") == ()
        assert far.api.asked == []


async def test_a_crm_that_says_404_for_nobody_says_nobody() -> None:
    path = {"path": "/v1/customers/{number}"}
    async with remote("rest", by_number={**path, "none_is_404": True}) as far:
        assert await far.crm.find(NOAH) == ()
    async with remote("rest", by_number=path) as far:
        with pytest.raises(CrmRefused, match="nothing there"):
            await far.crm.find(NOAH)


async def test_a_question_may_have_a_body() -> None:
    async with remote("rest", by_number={"path": "/search", "body": {"phone": ["{number}"], "n": 1}}) as far:
        far.api.troubles.append(Answer(200, "[]"))
        assert await far.crm.find(NOAH) == ()
        assert far.api.asked[-1].json() == {"phone": [NOAH], "n": 1}


async def test_an_answer_without_the_place_is_not_nobody() -> None:
    async with remote("rest") as far:
        far.api.troubles.append(Answer(200, '{"error": "maintenance"}'))
        with pytest.raises(CrmGarbled, match="items"):
            await far.crm.find(NOAH)


@pytest.mark.parametrize("trusted", [False, True])
async def test_a_certificate_is_checked(tmp_path: Path, trusted: bool) -> None:
    """Of an authority that nobody knows, the server is not asked; ``ca_file`` makes it known."""
    files = make_certificates(tmp_path)
    with rest_crm(certificate=files) as api:
        settings = rest_settings(api.address, ca_file=files.ca if trusted else None)
        crm = remote_crm(settings, COUNTRY)
        if trusted:
            assert len(await crm.find(NOAH)) == 1
        else:
            with pytest.raises(CrmNotReached, match="certificate"):
                await crm.find(NOAH)
            assert api.asked == []
        await crm.close()
