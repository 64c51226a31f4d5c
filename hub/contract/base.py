"""What every message of the contract is made of."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Percent: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Milliseconds: TypeAlias = Annotated[float, Field(ge=0, le=3_600_000)]
Mos: TypeAlias = Annotated[float, Field(ge=1, le=5)]


class Model(BaseModel):
    """A frozen message; unknown keys are refused, so that the two sides cannot drift apart silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
