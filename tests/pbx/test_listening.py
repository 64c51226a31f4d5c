"""Listening in on the real Asterisk, by tones: who hears the trainer, whom the trainer hears, how it ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from hub.adapters.ami_client import AmiRefused
from hub.adapters.ami_listening import originate
from hub.contract import ListenMode
from hub.ports.listening import PREFIX, ListeningCall, ListeningEnded, ListeningHeard
from hub.ports.pbx import AgentConnected, PbxRefused
from sip import events as ev
from sip.audio.wav_port import WavPort
from tests.contract.engine import Line
from tests.contract.engines import BARESIP
from tests.contract.exchange import Watch
from tests.contract.phones import Ear, Phones, gone, loud
from tests.e2e.eventually import eventually_async
from tests.e2e.wav import write_tone
from tests.pbx.centre import SALES, SUPPORT
from tests.pbx.console import Console, Customer
from tests.pbx.may_listen import allow, forbid, may_listen
from tests.pbx.parties import account, login, registered, watching
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

AGENT, TRAINER, OTHER = "1101", "1102", "1103"
CUSTOMERS_HZ, AGENTS_HZ, TRAINERS_HZ, OTHERS_HZ = 700, 1300, 1900, 2500


@pytest.fixture(scope="module", autouse=True)
def profile(asterisk: Asterisk) -> Iterator[None]:
    """1102, a supervisor, may listen in."""
    with may_listen(asterisk):
        yield


@dataclass
class Scene:
    """Phones that say a tone each and record what they hear."""

    asterisk: Asterisk
    console: Console
    watch: Watch
    phones: Phones
    place: Path
    ears: dict[str, Ear] = field(default_factory=dict)

    async def line(self, extension: str, hertz: int) -> Line:
        """The phone of ``extension``."""
        mouth, ear = self.place / f"{extension}.wav", self.place / f"{extension}-ear.wav"
        write_tone(mouth, hertz)
        self.ears[extension] = Ear(ear)
        return await self.phones.line(extension, lambda: WavPort(mouth, ear))

    async def talk(self, line: Line, extension: str, queue: str, hertz: int) -> Customer:
        """A customer of ``queue`` says a tone, and this agent answers."""
        await asyncio.to_thread(self.console.member, queue, extension)
        customer = await asyncio.to_thread(self.console.customer, queue, tone=hertz)
        await line.engine.answer((await line.next(ev.CallIncoming)).call)
        await self.watch.until(AgentConnected, lambda event: event.contact == customer.contact)
        await asyncio.to_thread(self.console.wait_bridged, extension)
        self.ears[customer.contact] = Ear(customer.heard)
        return customer

    async def listen(self, trainer: Line, customer: Customer, mode: ListenMode) -> str:
        """The trainer's phone rings for the agent's talk with ``customer``, and is answered."""
        call = a_call(customer.contact, mode)
        await self.watch.pbx.listen(call)
        await trainer.engine.answer((await trainer.next(ev.CallIncoming)).call)
        await self.heard(call.id, mode)
        return call.id

    async def heard(self, call: str, mode: ListenMode) -> None:
        """The exchange has told that the trainer listens as ``mode``."""
        await self.watch.until(ListeningHeard, lambda event: (event.id, event.mode) == (call, mode))

    async def ended(self, call: str) -> None:
        await self.watch.until(ListeningEnded, lambda event: event.id == call)

    async def trainer_is_heard_by(self, customer: Customer, mode: ListenMode) -> None:
        """By those whom ``mode`` says, from now on, and the trainer hears both who talk."""
        agent, ear, trainer = self.ears[AGENT], self.ears[customer.contact], self.ears[TRAINER]
        for one in (agent, ear, trainer):
            one.mark()
        await trainer.hears(CUSTOMERS_HZ, loud, "the trainer hears the customer")
        await trainer.hears(AGENTS_HZ, loud, "the trainer hears the agent")
        by_agent, by_customer = mode is not ListenMode.LISTEN, mode is ListenMode.BARGE
        await agent.hears(TRAINERS_HZ, loud if by_agent else gone, f"{mode}: the agent and the trainer")
        await ear.hears(TRAINERS_HZ, loud if by_customer else gone, f"{mode}: the customer and the trainer")
        await agent.hears(CUSTOMERS_HZ, loud, "the agent hears the customer")
        await ear.hears(AGENTS_HZ, loud, "the customer hears the agent")
        for one, reached in ((agent, by_agent), (ear, by_customer)):
            one.mark()
            await one.hears(TRAINERS_HZ, loud if reached else gone, f"{mode}: it stays so")


@pytest.fixture
async def scene(asterisk: Asterisk, console: Console, tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        watch = await stack.enter_async_context(watching(asterisk))
        yield Scene(asterisk, console, watch, Phones(asterisk, stack, BARESIP), tmp_path)


def a_call(contact: str, mode: ListenMode = ListenMode.LISTEN, agent: str = AGENT) -> ListeningCall:
    call = f"{PREFIX}{secrets.token_hex(16)}"
    return ListeningCall(call, TRAINER, agent, contact, mode, token=secrets.token_hex(16))


async def test_listening_reaches_nobody_whispering_the_agent_barging_both(scene: Scene) -> None:
    """And one turns into another, back and forth, in the same call."""
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = await scene.listen(trainer, customer, ListenMode.LISTEN)
    await scene.trainer_is_heard_by(customer, ListenMode.LISTEN)
    for mode in (ListenMode.WHISPER, ListenMode.BARGE, ListenMode.WHISPER, ListenMode.LISTEN):
        scene.watch.forget()
        await scene.watch.pbx.turn_listening(call, mode)
        await scene.heard(call, mode)
        await scene.trainer_is_heard_by(customer, mode)
    scene.watch.forget()
    await scene.watch.pbx.end_listening(call)
    await scene.ended(call)
    await trainer.next(ev.CallClosed)
    scene.ears[customer.contact].mark()
    await scene.ears[customer.contact].hears(AGENTS_HZ, loud, "the talk goes on")


@pytest.mark.parametrize("mode", [ListenMode.WHISPER, ListenMode.BARGE])
async def test_it_can_begin_as_any_mode(scene: Scene, mode: ListenMode) -> None:
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    await scene.listen(trainer, customer, mode)
    await scene.trainer_is_heard_by(customer, mode)


async def test_it_ends_with_the_talk(scene: Scene) -> None:
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = await scene.listen(trainer, customer, ListenMode.LISTEN)
    await asyncio.to_thread(customer.hang_up)
    await scene.ended(call)
    await trainer.next(ev.CallClosed)


async def test_the_trainer_hangs_up_and_the_talk_goes_on(scene: Scene) -> None:
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = a_call(customer.contact, ListenMode.BARGE)
    await scene.watch.pbx.listen(call)
    ring = await trainer.next(ev.CallIncoming)
    await trainer.engine.answer(ring.call)
    await scene.heard(call.id, ListenMode.BARGE)
    assert call.id in await scene.watch.pbx.calls()
    await trainer.engine.hangup(ring.call)
    await scene.ended(call.id)
    ear = scene.ears[customer.contact]
    ear.mark()
    await ear.hears(AGENTS_HZ, loud, "the customer hears the agent")
    await ear.hears(TRAINERS_HZ, gone, "the trainer is gone")


async def test_a_phone_knows_its_call_by_the_token_and_is_muted_before_it_answers(scene: Scene) -> None:
    """Joined, but muted: the customer hears the trainer only once the microphone is opened."""
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = a_call(customer.contact, ListenMode.BARGE)
    await scene.watch.pbx.listen(call)
    ring = await trainer.next(ev.CallIncoming)
    assert ring.listening == call.token
    await trainer.engine.mute(ring.call, True)
    await trainer.engine.answer(ring.call)
    await scene.heard(call.id, ListenMode.BARGE)
    ear = scene.ears[customer.contact]
    await scene.ears[TRAINER].hears(AGENTS_HZ, loud, "the trainer hears the agent")
    assert gone(ear.level(TRAINERS_HZ))
    await trainer.engine.mute(ring.call, False)
    await ear.hears(TRAINERS_HZ, loud, "the customer hears the trainer")


async def test_a_trainer_who_declines_is_told_as_an_end(scene: Scene) -> None:
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = a_call(customer.contact)
    await scene.watch.pbx.listen(call)
    await trainer.engine.reject((await trainer.next(ev.CallIncoming)).call)
    await scene.ended(call.id)


async def test_a_trainer_without_a_phone_is_told_as_an_end(scene: Scene) -> None:
    agent = await scene.line(AGENT, AGENTS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = a_call(customer.contact)
    await scene.watch.pbx.listen(call)
    await scene.ended(call.id)


async def test_of_two_talks_the_trainer_hears_the_one_that_was_asked_for(scene: Scene) -> None:
    agent, other = await scene.line(AGENT, AGENTS_HZ), await scene.line(OTHER, OTHERS_HZ)
    trainer = await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    elsewhere = await scene.talk(other, OTHER, SUPPORT, 400)
    await scene.listen(trainer, customer, ListenMode.BARGE)
    await scene.trainer_is_heard_by(customer, ListenMode.BARGE)
    heard = scene.ears[TRAINER]
    await heard.hears(OTHERS_HZ, gone, "the other agent is not heard")
    await heard.hears(400, gone, "the other customer is not heard")
    for ear in (scene.ears[OTHER], scene.ears[elsewhere.contact]):
        await ear.hears(TRAINERS_HZ, gone, "the other talk does not hear the trainer")


@pytest.mark.parametrize("keys", [f"{OTHER}#", "65#", "*"])
async def test_what_a_trainer_types_leads_nowhere(scene: Scene, keys: str) -> None:
    """5 and 6 are other modes, a number with # another channel, and * the next one, elsewhere."""
    agent, other = await scene.line(AGENT, AGENTS_HZ), await scene.line(OTHER, OTHERS_HZ)
    trainer = await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    await scene.talk(other, OTHER, SUPPORT, 400)
    call = a_call(customer.contact)
    await scene.watch.pbx.listen(call)
    ring = await trainer.next(ev.CallIncoming)
    await trainer.engine.answer(ring.call)
    await scene.heard(call.id, ListenMode.LISTEN)
    await scene.trainer_is_heard_by(customer, ListenMode.LISTEN)
    await trainer.engine.send_dtmf(ring.call, "56")
    await scene.trainer_is_heard_by(customer, ListenMode.LISTEN)
    await trainer.engine.send_dtmf(ring.call, keys)
    await scene.ended(call.id)
    assert gone(scene.ears[TRAINER].level(OTHERS_HZ))


