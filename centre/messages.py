"""``[messages]``: what the hub keeps of written messages to customers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from centre.toml_file import Section


class Messages(Section):
    """``keep_days``: after so long the hub forgets a message that was sent. One that was not stays until
    somebody decides (``moked hub outbox``).
    """

    keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
