"""Puts the desk together: settings and secrets in, the app and everything that feeds it out."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tomllib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from agent_tui import config_edit, garbage
from agent_tui.adapters import secrets, telephone
from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.adapters.doctor_process import DoctorProcess
from agent_tui.adapters.draft_files import DraftFiles
from agent_tui.adapters.http_hub import HttpHub, Locate
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.adapters.own_secret import Ask, OwnSecret
from agent_tui.adapters.phone import Attach, Attachment, Phone
from agent_tui.adapters.private_hub import PrivateHub
from agent_tui.adapters.secrets import SecretsError
from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.app import Around, MokedApp
from agent_tui.commands import shortcuts
from agent_tui.commands.handlers import Commander
from agent_tui.config import (
    AudioSection,
    Config,
    ConfigError,
    HubSection,
    ProfileSection,
    SipSection,
    is_loopback,
    load,
)
from agent_tui.faults import Faults
from agent_tui.places import log_file
from agent_tui.preferences import Change, Preferences
from agent_tui.pumps.answer_drafts import AnswerDraftPump
from agent_tui.pumps.drafts import DraftPump
from agent_tui.pumps.guidance import Guidance
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.listening import ListeningAnswer
from agent_tui.pumps.mending import Mending
from agent_tui.pumps.outbox import Outbox
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reachability import Reachability
from agent_tui.pumps.reconnect import Pace, Reconnect
from agent_tui.screens.desk import DeskScreen
from agent_tui.session.answer_draft import AnswerDraft
from agent_tui.session.clock import Clock, SystemClock
from agent_tui.session.draft import Draft
from agent_tui.session.events import FaultSurvived
from agent_tui.session.store import Store
from edge.runtime import runtime_directory
from sip.account import Account, Transport
from sip.audio.sound import Profile, SoundSettings
from sip.audio.treatment import Treatment
from sip.client import attach_or_start
from sip.place import usual
from sip.wire import sound_text

Service: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

_AFTER_A_FAULT = Pace(first=1.0, factor=3.0, most=60.0)


@dataclass(frozen=True, slots=True)
class Services:
    """What runs beside the screen, ended in good order: first the loops, a last note among what they send,
    then the lines they spoke over.
    """

    loops: tuple[Service, ...]
    lines: tuple[Service, ...]
    faults: Faults = field(default_factory=Faults)
    clock: Clock = field(default_factory=SystemClock)

    async def run(self) -> None:
        """Run until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for loop in self.loops:
                    group.create_task(self._keep_up(loop))
        finally:
            for close in self.lines:
                with self.faults.surviving("leaving"):
                    await close()

    async def _keep_up(self, loop: Service) -> None:
        """A loop that fails is a fault of ours: it begins anew, later each time, and the others go on."""
        pauses = Reconnect(self.clock, _AFTER_A_FAULT)
        while True:
            with self.faults.surviving(getattr(loop, "__qualname__", "a loop")):
                await loop()
                return
            await pauses.pause()


def build(path: Path, faults: Faults) -> MokedApp:
    """The desk as the settings in ``path`` have it. Raises ``ConfigError``.

    Its secrets are read when it is painted. Where one is missing it ends, and has it in ``lacks``.
    """

    def missing(error: SecretsError) -> None:
        app.lacks = error
        app.post_message(DeskScreen.LogInAsked())

    config = load(path)
    account = account_of(config.sip, "")
    password = OwnSecret(secrets.sip_password(account.user, account.domain), missing)
    token = OwnSecret(secrets.hub_token(config.hub.url), missing)
    attach = attaching(config, runtime_directory(), partial(_read_again, path, config))
    locate = hub_of(config.hub, token.value)
    made = core(config, account, Ways(locate, attach, password.value), faults)
    app = desk(config, made, faults, beside=(garbage.go_on,))
    app.prefer(preferences_of(config), partial(keep, path))
    app.doctor = DoctorProcess(path)
    return app


def desk(config: Config, made: Core, faults: Faults, beside: Sequence[Service] = ()) -> MokedApp:
    """The app over what ``core`` made; with services that run ``beside`` its own."""
    faults.tell_to(lambda reference: made.store.dispatch(FaultSurvived(reference)))
    attention = config.attention
    wanted = Wanted(bell=attention.bell, title=attention.title, notify=attention.notify)
    around = Around(TerminalSignals(wanted), faults)
    preferences = preferences_of(config)
    shortcuts.use(config.keys.chosen)
    services = [made.services.run, *beside]
    app = MokedApp(made.store, made.commander, services, language=preferences.language, around=around)
    app.bidi = config.terminal.bidi
    app.use_terminal(config.terminal.use(os.environ))
    app.prefer(preferences)
    return app


def preferences_of(config: Config) -> Preferences:
    """What the agent may change on the desk, as the settings have it."""
    return Preferences(config.desk.language or "", config.desk.theme.value, config.audio.ring_volume)


def keep(path: Path, change: Change) -> None:
    """Put what was changed into the settings in ``path``. Raises ``ConfigError``."""
    try:
        config_edit.write(path, _changed(config_edit.read(path), change))
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from None


