"""What changes the floor, listening in and coaching on this desk, beside what the hub tells by its stream."""

from __future__ import annotations

from typing import TypeAlias

from agent_tui.text.catalogue import Told
from edge.message import message
from hub.contract import FloorView, ListenMode


@message
class FloorCame:
    """The hub told how the floor stands."""

    view: FloorView


@message
class FloorFailed:
    """It did not. ``words``: why."""

    words: Told


@message
class FloorLeft:
    """Nobody looks any more."""


@message
class CoachNoteSent:
    """What this trainer wrote is on the desk of ``who``."""

    who: str


@message
class ListeningAsked:
    """The hub is asked to ring this phone, so that an agent is heard; no ``token``: nothing comes of it."""

    token: str
    mode: ListenMode = ListenMode.LISTEN


@message
class ListeningTaken:
    """From now on this desk's phone takes the calls that it asked for by itself."""


FloorEvent: TypeAlias = FloorCame | FloorFailed | FloorLeft | CoachNoteSent | ListeningAsked | ListeningTaken
