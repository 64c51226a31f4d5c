"""The private hub: found where one of this user runs already, else started beside the desk.

It outlives a desk that is closed or crashed for a while, so that the next desk finds every note again, and
ends by itself. The token goes to it over its stdin and is read back from the file it keeps in the private
runtime directory.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import select
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubError, HubRefused, HubUnreachable
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import reason
from edge.runtime import NotPrivateError, runtime_directory
from edge.text import clean

_URL = "http://hub"
"""A name for the Unix socket: no packet leaves the machine, and no name is looked up."""
_READY_WITHIN = 30.0
_KNOCK_WITHIN = 2.0
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 512
_MOST_SAID = 4_000
_SECRETS = frozenset({"MOKED_SIP_PASSWORD", "MOKED_HUB_TOKEN"})


@dataclass(frozen=True, slots=True)
class PrivateHub:
    """Where the private hub is, and how it is started.

    ``settings`` is its settings file, None for a softphone's; ``agent`` is which of its agents we are, empty
    for the first. What it says of its own goes to ``log``.
    """

    settings: Path | None
    agent: str
    log: Path

    async def locate(self) -> HubAddress:
        """Where the hub answers, after starting it where none does. Raises ``HubError``."""
        return await asyncio.to_thread(self._locate)

    def _locate(self) -> HubAddress:
        try:
            path = runtime_directory() / "hub.sock"
        except (NotPrivateError, OSError) as error:
            raise HubRefused(
                Phrase("There is no private place for the hub's socket: {why}", why=reason(error))
            ) from None
        return _running(path) or self._started(path)

    def _started(self, path: Path) -> HubAddress:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self.log.open("a+b") as log:
            begin = log.seek(0, os.SEEK_END)
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                self._command(path),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env=_without_secrets(os.environ),
            )
            if process.stdin is None or process.stdout is None:
                raise AssertionError("both were asked for")
            _hand_over(process.stdin, token)
            if not _says_ready(process.stdout):
                log.seek(begin)
                raise _failure(process, log.read(_MOST_SAID).decode(errors="replace"))
        return HubAddress(_URL, token, path)

    def _command(self, path: Path) -> list[str]:
        command = [sys.executable, "-m", "hub", "private", "--socket", str(path)]
        if self.settings is not None:
            command += ["--settings", str(self.settings)]
        if self.agent:
            command += ["--agent", self.agent]
        return command


def _running(path: Path) -> HubAddress | None:
    """The hub that answers at ``path``, if one does and has left its token for us."""
    try:
        token = path.with_name(path.name + ".token").read_text(encoding="ascii")[:_LONGEST_TOKEN]
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.settimeout(_KNOCK_WITHIN)
            knock.connect(str(path))
    except (OSError, ValueError):
        return None
    return HubAddress(_URL, token, path) if token else None


def _hand_over(pipe: IO[bytes], token: str) -> None:
    """Write the token; a hub that is gone already tells so by its exit status."""
    with suppress(BrokenPipeError), pipe:
        pipe.write(token.encode() + b"\n")


def _says_ready(pipe: IO[bytes]) -> bool:
    """Whether the hub says in time that it serves."""
    with pipe:
        readable, _, _ = select.select([pipe], [], [], _READY_WITHIN)
        return bool(readable) and pipe.readline(_LONGEST_TOKEN).strip() == b"ready"


def _failure(process: subprocess.Popen[bytes], said: str) -> HubError:
    """Why no hub came of it. Another desk may be starting the hub in this moment: then there soon is one."""
    process.terminate()
    status = process.wait(_READY_WITHIN)
    if status == os.EX_TEMPFAIL:
        return HubUnreachable(Phrase("The private hub is just being started by another desk."))
    words = clean(said.strip().rpartition("\n")[2], limit=300) or str(
        Phrase("it ended with status {status}", status=status)
    )
    kind = HubRefused if status == os.EX_CONFIG else HubUnreachable
    return kind(Phrase("The private hub does not start: {why}", why=words))


def _without_secrets(surroundings: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in surroundings.items() if name not in _SECRETS}