@pytest.mark.parametrize("named", ["PJSIP/1101", ""], ids=["part", "none"])
async def test_only_a_channel_that_is_named_whole_is_heard(scene: Scene, named: str) -> None:
    """Whatever the dialplan is told: of a part of a name, or of none, ChanSpy would take any that fits."""
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    call = a_call("")
    fields = originate(call, "PJSIP/1101-00000000")
    fields["Variable"] = fields["Variable"].replace("PJSIP/1101-00000000", named)
    await asyncio.to_thread(partial(scene.console.act, "Originate", **fields))
    await trainer.engine.answer((await trainer.next(ev.CallIncoming)).call)
    await scene.ended(call.id)
    heard = scene.ears[TRAINER]
    assert gone(heard.level(AGENTS_HZ))
    assert gone(heard.level(CUSTOMERS_HZ))


async def test_the_phone_is_told_the_token_that_the_desk_made(scene: Scene) -> None:
    agent = await scene.line(AGENT, AGENTS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    async with registered(scene.asterisk, scene.console, TRAINER) as phone:
        call = a_call(customer.contact)
        await scene.watch.pbx.listen(call)
        invite = (await phone.ringing()).invite
        assert invite is not None
        assert invite.all("X-Moked-Listening") == [call.token]
        assert f"<sip:{AGENT}@" in invite.header("From")
        assert not invite.all("X-Moked-Contact")


async def test_nobody_without_a_talk_and_nobodys_else_phone_is_listened_by(scene: Scene) -> None:
    agent, other = await scene.line(AGENT, AGENTS_HZ), await scene.line(OTHER, OTHERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    pbx = scene.watch.pbx
    for wrong in (
        a_call("no-such-contact"),
        a_call(customer.contact, agent=OTHER),
        a_call(customer.contact, agent="110"),
        replace(a_call(customer.contact), trainer="1102&PJSIP/1103"),
        replace(a_call(customer.contact), token="x\r\nAction: Logoff"),
    ):
        with pytest.raises(PbxRefused):
            await pbx.listen(wrong)
    for hostile in ("PJSIP/1101-00000001", customer.contact, "/.*/", f"{PREFIX}x"):
        with pytest.raises(PbxRefused):
            await pbx.turn_listening(hostile, ListenMode.BARGE)
        with pytest.raises(PbxRefused):
            await pbx.end_listening(hostile)
    call = replace(a_call(customer.contact), trainer=OTHER)
    await pbx.listen(call)
    await scene.ended(call.id)
    assert not [event for event in other.heard if isinstance(event, ev.CallIncoming)]
    await pbx.end_listening(call.id)


async def test_a_talk_is_found_again_by_a_hub_that_starts_in_it(scene: Scene) -> None:
    agent, trainer = await scene.line(AGENT, AGENTS_HZ), await scene.line(TRAINER, TRAINERS_HZ)
    customer = await scene.talk(agent, AGENT, SALES, CUSTOMERS_HZ)
    async with watching(scene.asterisk) as later:
        await later.pbx.queues()
        call = a_call(customer.contact)
        await later.pbx.listen(call)
        await trainer.engine.answer((await trainer.next(ev.CallIncoming)).call)
        await later.until(ListeningHeard, lambda event: event.id == call.id)
        await later.pbx.end_listening(call.id)
        await later.until(ListeningEnded)


async def test_without_the_section_the_hub_may_neither_dial_nor_move_calls(scene: Scene) -> None:
    forbid(scene.asterisk)
    try:
        async with login(account(scene.asterisk)) as hub:
            for action in ("Originate", "Redirect", "Hangup"):
                with pytest.raises(AmiRefused, match="Permission denied"):
                    await hub.action(action, {"Channel": "Local/1102@listening-phones/n"})
    finally:
        allow(scene.asterisk)
    await eventually_async(lambda: _may(scene.asterisk), "the right is back")


async def _may(asterisk: Asterisk) -> bool:
    async with login(account(asterisk)) as hub:
        try:
            await hub.action("Hangup", {"Channel": "none"})
        except AmiRefused as refusal:
            return "Permission" not in str(refusal)
    return False
