"""All that a desk shows when it comes up."""

from __future__ import annotations

from pydantic import Field

from hub.contract.agents import Me
from hub.contract.base import Model
from hub.contract.callbacks import CallbackView
from hub.contract.contacts import OpenContact
from hub.contract.conversations import AgentTemplate, FileLimits
from hub.contract.figures import AgentFigures, QueueFigures
from hub.contract.listening import Coach, ListeningView


class Snapshot(Model):
    """Everything a desk shows when it comes up. ``cursor`` is the event id to go on from; ``files`` says
    how large those may be that are written with.
    """

    cursor: str
    me: Me
    queues: tuple[QueueFigures, ...]
    own: AgentFigures | None = None
    contacts: tuple[OpenContact, ...] = ()
    callbacks: tuple[CallbackView, ...] = ()
    listening: ListeningView | None = None
    coaches: tuple[Coach, ...] = ()
    templates: tuple[AgentTemplate, ...] = ()
    files: FileLimits = Field(default_factory=FileLimits)
    pbx: bool
    pbx_words: str = ""
