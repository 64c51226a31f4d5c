"""What of an agent's work outlives the desk."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Kept(BaseModel):
    """One piece of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def about(self) -> str:
        """What it belongs to: of each there is one."""
        raise NotImplementedError
