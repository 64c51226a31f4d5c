"""What ``moked doctor`` looks at, in the order in which one thing needs the other."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agent_tui.adapters import secrets
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.adapters.secrets import Secret, SecretsError
from agent_tui.config import AudioKind, Config, ConfigError, SipSection, load
from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.wiring import account_of, sound_of
from doctor import centre, line, names, sound, terminal, trust
from doctor.dialogue import dialogue
from doctor.findings import failed, good, skipped, warning
from edge.runtime import AlreadyRunningError, Lock, runtime_directory
from edge.text import clean
from sip.account import Transport
from sip.addresses import host_of
from sip.audio.sound import Sound
from sip.tls import system_ca_file

_SIPS_PORT = 5061
_LONGEST = 2_000
_OPEN = Phrase(
    "moked is open and has the phone: its top line tells this. Close it (Ctrl+Q) to have it looked at"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look at. ``echo`` is the exchange's echo test, empty for none; ``sound``: the devices too.

    ``beside_desk``: an open desk asks, whose phone tells of the line by itself.
    """

    config: Path
    echo: str
    sound: bool
    ask_terminal: bool
    beside_desk: bool = False


async def examine(wish: Wish, tell: Callable[[Told], None]) -> AsyncIterator[Finding]:
    """Every check, as soon as it is done."""
    for finding in _terminal(wish):
        yield finding
    try:
        config = load(wish.config)
    except ConfigError as error:
        yield failed(
            "settings", clean(str(error), limit=_LONGEST), Phrase("`config.example.toml` explains every key.")
        )
        yield skipped("the rest", Phrase("there are no settings to look at it with"))
        return
    yield _settings(config.sip, wish.config)
    async for finding in _sound(config, wish, tell):
        yield finding
    async for finding in _telephone(config, wish):
        yield finding
    async for finding in _hub(config):
        yield finding


def _settings(sip: SipSection, path: Path) -> Finding:
    if "opus" in sip.codecs and len(sip.codecs) > 1:
        left_out = Phrase("{path}: Opus is not offered beside other codecs", path=str(path))
        return warning("settings", left_out, Phrase("Take opus out of `codecs`, or take the others out."))
    return good("settings", str(path))


def _terminal(wish: Wish) -> Iterator[Finding]:
    setting = terminal.Setting(os.environ, sys.stdout.encoding, shutil.get_terminal_size())
    if wish.beside_desk:
        yield from terminal.beside_a_desk(setting)
        return
    if not wish.ask_terminal:
        yield from terminal.examine(setting, None)
        return
    with dialogue() as talk:
        findings = list(terminal.examine(setting, talk))
    yield from findings


async def _sound(config: Config, wish: Wish, tell: Callable[[Told], None]) -> AsyncIterator[Finding]:
    if not wish.sound:
        taken = Phrase("the call that is open has the headset")
        yield skipped("sound", taken if wish.beside_desk else Phrase("not wanted"))
        return
    if config.audio.kind is not AudioKind.SOUND_CARD:
        yield skipped("sound", Phrase("the settings take {what} for it", what=config.audio.kind.value))
        return
    for finding in await asyncio.to_thread(
        lambda: list(sound.examine(Sound(sound_of(config.audio)).talking(), tell))
    ):
        yield finding


async def _telephone(config: Config, wish: Wish) -> AsyncIterator[Finding]:
    known = False
    for domain in (config.sip.domain, *config.sip.fallback_domains):
        async for finding in _way(domain, config.sip):
            yield finding
            known |= finding.check == "name" and finding.verdict is not Verdict.FAILED
    if not known and not wish.beside_desk:
        yield skipped("registration", Phrase("no registrar has an address"))
        return
    wanted = secrets.sip_password(config.sip.user, config.sip.domain)
    finding, password = _secret("password", wanted)
    yield finding
    if wish.beside_desk:
        return
    if not password:
        yield skipped("registration", Phrase("there is no password"))
        return
    try:
        with Lock(runtime_directory() / "phone.lock"):
            account = account_of(config.sip, password)
            async for finding in line.examine(account, wish.echo, config.phone.engine):
                yield finding
    except AlreadyRunningError:
        yield skipped("registration", _OPEN)


async def _way(domain: str, section: SipSection) -> AsyncIterator[Finding]:
    """The way to one registrar: its name, and its certificate where there is one."""
    host, port = host_of(domain), _port(domain)
    name = await names.examine(host, port_given=port is not None, transport=section.transport)
    yield name
    if section.transport is Transport.TLS and name.verdict is not Verdict.FAILED:
        ca_file = section.ca_file or Path(system_ca_file())
        yield await trust.examine("certificate", host, port or _SIPS_PORT, ca_file)


async def _hub(config: Config) -> AsyncIterator[Finding]:
    if not config.hub.url:
        yield good("hub", Phrase("none is set: a private one runs beside the desk"))
        return
    finding, token = _secret("token", secrets.hub_token(config.hub.url))
    yield finding
    if not token:
        yield skipped("hub", Phrase("there is no token"))
        return
    async for finding in centre.examine(HubAddress(config.hub.url, token, ca_file=config.hub.ca_file)):
        yield finding


def _secret(check: str, wanted: Secret) -> tuple[Finding, str]:
    """Whether the secret is there, and the secret: empty where it is not."""
    try:
        value = secrets.read(wanted)
    except SecretsError as error:
        return failed(check, Phrase("there is none"), error.words), ""
    if os.environ.get(wanted.variable):
        return good(check, Phrase("in the variable {name}", name=wanted.variable)), value
    return good(check, Phrase("in the keyring")), value


def _port(domain: str) -> int | None:
    """The port in ``pbx.example.com:5061``; None where there is none."""
    _host, colon, port = domain.rpartition(":")
    return int(port) if colon and port.isdigit() else None
