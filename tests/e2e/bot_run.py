"""``moked bot run`` in a test: settings for the run's centre, and the command in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.e2e.processes import Process, moked_env
from tests.pbx.centre import TRUNK_PASSWORD, password
from tests.stubs.junit import suite_of
from tests.stubs.whatsapp import TOKEN
from tests.stubs.whatsapp_webhooks import APP_SECRET

AGENTS = {"dana": "1101", "noam": "1102"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over, or goes on as ``process``."""

    process: Process
    home: Path

    @property
    def said(self) -> str:
        return self.process.log.read_text("utf-8")

    def lines(self, event: str) -> list[dict[str, Any]]:
        whole = (self.home / "lines.jsonl").read_text("utf-8").rpartition("\n")[0].splitlines()
        return [told for line in whole if (told := json.loads(line))["event"] == event]

    @property
    def suite(self) -> ET.Element:
        return suite_of((self.home / "junit.xml").read_bytes())


def settings(centre: Centre, to: Path, more: str) -> None:
    """Write ``bots.toml`` for this centre, with ``more`` sections."""
    agents = "".join(
        f'[[agents]]\nname = "{name}"\nuser = "{user}"\nmedia_encryption = "off"\n'
        for name, user in AGENTS.items()
    )
    sip = centre.asterisk.account(AGENTS["dana"])
    to.write_text(
        f'[exchange]\ndomain = "{sip.domain}"\ntransport = "udp"\n'
        f'[hub]\nurl = "{centre.url}"\n{more}{agents}',
        "utf-8",
    )


def start(centre: Centre, home: Path, *arguments: str, more: str = "") -> Run:
    """``moked bot run`` with these arguments, its reports in ``home``."""
    home.mkdir(exist_ok=True)
    settings(centre, home / "bots.toml", more)
    secrets = {
        "MOKED_BOT_TRUNK_PASSWORD": TRUNK_PASSWORD,
        "MOKED_BOT_WHATSAPP_TOKEN": TOKEN,
        "MOKED_BOT_WHATSAPP_APP_SECRET": APP_SECRET,
    }
    for name, user in AGENTS.items():
        secrets[f"MOKED_BOT_{name.upper()}_PASSWORD"] = password(user)
        secrets[f"MOKED_BOT_{name.upper()}_TOKEN"] = centre.token(user)
    reports = ("--junit", str(home / "junit.xml"), "--json-lines", str(home / "lines.jsonl"))
    given = ("run", *arguments, "--settings", str(home / "bots.toml"), *reports)
    log = home / "said.txt"
    return Run(Process("bots.command", *given, env=moked_env(home, **secrets), log=log), home)


def over(run: Run) -> Run:
    """The same once it has ended by itself."""
    eventually(lambda: not run.process.running, "the run is over", within=150)
    return run
