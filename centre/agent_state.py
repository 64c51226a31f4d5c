"""``[agent_state]``: what an agent's state becomes without the agent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from centre.toml_file import Section


class AgentState(Section):
    """``missed_in_a_row``: after so many calls that rang in vain the agent is away; 0 for never.

    ``desk_grace_seconds``: who is ready gets no new calls after so long without a desk, until it is back; 0
    for never.
    """

    missed_in_a_row: Annotated[int, Field(ge=0, le=100)] = 3
    desk_grace_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
