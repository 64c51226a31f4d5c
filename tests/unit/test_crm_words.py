"""What a CRM did not tell, as the agent reads it on the card: in the desk's language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent_tui.screens.views.card import card_page
from agent_tui.text.catalogue import use
from agent_tui.text.others import said
from hub import contract as c
from tests.stubs import desk

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_ENGLISH = re.compile(r"[a-z]{3,}")
TROUBLES = [
    "The CRM cannot be reached",
    "The CRM did not answer in time",
    "The CRM broke off",
    "The CRM's certificate is not valid, or not of an authority that the hub knows",
    "The CRM does not let the hub in (401): its secret or its rights are to be mended",
    "The CRM's login does not accept the hub's id and secret",
    "The CRM takes no more questions for now",
    "The CRM has more open questions than it answers",
    "The CRM has a fault of its own (502)",
    "The CRM refuses this (400)",
    "The CRM answers with a page and not with data",
    "The CRM answers in a form that cannot be read",
    "The CRM answers with more than 1024 kB",
    "The CRM look-up broke",
    "the customer database does not answer",
]


def reads(answer: c.CardAnswer) -> str:
    """The card of the call, in Hebrew, without what the centre calls its queue."""
    use("he")
    first, *others = desk.TALKING.work
    state = replace(desk.TALKING, work=(replace(first, card=answer, offer=None), *others))
    told = "\n".join(cell.text for row in card_page(state, NOON).rows for cell in row.cells)
    return told.replace("Ctrl+N", "")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_why_there_is_no_card_is_told_in_hebrew(trouble: str) -> None:
    words = f"{trouble}: the card is missing and is asked for again."
    down = c.CardAnswer(contact="c-1", number="", status=c.CardStatus.CRM_DOWN, words=words)
    assert not _ENGLISH.search(reads(down))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_is_missing_on_a_card_is_told_in_hebrew(trouble: str) -> None:
    missing = "; ".join(f"{what}: {trouble}" for what in ("open tickets", "open matters", "earlier contacts"))
    card = c.Card(customer="7", name="רות", numbers=(), language="he", missing=missing)
    found = c.CardAnswer(contact="c-1", number="", status=c.CardStatus.FOUND, cards=(card,))
    assert not _ENGLISH.search(reads(found))


@pytest.mark.parametrize(
    "words",
    [
        "You have searched very often; wait some minutes.",
        "The hub could not store it; choose again.",
        "The hub could not store it; try again.",
        "You have created very many customers; wait some minutes.",
        "Type the customer's name.",
        "This is no telephone number.",
        "The CRM has no such customer.",
        "It is not known whether the CRM has created the customer: search for the name first.",
        "The CRM broke off."
        " It is not known whether the CRM has created the customer: search for the name first.",
        "The CRM has no customer, or several, with the caller's number",
        "not sent in time; at last: The CRM broke off",
        "The settings do not say how this is written into the CRM",
        "The CRM has no such customer, or the settings' path is wrong",
        "There is no such customer",
        "WhatsApp refused the file: WhatsApp has no file of this name.",
        "WhatsApp refused the file: WhatsApp names no place of the file.",
        "There is no such agent in the centre; look at the spelling.",
        "There is nothing to read in this.",
        "The call is over.",
        "This centre has no such template.",
        "The template needs something for each of its places.",
    ],
)
def test_what_the_hub_refuses_is_told_in_hebrew(words: str) -> None:
    use("he")
    assert not _ENGLISH.search(str(said(words)))
