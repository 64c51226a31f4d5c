"""Script guidance as the agent sees it: which steps show, what they say, which comes next. All pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hub.contract import Condition, Script, ScriptProgress, Step

Facts: TypeAlias = Mapping[str, str]
"""Plain names to plain text, from the customer's card."""

Answers: TypeAlias = Mapping[str, str]
"""The customer's answers by step id."""

_PLACE = re.compile(r"\{([^{}\n]{1,40})\}")


class StepStanding(StrEnum):
    """Where a shown step stands."""

    DONE = "done"
    CURRENT = "current"
    """The first step not done."""
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step ready to be painted: facts filled in, ``answer`` empty until one was taken down."""

    id: str
    title: str
    text: str
    answers: tuple[str, ...]
    answer: str
    standing: StepStanding


def shown_steps(script: Script, progress: ScriptProgress | None, facts: Facts) -> tuple[ShownStep, ...]:
    """The steps that show now, in the script's order."""
    answers = progress.answers if progress else {}
    done = frozenset(progress.done if progress else ())
    visible = visible_steps(script, answers, facts)
    current = next((step.id for step in visible if step.id not in done), None)

    def standing(step: Step) -> StepStanding:
        if step.id in done:
            return StepStanding.DONE
        return StepStanding.CURRENT if step.id == current else StepStanding.AHEAD

    return tuple(
        ShownStep(
            id=step.id,
            title=fill(step.title, facts),
            text=fill(step.text, facts),
            answers=step.answers,
            answer=answers.get(step.id, ""),
            standing=standing(step),
        )
        for step in visible
    )


def visible_steps(script: Script, answers: Answers, facts: Facts) -> tuple[Step, ...]:
    """The steps whose conditions hold. An answer counts only while the step it was given at shows."""
    visible: list[Step] = []
    counting: dict[str, str] = {}
    for step in script.steps:
        if not all(_holds(condition, counting, facts) for condition in step.when):
            continue
        visible.append(step)
        if step.id in answers:
            counting[step.id] = answers[step.id]
    return tuple(visible)


def fill(text: str, facts: Facts) -> str:
    """``text`` with each ``{fact}`` replaced by its value, once; a fact nobody knows shows as ``‹fact›``."""

    def value(place: re.Match[str]) -> str:
        name = place[1].strip()
        return facts.get(name) or f"‹{name}›"

    return _PLACE.sub(value, text)


def restored(script: Script, progress: ScriptProgress | None) -> ScriptProgress:
    """``progress`` carried over to this revision: ticks and answers stay with the steps that still exist."""
    if progress is None:
        return ScriptProgress(script=script.id, revision=script.revision)
    steps = {step.id: step for step in script.steps}
    return ScriptProgress(
        script=script.id,
        revision=script.revision,
        done=tuple(step for step in progress.done if step in steps),
        answers={
            step: answer
            for step, answer in progress.answers.items()
            if step in steps and answer in steps[step].answers
        },
    )


def ticked(progress: ScriptProgress, step: str) -> ScriptProgress:
    """With the step marked done, or with the mark taken off."""
    without = tuple(one for one in progress.done if one != step)
    done = without if step in progress.done else (*progress.done, step)
    return progress.model_copy(update={"done": done})


def answered(progress: ScriptProgress, step: str, answer: str) -> ScriptProgress:
    """With the answer taken down and its step done; the same answer again takes the answer off."""
    answers = dict(progress.answers)
    if answers.get(step) == answer:
        del answers[step]
        return progress.model_copy(update={"answers": answers})
    answers[step] = answer
    done = progress.done if step in progress.done else (*progress.done, step)
    return progress.model_copy(update={"answers": answers, "done": done})


_COMPARE: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "is": lambda value, values: value in values,
    "is_not": lambda value, values: value not in values,
    "present": lambda value, _values: bool(value),
    "absent": lambda value, _values: not value,
}


def _holds(condition: Condition, answers: Answers, facts: Facts) -> bool:
    if condition.answer is not None:
        return _COMPARE[condition.operator](answers.get(condition.answer, ""), condition.values)
    return _COMPARE[condition.operator](facts.get(condition.fact or "", ""), condition.values)
