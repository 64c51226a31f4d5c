"""A hub that serves https, with its administrator's command; ``moked enroll`` at it, and what that keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest

from agent_tui import cli, cli_more
from tests.hub.served import HubProcess, run_hub, with_accounts, write_settings
from tests.pbx.certificates import CertificateFiles

PASSWORD = "correct horse battery"
"""What the administrator types for Yael, where she has one."""


class Centre:
    """A hub of its own process, and its administrator's command."""

    def __init__(self, settings: Path, url: str) -> None:
        self.settings = settings
        self.url = url

    def run(self, *command: str) -> str:
        status, out, err = asyncio.run(run_hub(*command, "--config", self.settings))
        assert status == 0, err
        return out


@contextmanager
def serving(files: CertificateFiles, *, accounts: bool = True) -> Iterator[Centre]:
    directory = files.ca.parent
    tls = f'certificate = "{files.chain}"\ncertificate_key = "{files.key}"\nca_file = "{files.ca}"'
    settings = write_settings(directory, hub=tls)
    if accounts:
        with_accounts(settings)
    with asyncio.Runner() as runner:
        hub = runner.run(HubProcess.start("serve", "--config", settings))
        try:
            words = runner.run(hub.line())
            yield Centre(settings, words.removeprefix("serving ").removesuffix("/v1"))
        finally:
            runner.run(hub.stop())


def enroll(monkeypatch: pytest.MonkeyPatch, url: str, where: Path, *typed: str, authority: str = "") -> int:
    """Run the command, with ``typed`` at its prompts; its exit status."""
    answers = iter(typed)
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    monkeypatch.setattr(cli_more, "getpass", lambda _prompt: next(answers))
    more = ["--authority", authority] if authority else []
    with pytest.raises(SystemExit) as ended:
        cli.main(["enroll", url, "--config", str(where), *more])
    return int(ended.value.code or 0)


def kept() -> list[str]:
    """What lies in the keyring."""
    ring = keyring.get_keyring()
    return [name for _service, name in getattr(ring, "_kept", {})]
