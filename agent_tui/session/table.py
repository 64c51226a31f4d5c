"""The shape of a reducer: for one subject, a pure function for each type of event it answers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from agent_tui.session.state import SessionState

Table: TypeAlias = Mapping[type, Callable[[SessionState, Any], SessionState]]
"""Each function takes exactly the type it stands under."""
