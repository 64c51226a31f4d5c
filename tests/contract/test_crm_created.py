"""Customers that agents create: in every CRM whose settings allow it, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.adapters.builtin_crm import BuiltinCrm
from hub.ports.crm import CrmError, CrmRefused, NewCustomer
from hub.remote_crms import remote_crm
from tests.contract.crms import COUNTRY, REMOTE, Remote, World, builtin, keyless, remote, settings_of
from tests.stubs.crm_server import HTML, Answer

NOBODY = "+972505559999"


async def test_a_customer_is_created_and_found_by_id_and_by_number(world: World) -> None:
    before = await world.people()
    assert world.crm.creates
    made = await world.crm.create_customer(NewCustomer("דנה כהן לוי", NOBODY), "key-new")
    card = await world.crm.card(made)
    assert card is not None
    assert (card.customer, card.name, card.numbers) == (made, "דנה כהן לוי", (NOBODY,))
    assert [one.customer for one in await world.crm.find(NOBODY)] == [made]
    assert await world.people() == before + 1


async def test_who_was_created_under_a_key_is_found_by_it_or_may_be_asked_for_again(world: World) -> None:
    key, dana = "yael key/1?", NewCustomer("Dana Cohen", NOBODY)
    before = await world.people()
    assert await world.crm.created(key) == ""
    made = await world.crm.create_customer(dana, key)
    known = await world.crm.created(key)
    assert (known or await world.crm.create_customer(dana, key)) == made
    assert await world.crm.created("yael key/2?") == ""
    assert await world.people() == before + 1


async def test_without_a_place_for_keys_nobody_can_tell_who_was_created(far: Remote) -> None:
    assert await keyless(far).created("yael key-1") is None
    assert far.api.asked == []


async def test_a_customer_may_have_one_name_and_no_number(world: World) -> None:
    made = await world.crm.create_customer(NewCustomer("Cher", ""), "key-new")
    card = await world.crm.card(made)
    assert card is not None
    assert (card.name.strip(), card.numbers) == ("Cher", ())


@pytest.mark.parametrize("said", [Answer(0, taken=True), Answer(500, HTML, taken=True)])
async def test_who_is_created_is_asked_for_once(far: Remote, said: Answer) -> None:
    far.api.troubles.append(said)
    with pytest.raises(CrmError):
        await far.crm.create_customer(NewCustomer("Dana Cohen", NOBODY), "key-new")
    assert len(far.api.created) == 1


@pytest.mark.parametrize("kind", REMOTE)
async def test_without_a_setting_nobody_is_created(kind: str) -> None:
    async with remote(kind) as far:
        named = {"create_customer": None} if kind == "rest" else {"create": False}
        crm = remote_crm(settings_of(kind, far.api.address).model_copy(update=named), COUNTRY)
        assert not crm.creates
        with pytest.raises(CrmRefused, match="settings"):
            await crm.create_customer(NewCustomer("Dana Cohen", NOBODY), "key-new")
        assert far.api.asked == []
        await crm.close()


async def test_a_hub_whose_settings_say_so_creates_nobody_in_its_own_database(tmp_path: Path) -> None:
    async with builtin(tmp_path) as world:
        assert isinstance(world.crm, BuiltinCrm)
        crm, before = replace(world.crm, creates=False), await world.people()
        with pytest.raises(CrmRefused, match="settings"):
            await crm.create_customer(NewCustomer("Dana Cohen", NOBODY), "key-new")
        assert await world.people() == before
