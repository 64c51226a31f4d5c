"""Keyrings that do not tell at once."""

from __future__ import annotations

import threading

from tests.conftest import MemoryKeyring


class LockedKeyring(MemoryKeyring):
    """Asks its user to unlock it, and waits; ``asked`` is how often it has asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.waits = threading.Event()
        self.unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.waits.set()
        assert self.unlocked.wait(60)
        return super().get_password(service, username)
