"""The script: steps as guidelines, the text of the one that is next, the answers it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from agent_tui.screens.views.pointing import pointing
from agent_tui.session import select
from agent_tui.session.script import ShownStep, StepStanding
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone

_SIGNS = {
    StepStanding.DONE: ("✔", Tone.GOOD, Tone.DIM),
    StepStanding.CURRENT: ("▶", Tone.WARN, Tone.STRONG),
    StepStanding.AHEAD: ("○", Tone.DIM, Tone.PLAIN),
}
_SEPARATOR = "\n"
"""Between a step's id and an answer in a row's key: neither holds a line break once cleaned."""


def script_page(state: SessionState, *, brief: bool = False) -> Page:
    """The script of the contact on the screen. ``brief``: its border tells the key alone."""
    work = state.shown
    if work is None or work.script is None:
        return Page((Row((Cell(_why_none(state), Tone.DIM, grow=True, wraps=True),)),), _("Script"))
    steps = select.script_steps(work)
    done = sum(step.standing is StepStanding.DONE for step in steps)
    current = next((step.id for step in steps if step.standing is StepStanding.CURRENT), "")
    return Page(
        rows=tuple(row for number, step in enumerate(steps, 1) for row in _step(number, step)),
        title=str(Phrase("Script: {title}", title=work.script.title)),
        subtitle=line(
            Phrase("{done} of {all}", done=done, all=len(steps)) if not brief else "",
            Phrase("Ctrl+↓ done, next"),
        ),
        cursor=current,
    )


def _why_none(state: SessionState) -> str:
    work = state.shown
    if work is None:
        return _("The script comes with the call.")
    if state.hub is not Link.UP:
        return _("The hub does not answer: no script.")
    return _("The script comes with the call.") if work.script_due else _("No script for this queue.")


def chosen(key: str) -> tuple[str, str]:
    """The step and the answer a row's key stands for; the answer is empty for the step itself."""
    step, _, answer = key.partition(_SEPARATOR)
    return step, answer


def _step(number: int, step: ShownStep) -> Iterator[Row]:
    sign, sign_tone, tone = _SIGNS[step.standing]
    mark = Cell(pointing(sign), sign_tone)
    taken = (Cell(step.answer, Tone.GOOD),) if step.answer and step.standing is StepStanding.DONE else ()
    title = Cell(step.title, tone, grow=True, wraps=True)
    yield Row((mark, Cell(f"{number}", Tone.DIM, seen=True), title, *taken), key=step.id)
    if step.standing is not StepStanding.CURRENT:
        return
    if step.text:
        yield Row((Cell(step.text, grow=True, wraps=True),), indent=4)
    for answer in step.answers:
        taking = ("◉", Tone.GOOD) if answer == step.answer else ("○", Tone.WARN)
        cells = (Cell(*taking), Cell(answer, grow=True, wraps=True))
        yield Row(cells, key=f"{step.id}{_SEPARATOR}{answer}", indent=4)
