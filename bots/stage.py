"""Where scenarios are played: makes the actors of each play on the exchange and hub of the settings."""

from __future__ import annotations

import itertools
import random
import wave
from functools import cached_property
from pathlib import Path

from agent_tui.adapters.hub_address import HubAddress
from agent_tui.config import AudioKind, AudioSection, Config, HubSection, PhoneSection, SipSection
from agent_tui.wiring import Core, account_of, core
from bots import scenario as sc
from bots.agent_actor import AgentActor
from bots.agent_hand import AgentHand
from bots.customer_actor import CustomerActor, Line
from bots.hub_eyes import HubEyes
from bots.player import Actor
from bots.settings import AgentAccount, Hub, Tested
from bots.tone_port import TonePort, one_block
from bots.trainer_hand import TrainerHand
from bots.whatsapp_actor import WhatsAppActor
from bots.whatsapp_cloud import Cloud
from bots.writing_hand import WritingHand
from centre.toml_file import SettingsError
from edge.runtime import private_directory
from sip.audio.shared_thread import SharedThread
from sip.audio.wav_port import RECORDING_RATE
from sip.behaviour import Behaviour
from sip.engines.choice import Make

_LINGER = 1.0


class Stage:
    """``home`` is a private directory for the run; ``make`` makes customers' phones on one SIP stack."""

    def __init__(self, tested: Tested, home: Path, make: Make) -> None:
        self._tested = tested
        self._home = home
        self._make = make
        self._customers = Behaviour(watches=False, shared=SharedThread())
        self._serial = itertools.count(1)
        self._desks: dict[str, Core] = {}
        """The newest of each name: an account is in one play at a time."""
        self._numbers: dict[str, str] = {}
        """Of those who write, as the newest play has them: a number is in one play at a time."""

    @cached_property
    def _cloud(self) -> Cloud:
        """WhatsApp, of which there is one for all plays. Raises ``SettingsError``."""
        settings = self._tested.settings.whatsapp
        if settings is None:
            raise SettingsError("who writes needs the hub's WhatsApp: give [whatsapp] in the settings")
        secret = self._tested.secret
        return Cloud(settings, secret("MOKED_BOT_WHATSAPP_TOKEN"), secret("MOKED_BOT_WHATSAPP_APP_SECRET"))

    def actor(self, cast: sc.Actor, chance: random.Random) -> Actor:
        """One of a scenario's actors. Raises ``SettingsError``."""
        match cast:
            case sc.Customer():
                return self._customer(cast, chance)
            case sc.WhatsAppCustomer():
                self._numbers[cast.name] = number = chance.choice(cast.numbers)
                return WhatsAppActor(cast, number, self._cloud)
            case _:
                return self._at_desk(cast)

    def _customer(self, cast: sc.Customer, chance: random.Random) -> CustomerActor:
        port = TonePort(cast.says)
        accounts = [self._tested.customer(chance.choice(cast.numbers), cast.shown_as)]
        if cast.rings:
            accounts.append(self._tested.carrier())
        lines = [Line(self._make(lambda: port, self._customers).engine, account) for account in accounts]
        return CustomerActor(cast, lines, port)

    def _at_desk(self, cast: sc.AtDesk) -> AgentActor:
        account, hub = self._tested.agent(cast.name), self._tested.settings.hub
        if hub is None:
            raise SettingsError("agents need a hub: give [hub] url in the settings")
        place = self._home / str(next(self._serial))
        private_directory(place)
        config = self._config(account, hub, place)
        name = cast.name.upper()
        password = self._tested.secret(f"MOKED_BOT_{name}_PASSWORD")
        address = HubAddress(hub.url, self._tested.secret(f"MOKED_BOT_{name}_TOKEN"), ca_file=hub.ca_file)
        _write_tone(place / "mouth.wav", cast.says)

        async def locate() -> HubAddress:
            return address

        desk = core(config, account_of(config.sip, password), locate, runtime=place)
        self._desks[cast.name] = desk
        acts = {**AgentHand(desk).acts, **WritingHand(desk, lambda name: self._numbers.get(name, "")).acts}
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
