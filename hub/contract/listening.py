"""Listening in on an agent's talk: what a trainer asks, and what trainer and agent are told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model

LONGEST_COACH_NOTE = 200
"""Characters: it is read while one talks."""


class ListenMode(StrEnum):
    """Who hears the trainer: nobody, the agent alone, or both who talk."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class ListenRequest(Model):
    """Begin to listen to an agent. The call to the trainer's own phone carries ``token``, 128 bits that the
    desk made for this request alone, so that its phone knows the call that it may answer by itself.
    """

    mode: ListenMode = ListenMode.LISTEN
    token: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class ListenChange(Model):
    """Go on in another way."""

    mode: ListenMode


class ListeningView(Model):
    """How a trainer listens. ``since`` is None until their phone has answered."""

    agent: str
    name: str
    contact: str
    mode: ListenMode
    since: datetime | None = None


class ListeningEvent(Model):
    """The trainer of this stream listens like this now; None: no more."""

    kind: Literal["listening"] = "listening"
    listening: ListeningView | None


class Coach(Model):
    """Somebody who listens to a talk of the agent's."""

    name: str
    contact: str
    mode: ListenMode


class CoachesEvent(Model):
    """All who listen to the agent of this stream now, where the centre shows them."""

    kind: Literal["coaches"] = "coaches"
    coaches: tuple[Coach, ...]


class CoachNote(Model):
    """A line that a trainer writes to an agent, who reads it at once."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_COACH_NOTE)]


class CoachNoteEvent(Model):
    """Somebody wrote to the agent of this stream. ``by``: their name."""

    kind: Literal["coach_note"] = "coach_note"
    by: str
    text: str
    at: datetime
