"""A floor that asks one agent before the team: a hub, two agents with phones on Asterisk, their customers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from hub.contract import Presence, PresenceChange, QueueFigures, Snapshot, WrapUp
from tests.e2e.eventually import eventually_async
from tests.pbx.centre import SALES
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Call, Phone
from tests.pbx.routed import Routed

DANA, NOAM = "1101", "1102"
NOAMS, NOBODYS = "0505550141", "0505550142"
"""Customers whose own agent is Noam, and nobody."""
NOAMS_NUMBER = "+97235550202"
FEW, LONG = 4, 60
"""Seconds to wait for one agent: what a test waits out, and what it does not."""

CUSTOMERS = f"""\
customer,name,language,numbers,segment,city,personal_agent
C-1,Ann Own,en,{NOAMS},,,noam
C-2,Ben Else,en,{NOBODYS},,,
"""


def first(rule: str, seconds: int, second_level: bool, away: int) -> Callable[[str], str]:
    """Sales asks one agent first, who may be ``away`` for so many seconds. Noam has a number of their own,
    which leads to sales, and may be of a second level, for which nobody waits long enough.
    """
    widen, levels = ("[3600]", "{ sales = 2 }") if second_level else ("[]", "{}")

    def change(text: str) -> str:
        keys = f'first = "{rule}"\nfirst_seconds = {seconds}\nfirst_away_seconds = {away}\n'
        keys += f"widen_seconds = {widen}\n"
        text = text.replace('name = "sales"\n', f'name = "sales"\n{keys}')
        before, agent, after = text.partition(f'extension = "{NOAM}"\n')
        after = after.replace('queues = ["support", "sales", "express"]', 'queues = ["sales", "express"]', 1)
        return f'{before}{agent}levels = {levels}\npersonal_number = "{NOAMS_NUMBER}"\n{after}'

    return change


class Agent:
    """A phone on the exchange, and what the desk beside it says to the hub."""

    def __init__(self, phone: Phone, hub: httpx.AsyncClient) -> None:
        self.phone = phone
        self._hub = hub

    async def be(self, presence: Presence) -> None:
        wish = PresenceChange(presence=presence, reason="" if presence is Presence.READY else "Break")
        answer = await self._hub.put("/presence", json=wish.model_dump(mode="json"))
        assert answer.status_code == 200, answer.text
        if presence is Presence.READY:
            await eventually_async(self._free, "an agent free")

    async def snapshot(self) -> Snapshot:
        return Snapshot.model_validate_json((await self._hub.get("/snapshot")).content)

    async def _free(self) -> bool:
        members = (await self.snapshot()).me.members
        return bool(members) and all(row.state == "free" and not row.paused for row in members)

    async def phase(self, contact: str) -> str:
        return next(
            (one.phase for one in (await self.snapshot()).contacts if one.offer.contact == contact), ""
        )

    async def is_in(self, contact: str, phase: str) -> None:
        async def there() -> bool:
            return await self.phase(contact) == phase

        await eventually_async(there, f"{contact} in {phase}")

    async def card(self, contact: str) -> list[str]:
        """Whose card the desk shows beside the contact."""
        (one,) = [one for one in (await self.snapshot()).contacts if one.offer.contact == contact]
        return [card.name for card in one.card.cards]

    async def wrap_up(self, contact: str) -> None:
        await self.is_in(contact, "wrap_up")
        answer = await self._hub.post(
            f"/contacts/{contact}/wrap-up",
            json=WrapUp(note="as agreed", disposition="solved").model_dump(),
            headers={"Idempotency-Key": f"wrap-{contact}"},
        )
        assert answer.status_code == 200, answer.text
        await eventually_async(self._free, "the agent free again")

    async def figures(self, queue: str) -> QueueFigures:
        (row,) = [row for row in (await self.snapshot()).queues if row.queue == queue]
        return row


class Floor:
    def __init__(self, routed: Routed, console: Console, dana: Agent, noam: Agent) -> None:
        self.routed, self.console, self.dana, self.noam = routed, console, dana, noam

    async def customer(self, number: str = NOAMS) -> Customer:
        return await asyncio.to_thread(self.console.customer, SALES, number=number)

    async def dials_noam(self) -> Customer:
        """A customer dials Noam's own number."""
        return await asyncio.to_thread(
            self.console.dialled, "from-outside", NOAMS_NUMBER, f"<{NOBODYS}>", 440
        )

    async def rings(self, agent: Agent, customer: Customer, queue: str = SALES) -> Call:
        """The agent's phone rings for this customer of ``queue``."""
        call = await agent.phone.ringing()
        assert call.invite is not None
        assert call.invite.all("X-Moked-Contact") == [customer.contact]
        assert call.invite.all("X-Moked-Queue") == [queue]
        return call

    async def talk(self, agent: Agent, customer: Customer) -> Call:
        call = await self.rings(agent, customer)
        agent.phone.answer(call)
        await asyncio.to_thread(self.console.wait_bridged, agent.phone.user)
        await agent.is_in(customer.contact, "talking")
        return call

    async def whole(self, agent: Agent, customer: Customer) -> None:
        """A talk with all that belongs to it."""
        await agent.phone.hang_up(await self.talk(agent, customer))
        await agent.wrap_up(customer.contact)

    async def rings_with_card(self, agent: Agent, customer: Customer, name: str) -> None:
        """A whole talk; the desk shows whose card it is while the phone rings."""
        call = await self.rings(agent, customer)
        await agent.is_in(customer.contact, "offered")
        assert await agent.card(customer.contact) == [name]
        agent.phone.answer(call)
        await asyncio.to_thread(self.console.wait_bridged, agent.phone.user)
        await agent.phone.hang_up(call)
        await agent.wrap_up(customer.contact)

    async def waits_in(self, customer: Customer, queue: str, seconds: int = 0) -> None:
        """Until the customer has waited so long in this queue of the exchange."""

        async def there() -> bool:
            rows = await asyncio.to_thread(self.entries, queue)
            return any(row["Uniqueid"] == customer.contact and int(row["Wait"]) >= seconds for row in rows)

        await eventually_async(there, f"{customer.contact} in {queue}")

    def entries(self, queue: str) -> list[dict[str, str]]:
        """Who waits in a queue of the exchange, in the order in which they are served."""
        rows = self.console.act("QueueStatus", Queue=queue)
        entries = [row for row in rows if row.get("Event") == "QueueEntry"]
        return sorted(entries, key=lambda row: int(row["Position"]))


@asynccontextmanager
async def floor_of(made: Routed, console: Console, dana: Phone, noa: Phone) -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        agents = []
        for phone in (dana, noa):
            token = await asyncio.to_thread(made.centre.token, phone.user)
            hub = httpx.AsyncClient(
                base_url=f"{made.centre.url}/v1", headers={"Authorization": f"Bearer {token}"}
            )
            agents.append(Agent(phone, await stack.enter_async_context(hub)))
        yield Floor(made, console, *agents)
        for agent in agents:
            await agent.be(Presence.OFFLINE)
