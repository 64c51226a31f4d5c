"""One of the agent's secrets, read while the desk is painted already.

A keyring takes 0.1 s and more, and waits for the agent where it has to be unlocked: no desk stays unpainted
for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeAlias

from agent_tui.adapters.secrets import Secret, SecretsError, read

Ask: TypeAlias = Callable[[], Awaitable[str]]
"""Tells a secret; waits for the keyring where that has not told it yet."""

_ONE_AT_A_TIME = threading.Lock()
"""A keyring that is locked asks its user once for all secrets, not for each at the same time."""


class OwnSecret:
    """``value`` is an ``Ask``. ``missing`` hears why there is none, and ends whoever waits for it."""

    def __init__(self, secret: Secret, missing: Callable[[SecretsError], None]) -> None:
        self._secret = secret
        self._missing = missing
        self._told: Future[str] | None = None

    async def value(self) -> str:
        """The secret; read once, however often and long it is asked for."""
        if self._told is None:
            self._told = Future()
            # a daemon: a desk that is left meanwhile does not wait for what the keyring asks its user
            threading.Thread(target=self._read, args=(self._told,), name="keyring", daemon=True).start()
        try:
            return await asyncio.shield(asyncio.wrap_future(self._told))
        except SecretsError as error:
            self._missing(error)
            ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            return await ended

    def _read(self, told: Future[str]) -> None:
        try:
            with _ONE_AT_A_TIME:
                told.set_result(read(self._secret))
        except BaseException as error:  # whatever it is: who waits has to hear of it
            told.set_exception(error)
