"""One contact in an agent's hands: card, script, progress, note, wrap-up, record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, status

from centre.texts import Language
from hub.auth import AgentHere, HubHere
from hub.contract import (
    CardAnswer,
    ContactRecord,
    Conversation,
    CustomerLink,
    CustomerNew,
    CustomerSearch,
    CustomersFound,
    NoteDraft,
    Script,
    ScriptProgress,
    WrapUp,
)
from hub.refusals import NoScript

router = APIRouter(prefix="/contacts/{contact}")

ContactId = Annotated[str, Path(max_length=128, pattern=r"^[^\x00]*$")]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]


@router.get("")
async def record(contact: ContactId, agent: AgentHere, hub: HubHere) -> ContactRecord:
    """The record of a contact that is or was this agent's."""
    return await hub.handling.work.record_of(agent, contact)


@router.get("/card")
async def card(contact: ContactId, agent: AgentHere, hub: HubHere) -> CardAnswer:
    """The caller's card, only while the exchange shows the contact in this agent's hands."""
    return hub.cards.answer_again(hub.handling.work.in_hand(agent, contact))


@router.post("/customers")
async def customers(
    contact: ContactId, asked: CustomerSearch, agent: AgentHere, hub: HubHere
) -> CustomersFound:
    """Look for who the caller is. By POST, for a search names customers, and proxies log addresses."""
    return await hub.handling.linking.search(agent, contact, asked.words)


@router.put("/customer")
async def customer(contact: ContactId, link: CustomerLink, agent: AgentHere, hub: HubHere) -> CardAnswer:
    """The contact is this customer's."""
    return await hub.handling.linking.link(agent, contact, link.customer)


@router.post("/customer")
async def new_customer(
    contact: ContactId, asked: CustomerNew, agent: AgentHere, hub: HubHere, key: Key
) -> CardAnswer:
    """Put the caller into the CRM, once for each ``Idempotency-Key``, and link them."""
    return await hub.handling.new_customers.create(agent, contact, asked, key)


@router.post("/conversation")
async def conversation(contact: ContactId, agent: AgentHere, hub: HubHere) -> Conversation:
    """Go on with the caller in writing: the conversation with them is the agent's from here on."""
    return await hub.handling.going_over.open(agent, contact)


@router.get("/script")
async def script(
    contact: ContactId, agent: AgentHere, hub: HubHere, language: Annotated[Language, Query()] = "en"
) -> Script:
    """Guidance for the contact's queue."""
    found = hub.shelf.find(hub.handling.work.in_hand(agent, contact).queue, language)
    if found is None:
        raise NoScript("There is no script for this queue.")
    return found


@router.put("/script-progress", status_code=status.HTTP_204_NO_CONTENT)
async def script_progress(
    contact: ContactId, progress: ScriptProgress, agent: AgentHere, hub: HubHere
) -> None:
    """Keep what the agent did of the script."""
    await hub.handling.work.save_progress(agent, contact, progress)


@router.put("/note", status_code=status.HTTP_204_NO_CONTENT)
async def note(contact: ContactId, draft: NoteDraft, agent: AgentHere, hub: HubHere) -> None:
    """Keep the note as typed so far."""
    await hub.handling.work.save_note(agent, contact, draft)


@router.post("/wrap-up")
async def wrap_up(
    contact: ContactId, asked: WrapUp, agent: AgentHere, hub: HubHere, key: Key
) -> ContactRecord:
    """Store the wrap-up, once for each ``Idempotency-Key``."""
    return await hub.handling.work.wrap_up(agent, contact, asked, key)
