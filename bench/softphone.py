"""The desk as it is without a centre: it starts its phone and its private hub by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sip.account import Account
from tests.e2e.centre import Home
from tests.e2e.processes import moked_env
from tests.e2e.terminal import Terminal


def softphone_home(place: Path, account: Account) -> Home:
    """A home with the settings of a softphone that hears nothing and says nothing."""
    config = place / "config.toml"
    config.write_text(
        f'[sip]\nuser = "{account.user}"\ndomain = "{account.domain}"\n'
        f'transport = "{account.transport}"\nmedia_encryption = "{account.media_encryption}"\n'
        '[audio]\nkind = "silence"\n',
        "utf-8",
    )
    env = moked_env(place, MOKED_SIP_PASSWORD=account.password, MOKED_RUNTIME_DIR=str(place / "run"))
    return Home(place, config, env)


@contextmanager
def softphone(home: Home) -> Iterator[Terminal]:
    """The desk in a terminal; it, its phone and its hub end with the context."""
    with Terminal(home.command, env=home.env) as terminal:
        try:
            yield terminal
        finally:
            terminal.end()
            home.end_phone()