def _changed(text: str, change: Change) -> str:
    """The settings with it. The set of devices that has no table of its own has its keys in ``[audio]``."""
    values = {change.name: change.value}
    first = tomllib.loads(text).get("audio", {}).get("name", AudioSection().name)
    if change.profile in ("", first):
        return config_edit.edited(text, {change.table: values})
    return config_edit.edited_entry(text, f"{change.table}.profile", change.profile, values)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a desk reaches its hub, its phone (None: a process of its own) and its account's password (None:
    the account has it).
    """

    locate: Locate
    attach: Attach | None = None
    password: Ask | None = None


@dataclass(frozen=True, slots=True)
class Core:
    """A desk without its screen."""

    store: Store
    commander: Commander
    services: Services


def core(
    config: Config,
    account: Account,
    ways: Ways,
    faults: Faults | None = None,
    runtime: Path | None = None,
) -> Core:
    """All of the desk but its screen, over a hub and a phone.

    ``runtime`` is a private directory for its phone and drafts where it is not this user's only desk.
    """
    clock = SystemClock()
    faults = faults or Faults()
    runtime = runtime or runtime_directory()
    store = Store(clock.now, surviving=faults.surviving)
    phone = Phone(account, ways.attach or attaching(config, runtime), ways.password)
    hub = HttpHub(ways.locate)
    # who talks by a telephone beside this machine sits elsewhere: its files are not theirs
    files = None if ways.attach is telephone.beside else DiskFiles()
    commander = Commander(store, phone, hub, files=files, surviving=faults.surviving)
    services = Services(
        loops=(
            # before the notes: what goes from a note into an answer is kept there before it is let go here
            AnswerDraftPump(store, DraftFiles(kept_in(account, runtime, "answers"), AnswerDraft)).run,
            DraftPump(store, DraftFiles(kept_in(account, runtime, "drafts"), Draft)).run,
            PhonePump(store, phone, Reconnect(clock)).run,
            Reachability(store, phone.refresh, clock).run,
            Mending(store, clock).run,
            ListeningAnswer(store, phone, trusted=is_private(account)).run,
            HubPump(store, hub, Reconnect(clock)).run,
            Outbox(store, hub, clock).run,
            Guidance(store, hub, clock, config.desk.script_language).run,
            commander.run,
        ),
        lines=(hub.close, phone.detach),
        faults=faults,
        clock=clock,
    )
    return Core(store, commander, services)


def core_with_secrets(config: Config, faults: Faults | None = None) -> Core:
    """``core`` as the settings have it, its secrets read at once. Raises ``SecretsError``."""
    password = secrets.read(secrets.sip_password(config.sip.user, config.sip.domain))
    token = secrets.read(secrets.hub_token(config.hub.url)) if config.hub.url else ""

    async def known() -> str:
        return token

    return core(config, account_of(config.sip, password), Ways(hub_of(config.hub, known)), faults)


def is_private(account: Account) -> bool:
    """Whether nobody between here and the registrar, or one that is gone to instead, reads what it sends."""
    domains = (account.domain, *account.fallback_domains)
    hosts = [one.rpartition(":")[0] or one for one in domains]
    return account.transport is Transport.TLS or all(map(is_loopback, hosts))


def account_of(section: SipSection, password: str) -> Account:
    """The account to register."""
    return Account(
        user=section.user,
        domain=section.domain,
        password=password,
        display_name=section.display_name,
        transport=section.transport,
        media_encryption=section.media_encryption,
        codecs=section.codecs,
        ca_file=str(section.ca_file) if section.ca_file else None,
        register_interval=section.register_interval,
        fallback_domains=section.fallback_domains,
        dtmf=section.dtmf,
    )


def kept_in(account: Account, runtime: Path, what: str) -> Path:
    """Where this agent's drafts lie: another agent at the same machine does not find them."""
    agent = hashlib.sha256(f"{account.user}@{account.domain}".encode()).hexdigest()[:16]
    return runtime / f"{what}-{agent}"


def attaching(config: Config, runtime: Path, audio: Callable[[], AudioSection] | None = None) -> Attach:
    """Reaches the phone process of this user, and starts it where none runs, with these ears.

    ``audio`` tells those that are set by then, where they may change meanwhile.
    """
    place = usual(runtime)

    async def attach() -> Attachment:
        ears = config.audio if audio is None else await asyncio.to_thread(audio)
        return await attach_or_start(place, _phone_arguments(config, ears))

    return attach


def _phone_arguments(config: Config, audio: AudioSection) -> list[str]:
    files = (("--wav-in", audio.wav_in), ("--wav-out", audio.wav_out))
    arguments = ["--log", str(log_file("phone")), "--audio", audio.kind.value]
    arguments += ["--engine", config.phone.engine.value]
    arguments += ["--linger", str(config.phone.linger), "--sound", sound_text(sound_of(audio))]
    return arguments + [word for name, file in files if file for word in (name, str(file))]


def _read_again(path: Path, config: Config) -> AudioSection:
    """The devices as the agent chose them since; those of ``config`` where the file cannot be used now."""
    try:
        return load(path).audio
    except ConfigError:
        return config.audio


def sound_of(section: AudioSection) -> SoundSettings:
    """The devices to talk through."""
    return SoundSettings(
        tuple(_profile(profile) for profile in (section, *section.profile)),
        section.on_unplug,
        section.ring_volume,
    )


def _profile(section: ProfileSection) -> Profile:
    treatment = Treatment(section.echo_cancellation, section.noise_suppression, section.automatic_gain)
    return Profile(section.name, section.microphone, section.speaker, section.ringer, treatment)


def hub_of(section: HubSection, token: Ask) -> Locate:
    """Where the hub is: the centre's, which wants ``token``, or a private one beside the desk."""
    if not section.url:
        return PrivateHub(section.settings, section.agent, log_file("hub")).locate

    async def locate() -> HubAddress:
        return HubAddress(section.url, await token(), ca_file=section.ca_file)

    return locate
