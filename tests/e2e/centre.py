"""A whole centre for one test: the real Asterisk, a hub process on it, desks in terminals of their own."""

from __future__ import annotations

import os
import re
import secrets
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy.engine import URL

from centre.secrets import CRM_SECRET
from edge.enrolment_code import EnrolmentCode
from sip.account import Account
from tests.e2e.eventually import eventually
from tests.e2e.processes import Process, moked_env, run
from tests.e2e.terminal import Terminal
from tests.e2e.wav import write_tone
from tests.pbx.centre import NAMES
from tests.pbx.rig import Asterisk

AGENTS_TONE = 700
"""What an agent's microphone hears in these tests, in Hz."""

NO_HUB = "http://127.0.0.1:9"
"""The discard port, where nobody answers."""

_SERVING = re.compile(r"serving (http://127\.0\.0\.1:(\d+))/v1")


class Centre:
    """One hub on one Asterisk, both made from one ``centre.toml``. ``home`` holds every file of it."""

    def __init__(self, asterisk: Asterisk, home: Path) -> None:
        self.asterisk = asterisk
        self.home = home
        self.url = ""
        self.program = ("hub", "serve")
        """What is started as the hub, with ``--config FILE``."""
        self.desk_settings = ""
        """More sections of the settings that desks have."""
        self._hub: Process | None = None
        self._port = 0
        self.scripts = home / "scripts"
        self._write_settings()
        self.env = moked_env(home, MOKED_HUB_AMI_SECRET=asterisk.centre.ami_secret)
        self._tokens: dict[str, str] = {}

    @property
    def _settings(self) -> Path:
        return self.home / "hub.toml"

    def _write_settings(self) -> None:
        sample = Path(__file__).parents[2] / "hub/sample"
        self.scripts.mkdir()
        for script in (sample / "scripts").glob("*.toml"):
            (self.scripts / script.name).write_text(script.read_text("utf-8"), "utf-8")
        self._settings.write_text(
            f'''centre = "{self.asterisk.centre_file}"
[hub]
host = "127.0.0.1"
port = {self._port}
ca_file = "{self.asterisk.certificates.ca}"
database = "sqlite+aiosqlite:///hub.db"
scripts = "scripts"
[pbx]
kind = "ami"
host = "localhost"
port = {self.asterisk.centre.ports.ami_tls}
user = "hub"
tls = true
ca_file = "{self.asterisk.certificates.ca}"
[crm]
kind = "builtin"
timeout_seconds = 2.0
customers = "{sample}/customers.csv"
matters = "{sample}/matters.csv"
history = "{sample}/history.csv"
''',
            "utf-8",
        )

    def token(self, extension: str) -> str:
        """The hub's token of agent ``extension``, enrolled when first asked for."""
        if extension not in self._tokens:
            made = run(
                "hub",
                "agent",
                "add",
                NAMES.get(extension, f"agent-{extension}"),
                "--config",
                str(self._settings),
                env=self.env,
            )
            code = EnrolmentCode.read(made)
            asked = {"code": code.name.hex(), "secret": code.secret.hex()}
            answer = httpx.post(f"{self.url}/v1/enrolment", json=asked)
            self._tokens[extension] = answer.json()["token"]
        return self._tokens[extension]

    def start_hub(self) -> None:
        """Start the hub; returns once it serves and its line to the exchange is up."""
        log = self.home / "hub.log"
        begin = log.stat().st_size if log.exists() else 0
        self._hub = Process(*self.program, "--config", str(self._settings), env=self.env, log=log)
        served = eventually(lambda: _SERVING.search(log.read_text("utf-8")[begin:]), "the hub serves")
        self.url, self._port = served[1], int(served[2])
        self._write_settings_again()
        eventually(lambda: httpx.get(f"{self.url}/v1/health").json()["pbx"], "the hub's line to Asterisk")

    def _write_settings_again(self) -> None:
        """A hub that is started again serves on the port that the desks know."""
        self._set("port", self._port)

    def limit_crm(self, seconds: float) -> None:
        """Give the CRM so long for a card, from the next start of the hub."""
        self._set("timeout_seconds", f"{seconds:f}")

    def serve(self, centre_file: Path, port: int) -> None:
        """Serve the centre in another file, at ``port``, from the next start of the hub."""
        self._set("centre", f'"{centre_file}"')
        self._set("port", port)

    def also(self, section: str) -> None:
        """Give the hub another section of settings, from its next start."""
        self._settings.write_text(self._settings.read_text("utf-8") + section, "utf-8")

    def ask_company(self, crm: str, secret: str) -> None:
        """Have the customers in a company's CRM, as these settings (TOML) have it, from the next start."""
        kept, _, _builtin = self._settings.read_text("utf-8").partition("[crm]")
        self._settings.write_text(f"{kept}{crm}", "utf-8")
        self.env[CRM_SECRET] = secret

    def keep_in(self, database: URL) -> None:
        """Keep everything in another database, from the next start of the hub."""
        self._set("database", f'"{database.render_as_string(hide_password=False)}"')

    def know(self, customers: str) -> None:
        """Import these customers (CSV) in place of the sample's, at the next start of the hub."""
        file = self.home / "customers.csv"
        file.write_text(customers, "utf-8")
        self._set("customers", f'"{file}"')
        text = self._settings.read_text("utf-8")
        self._settings.write_text(re.sub(r"(?m)^(matters|history) = .*\n", "", text), "utf-8")

    def serve_with(self, more: str, changed: tuple[str, str] = ("", "")) -> None:
        """Serve this centre with ``more`` in its file and one text of it ``changed``, from the next start."""
        file = self.home / "centre.toml"
        file.write_text(self.asterisk.centre_file.read_text("utf-8").replace(*changed) + more, "utf-8")
        self._set("centre", f'"{file}"')

    def _set(self, key: str, value: object) -> None:
        """Give the first ``key`` of the settings another value."""
        text = self._settings.read_text("utf-8")
        changed = re.sub(rf"^{key} = .*", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
        self._settings.write_text(changed, "utf-8")

    def stop_hub(self) -> None:
        """End the hub. Safe to call twice."""
        if self._hub is not None:
            self._hub.end()

    def kill_hub(self) -> None:
        """Kill the hub (SIGKILL)."""
        assert self._hub is not None
        self._hub.end(signal.SIGKILL)

    @property
    def hub_pid(self) -> int:
        """The hub's process."""
        assert self._hub is not None
        return self._hub.pid

    def client(self, extension: str) -> httpx.Client:
        """The hub's HTTP contract as agent ``extension``."""
        return httpx.Client(
            base_url=f"{self.url}/v1", headers={"Authorization": f"Bearer {self.token(extension)}"}
        )

    def prepare(
        self, extension: str, *, account: Account | None = None, hub: bool = True, tone: int = AGENTS_TONE
    ) -> Home:
        """A home with the settings, secrets and microphone of one agent's desk."""
        place = self.home / f"desk-{extension}-{secrets.token_hex(2)}"
        place.mkdir()
        account = account or self.asterisk.account(extension)
        write_tone(place / "microphone.wav", tone)
        config = place / "config.toml"
        config.write_text(_config(account, self.url if hub else NO_HUB, place) + self.desk_settings, "utf-8")
        env = {
            **moked_env(place, MOKED_SIP_PASSWORD=account.password, MOKED_HUB_TOKEN=self.token(extension)),
            "MOKED_RUNTIME_DIR": f"{os.environ['MOKED_RUNTIME_DIR']}/{place.name[5:]}",
        }
        return Home(place, config, env)

    @contextmanager
    def desk(
        self,
        extension: str,
        *,
        account: Account | None = None,
        columns: int = 120,
        lines: int = 40,
        hub: bool = True,
        tone: int = AGENTS_TONE,
    ) -> Iterator[Desk]:
        """The desk of one agent in a terminal, with a home, a phone and a microphone of its own."""
        home = self.prepare(extension, account=account, hub=hub, tone=tone)
        with Terminal(home.command, env=home.env, columns=columns, lines=lines) as terminal:
            try:
                yield Desk(terminal, home)
            finally:
                terminal.end()
                home.end_phone()


@dataclass(frozen=True, slots=True)
class Home:
    """Where one desk lives: ``place`` holds its files; ``command`` and ``env`` start it."""

    place: Path
    config: Path
    env: dict[str, str]

    @property
    def command(self) -> list[str]:
        """The desk's command line."""
        return [sys.executable, "-m", "agent_tui", "--config", str(self.config)]

    def end_phone(self) -> None:
        """End the phone that this desk started: the process at the other end of its socket."""
        for path in Path(self.env["MOKED_RUNTIME_DIR"]).glob("*.sock"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                try:
                    line.connect(str(path))
                except OSError:
                    continue
                told = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
                pid, _uid, _gid = struct.unpack("3i", told)
            ended = os.pidfd_open(pid)
            os.kill(pid, signal.SIGTERM)
            select.select([ended], [], [], 10)
            os.close(ended)


class Desk:
    """One desk in its terminal; ``heard`` is the WAV of what the agent hears."""

    def __init__(self, terminal: Terminal, home: Home) -> None:
        self.terminal = terminal
        self.home = home

    @property
    def heard(self) -> Path:
        """What the agent's ear got so far, as the phone records it."""
        return self.home.place / "ear.wav"

    def ready(self) -> None:
        """Wait until the phone is registered and the hub answers, then choose to be ready."""
        # the key is shown once it works: pressed before, it is nobody's
        self.terminal.wait_for("● Registered", "F9", within=40)
        self.terminal.press("f9")
        self.terminal.wait_for("Ready", "free")


def _config(account: Account, url: str, home: Path) -> str:
    ca = f'ca_file = "{account.ca_file}"\n' if account.ca_file else ""
    return f'''[sip]
user = "{account.user}"
domain = "{account.domain}"
transport = "{account.transport}"
media_encryption = "{account.media_encryption}"
{ca}
[hub]
url = "{url}"

[audio]
kind = "wav"
wav_in = "{home / "microphone.wav"}"
wav_out = "{home / "ear.wav"}"
'''
