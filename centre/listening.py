"""``[listening]``: whether trainers and supervisors may listen in on agents' calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from centre.toml_file import Section


class Listening(Section):
    """Without this section nobody listens in.

    ``shown``: the agent sees on their desk who listens, and how. At most ``most`` listen to one talk at once.
    """

    shown: bool = True
    most: Annotated[int, Field(ge=1, le=10)] = 2
