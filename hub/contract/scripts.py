"""Guidance for a talk, and what the agent did of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hub.contract.base import Model


class Condition(Model):
    """When a step shows: a card fact, or the answer given at an earlier step, compared with values.

    ``present`` asks only whether there is a value. Several conditions of a step must all hold.
    """

    fact: str | None = None
    answer: str | None = None
    operator: Literal["is", "is_not", "present", "absent"] = "is"
    values: tuple[str, ...] = ()


class Step(Model):
    """A step of a script: a guideline, not dictation. ``{fact}`` in ``title`` and ``text`` is filled in."""

    id: str
    title: str
    text: str = ""
    answers: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()


class Script(Model):
    """Guidance for one queue in one language. ``revision`` changes with every edit of the file."""

    id: str
    title: str
    language: Literal["en", "he"]
    revision: str
    steps: tuple[Step, ...]


class ScriptProgress(Model):
    """What the agent did of the script, stored with the contact: step ids done, answers by step id."""

    script: str
    revision: str
    done: tuple[str, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)
