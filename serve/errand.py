"""What a browser's desk is told by the server that starts it: one line of JSON down a pipe.

A token in the environment could be read by whatever the desk starts, and one in an argument by every user of
the machine. The server keeps its end of the pipe open: when it closes, by the server's death too, the desk
ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agent_tui.config import DeskSection


class Errand(BaseModel):
    """Whose desk it is, at which hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str
    url: str
    ca_file: Path | None = None
    token: Annotated[str, Field(repr=False)]
    desk: DeskSection
