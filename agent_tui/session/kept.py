"""What of an agent's work outlives the desk."""

from __future__ import annotations

from abc import ABC, abstractmethod

from pydantic import BaseModel, ConfigDict


class Kept(BaseModel, ABC):
    """One piece of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    @abstractmethod
    def about(self) -> str:
        """What it belongs to: of each there is one."""
