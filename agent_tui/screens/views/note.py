"""The note, its outcome, and whether both are safe."""

from __future__ import annotations

from dataclasses import dataclass

from agent_tui.screens import words
from agent_tui.screens.views.calls import contact_name
from agent_tui.session import select
from agent_tui.session.reduce_edits import writable
from agent_tui.session.state import Phase, SessionState, Work
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.note_pane import NoteView


@dataclass(frozen=True, slots=True)
class _Titles:
    title: str
    subtitle: str


def note_view(state: SessionState) -> NoteView:
    """The note under the agent's hands, which a new ring never takes away."""
    work = state.written
    if work is None or work.phase is Phase.OFFERED:
        return NoteView(title=words.NOTE, hint=words.NOTE_LATER)
    titles = _titles(state, work)
    return NoteView(
        contact=work.contact,
        text=work.note,
        writable=writable(work),
        title=titles.title,
        subtitle=titles.subtitle,
        hint=words.NOTE_HINT,
    )


def outcome_page(state: SessionState) -> Page:
    """How the contact can end, the chosen one marked; nothing until there is one to end."""
    work = state.written
    if state.me is None or work is None or work.phase is Phase.OFFERED:
        return Page(title=words.OUTCOME)
    rows = (_outcome(one.code, one.label, work) for one in state.me.dispositions)
    return Page(tuple(rows), words.OUTCOME, cursor=work.disposition)


def _outcome(code: str, label: str, work: Work) -> Row:
    taken = code == work.disposition
    mark = Cell("◉", Tone.GOOD) if taken else Cell("○", Tone.DIM)
    return Row((mark, Cell(label, Tone.STRONG if taken else Tone.PLAIN, grow=True, wraps=True)), key=code)


def _titles(state: SessionState, work: Work) -> _Titles:
    title = words.joined(words.NOTE, contact_name(work))
    told = [words.NOTE_STATE[work.note_state]]
    if work.phase is Phase.WRAP_UP:
        told.append(f"{words.WRAP_UP.lower()} {words.timer(select.phase_seconds(work, state.now))}")
    return _Titles(title, words.joined(*told))
