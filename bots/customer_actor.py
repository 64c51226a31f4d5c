"""A customer in a scenario: calls by the trunk with their own number, says a tone, hears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bots import scenario as sc
from bots.errors import NotReady, StepFailed
from bots.history import History, Watch
from bots.listening import hear
from bots.tone_port import TonePort
from sip import events as ev
from sip.account import Account
from sip.call_state import CallState, first_state, next_state
from sip.engine import SipEngine
from sip.errors import PhoneError

_STANDS_WITHIN = 15.0
_CLOSED_WITHIN = 8.0
_MOVES = (ev.CallProgress, ev.CallEstablished, ev.CallHeld, ev.CallResumed)


@dataclass(frozen=True, slots=True)
class Line:
    """An engine of the customer's, and whom it calls as."""

    engine: SipEngine
    account: Account


class CustomerActor:
    """One customer, who speaks and hears through ``port``. They call by the first of ``lines``, and by the
    second, where there is one, they are rung.
    """

    def __init__(self, cast: sc.Customer, lines: Sequence[Line], port: TonePort) -> None:
        self.name = cast.name
        self.history = History()
        self._lines = lines
        self._port = port
        self._calls: dict[ev.CallId, tuple[SipEngine, CallState]] = {}
        self._levels: dict[str, float] = {}
        self._following: list[asyncio.Task[None]] = []
        self._acts: dict[type[sc.Step], Callable[[Any, Watch], Awaitable[None]]] = {
            sc.Call: self._call,
            sc.Press: self._press,
            sc.Say: self._say,
            sc.Plain: self._plain,
            sc.CallExpected: self._call_expected,
            sc.KeyExpected: self._key_expected,
            sc.SoundExpected: self._sound_expected,
        }

    async def open(self) -> None:
        """Be able to call, and to be rung. Raises ``NotReady``."""
        try:
            async with asyncio.timeout(_STANDS_WITHIN):
                for line in self._lines:
                    await line.engine.start()
                    stands = asyncio.Event()
                    self._following.append(asyncio.create_task(self._follow(line.engine, stands)))
                    await line.engine.register(line.account)
                    await stands.wait()
        except (PhoneError, TimeoutError) as error:
            told = self.history.last(1)
            raise NotReady(f"{self.name} cannot call: {error} {told[0] if told else ''}".rstrip()) from None

    async def close(self) -> None:
        """Hang up and let the phones go."""
        for line in self._lines:
            with suppress(TimeoutError, PhoneError):
                async with asyncio.timeout(_CLOSED_WITHIN):
                    await line.engine.close()
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    async def perform(self, step: sc.Step, watch: Watch) -> None:
        """Do it, or wait until it is so. Raises ``StepFailed``."""
        try:
            await self._acts[type(step)](step, watch)
        except PhoneError as error:
            raise StepFailed(str(error)) from None

    def state(self) -> dict[str, Any]:
        """How they stand, as evidence."""
        calls = {call: state.value for call, (_engine, state) in self._calls.items()}
        return {"calls": calls, "sound": dict(self._levels)}

    # What they do

    async def _call(self, step: sc.Call, _watch: Watch) -> None:
        await self._lines[0].engine.dial(step.number)

    async def _press(self, step: sc.Press, _watch: Watch) -> None:
        engine, call = self._one()
        await engine.send_dtmf(call, step.keys)

    async def _say(self, step: sc.Say, _watch: Watch) -> None:
        self._port.say(step.tone)

    async def _plain(self, step: sc.Plain, _watch: Watch) -> None:
        engine, call = self._one(ringing=step.do == "answer")
        acts = {
            "hang_up": engine.hangup,
            "answer": engine.answer,
            "hold": engine.hold,
            "resume": engine.resume,
        }
        await acts[step.do](call)

    def _one(self, *, ringing: bool = False) -> tuple[SipEngine, ev.CallId]:
        """The newest call that rings here, or the newest of the others."""
        for call, (engine, state) in reversed(self._calls.items()):
            if (state is CallState.INCOMING) is ringing:
                return engine, call
        raise StepFailed("no call rings here" if ringing else "there is no call")

    # What must be so

    async def _call_expected(self, step: sc.CallExpected, watch: Watch) -> None:
        def matches(values: dict[str, Any]) -> bool:
            if values["event"] != "call":
                return False
            watch.saw = f"the call is {values['state']} {values.get('reason', '')}".rstrip()
            return all(
                wanted is None or values.get(key) == wanted
                for key, wanted in (("state", step.state), ("reason", step.reason), ("status", step.status))
            )

        await self.history.next(matches)

    async def _key_expected(self, step: sc.KeyExpected, watch: Watch) -> None:
        def matches(values: dict[str, Any]) -> bool:
            if values["event"] == "key":
                watch.saw = f"the key {values['key']}"
            return (values["event"], values.get("key")) == ("key", step.key)

        await self.history.next(matches)

    async def _sound_expected(self, step: sc.SoundExpected, watch: Watch) -> None:
        await hear(self._port, step, watch)

    # What happens to them

    async def _follow(self, engine: SipEngine, stands: asyncio.Event) -> None:
        async for event in engine.events():
            if isinstance(event, ev.AudioLevels):
                self._levels = {"microphone": event.microphone, "speaker": event.speaker}
            elif isinstance(event, ev.RegistrationChanged):
                self.history.add({"event": "line", "state": event.state.value, "words": event.words})
                if event.state is ev.RegistrationState.REGISTERED:
                    stands.set()
            elif isinstance(event, ev.DtmfReceived):
                self.history.add({"event": "key", "key": event.digit})
            else:
                self._of_call(engine, event)

    def _of_call(self, engine: SipEngine, event: ev.PhoneEvent) -> None:
        if isinstance(event, ev.CallIncoming | ev.CallDialling):
            self._moved(engine, event.call, first_state(event), {"number": event.party.number})
        elif isinstance(event, ev.CallClosed):
            told = {"reason": event.reason.value, "status": event.status or 0, "words": event.words}
            self._moved(engine, event.call, CallState.CLOSED, told)
        elif isinstance(event, _MOVES) and event.call in self._calls:
            state = next_state(self._calls[event.call][1], event)
            self._moved(engine, event.call, state, {})

    def _moved(
        self, engine: SipEngine, call: ev.CallId, state: CallState, more: Mapping[str, str | int]
    ) -> None:
        if state is CallState.CLOSED:
            self._calls.pop(call, None)
        else:
            self._calls[call] = engine, state
        self.history.add({"event": "call", "call": call, "state": state.value, **more})
