"""``[whatsapp]``: what callers are written in place of waiting, and to whom."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from centre.callbacks import Destination
from centre.texts import Language
from centre.toml_file import Section


class Template(Section):
    """A message that Meta has approved, by its name and its language as they stand in WhatsApp Manager."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]


class Templates(Section):
    """By the caller's language; in the other one where there is none for it."""

    en: Template | None = None
    he: Template | None = None

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if self.en is None and self.he is None:
            raise ValueError("at least one is needed: en or he")
        return self


class AgentTemplate(Template):
    """A template that agents send by hand, which they know as ``title``. ``body`` is its text as Meta
    approved it, so that it can be read before it is sent.

    ``parameters`` say what ``{{1}}``, ``{{2}}``… of the body are filled with: ``name`` is the customer's
    name, ``agent`` the agent's, others are facts of the card. What is not known there the agent writes.
    """

    title: Annotated[str, Field(min_length=1, max_length=60)]
    body: Annotated[str, Field(min_length=1, max_length=1024)]
    parameters: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Field(max_length=10)
    ] = ()

    @model_validator(mode="after")
    def _filled(self) -> Self:
        wanted = {str(number) for number in range(1, len(self.parameters) + 1)}
        if set(re.findall(r"{{(.*?)}}", self.body)) != wanted:
            raise ValueError("body needs {{1}}, {{2}}… once or more for each of the parameters, and no other")
        return self


class WhatsApp(Section):
    """Without this section nobody is written to.

    Who presses ``whatsapp_digit`` of a queue gets the template of their language; with ``queue_title`` its
    ``{{1}}`` is the queue's title. ``destinations`` are the beginnings of the numbers that may be written to,
    with country code, ``daily_limit`` is of all messages of 24 hours, ``number_limit`` of those to one
    number: a caller's number can be forged, and each message is paid for. ``agent_templates`` are those that
    agents send by hand.
    """

    destinations: Annotated[tuple[Destination, ...], Field(min_length=1)]
    templates: Templates
    queue_title: bool = False
    daily_limit: Annotated[int, Field(ge=1, le=100_000)] = 300
    number_limit: Annotated[int, Field(ge=1, le=100)] = 3
    agent_templates: Annotated[tuple[AgentTemplate, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        known = [(one.name, one.language) for one in self.agent_templates]
        if len(set(known)) < len(known):
            raise ValueError("agent_templates: one name in one language stands there twice")
        return self

    def template(self, language: Language) -> tuple[Template, Language]:
        """What a caller of ``language`` is written, and in which language that is."""
        other: Language = "en" if language == "he" else "he"
        for one in (language, other):
            found: Template | None = getattr(self.templates, one)
            if found is not None:
                return found, one
        raise AssertionError("there is at least one")

    def reaches(self, number: str) -> bool:
        """Whether ``number`` (E.164) may be written to."""
        return number.startswith(self.destinations)
