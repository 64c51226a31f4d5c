"""What the hub needs of the exchange's registrar: that a registration ends before its time."""

from __future__ import annotations

from typing import Protocol


class RegistrarError(Exception):
    """The registration may still stand. ``str(error)`` says why."""


class Registrar(Protocol):
    """The registrar of the agents' devices."""

    async def unregister(self, user: str, password: str) -> None:
        """Take every contact of ``user`` away, at once. Raises ``RegistrarError``."""
        ...
