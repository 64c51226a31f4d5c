"""A centre's directory: somebody in each standing, who is free not the first of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from agent_tui.session.state import Directory
from hub.contract import Colleague, DirectoryEntry, Line, Presence

AT = datetime(2026, 5, 28, 11, 36, tzinfo=UTC)
"""Now, on the wall clock of ``tests.stubs.desk``."""


def a_colleague(agent: str, name: str, number: str, line: Line, **changes: Any) -> Colleague:
    """Ready, with the telephone as told."""
    known = Colleague(agent=agent, name=name, number=number, presence=Presence.READY, line=line)
    return known.model_copy(update=changes)


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return AT - timedelta(minutes=minutes)


DIRECTORY = Directory(
    colleagues=(
        a_colleague("dana", "Dana Levi", "1001", "busy", since=ago(3)),
        a_colleague("yael", "יעל מזרחי", "1003", "busy", since=ago(3.2)),
        a_colleague("tal", "Tal Peretz", "1008", "unreachable", since=ago(90)),
        a_colleague(
            "omer", "Omer Bar", "1004", "free", presence=Presence.AWAY, reason="Lunch", since=ago(12.4)
        ),
        a_colleague("noa", "נועה כהן", "1005", "wrap_up", since=ago(0.7)),
        a_colleague("noam", "Noam Katz", "1002", "free", since=ago(20)),
        a_colleague("gal", "Gal [b]Stern[/b]", "1007", "ringing", since=ago(0.1)),
        a_colleague("bart", "Bartholomew Featherstonehaugh-Cholmondeley", "1006", "free", since=ago(2)),
        a_colleague("shira", "שירה לוי", "1009", "unknown", presence=Presence.OFFLINE, since=ago(300)),
        a_colleague("avi", "אבי פרץ", "1010", "paused", since=ago(61)),
        a_colleague("lior", "Lior Amar", "1011", "unknown"),
    ),
    entries=(
        DirectoryEntry(name="Sales and renewals", number="702", kind="queue"),
        DirectoryEntry(name="Reception", number="1000", kind="department"),
        DirectoryEntry(name="טכנאי שטח", number="+97235550100", kind="external"),
    ),
)
