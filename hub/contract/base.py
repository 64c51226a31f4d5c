"""What every message of the contract is made of."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Percent: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Milliseconds: TypeAlias = Annotated[float, Field(ge=0, le=3_600_000)]
Mos: TypeAlias = Annotated[float, Field(ge=1, le=5)]


class Model(BaseModel):
    """A frozen message; unknown keys are refused, so that the two sides cannot drift apart silently.

    How a kind is checked is worked out as its first message comes: no desk's first picture waits for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def work_out(cls) -> None:
        """Work out at once how each kind that is known by now is checked, and what reads it from now on."""
        for kind in cls.__subclasses__():
            kind.model_config["defer_build"] = False
            kind.model_rebuild()
            kind.work_out()
