"""The desks of agents and trainers in scenarios: each without a screen, with a phone of its own."""

from __future__ import annotations

import itertools
import wave
from collections.abc import Callable
from pathlib import Path

from agent_tui.adapters.hub_address import HubAddress
from agent_tui.config import AudioKind, AudioSection, Config, HubSection, PhoneSection, SipSection
from agent_tui.wiring import Core, Ways, account_of, core
from bots import scenario as sc
from bots.agent_actor import AgentActor
from bots.agent_hand import AgentHand
from bots.hub_eyes import HubEyes
from bots.settings import AgentAccount, Hub, Tested
from bots.tone_port import one_block
from bots.trainer_hand import TrainerHand
from bots.writing_hand import WritingHand
from edge.runtime import private_directory
from sip.audio.wav_port import RECORDING_RATE

_LINGER = 1.0


class Desks:
    """Made in ``home``, a private directory. ``writes_from`` tells the number of a scenario's WhatsApp
    customer, empty while there is none of that name.
    """

    def __init__(self, tested: Tested, home: Path, writes_from: Callable[[str], str]) -> None:
        self._tested = tested
        self._home = home
        self._writes_from = writes_from
        self._serial = itertools.count(1)
        self._desks: dict[str, Core] = {}
        """The newest of each name: an account is in one play at a time."""

    def actor(self, cast: sc.AtDesk) -> AgentActor:
        """Who sits at a desk of their own. Raises ``SettingsError``."""
        seat = self._tested.seat(cast.name)
        hub = seat.hub
        place = self._home / str(next(self._serial))
        private_directory(place)
        config = self._config(seat.account, hub, place)
        address = HubAddress(hub.url, seat.token, ca_file=hub.ca_file)
        _write_tone(place / "mouth.wav", cast.says)

        async def locate() -> HubAddress:
            return address

        desk = core(config, account_of(config.sip, seat.password), Ways(locate), runtime=place)
        self._desks[cast.name] = desk
        acts = {**AgentHand(desk).acts, **WritingHand(desk, self._writes_from).acts}
        if isinstance(cast, sc.Trainer):
            acts = {**acts, **TrainerHand(desk, self._agent_of).acts}
        return AgentActor(cast, desk, acts, HubEyes(address), place)

    def _agent_of(self, name: str) -> str:
        """What the hub calls the agent whom scenarios call ``name``; empty while their desk was not told."""
        desk = self._desks.get(name)
        me = desk.store.state.me if desk is not None else None
        return me.agent if me is not None else ""

    def _config(self, account: AgentAccount, hub: Hub, place: Path) -> Config:
        exchange = self._tested.settings.exchange
        return Config(
            sip=SipSection(
                user=account.user,
                domain=exchange.domain,
                transport=exchange.transport,
                media_encryption=account.media_encryption,
                ca_file=exchange.ca_file,
            ),
            hub=HubSection(url=hub.url, ca_file=hub.ca_file),
            audio=AudioSection(kind=AudioKind.WAV, wav_in=place / "mouth.wav", wav_out=place / "ear.wav"),
            phone=PhoneSection(linger=_LINGER),
        )


def _write_tone(path: Path, tone: int) -> None:
    """10 ms that are said over and over."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RECORDING_RATE)
        file.writeframes(one_block(tone, RECORDING_RATE))
