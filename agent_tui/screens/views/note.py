"""The note, its outcome, and whether both are safe."""

from __future__ import annotations

from agent_tui.screens import words
from agent_tui.screens.views.calls import contact_name
from agent_tui.session.reduce_edits import taken, writable
from agent_tui.session.state import Phase, SessionState, Work
from agent_tui.text.catalogue import _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.note_pane import LONGEST, NoteView


def note_view(state: SessionState, idle: str = "") -> NoteView:
    """The note under the agent's hands, which a new ring never takes away. ``idle`` stands at the border of
    none.
    """
    work = state.written
    if work is None:
        return NoteView(title=_("Note"), subtitle=idle, hint=_("The note opens with the ring."))
    return NoteView(
        contact=work.contact,
        text=work.note,
        writable=writable(work),
        title=line(_("Note"), contact_name(work)),
        subtitle=_standing(work),
        hint=_("What was it about, what was promised?"),
    )


def _standing(work: Work) -> str:
    """What is noted of a ring is safe here; the hub gets it with the talk, or when the agent says so."""
    if len(work.note) >= LONGEST:
        return _("▲ the note is full")
    if not taken(work) and not work.finishing:
        return _("✔ kept here") if work.note else ""
    return str(words.NOTE_STATE.get(work.note_state, ""))


def outcome_page(state: SessionState) -> Page:
    """How the contact can end, the chosen one marked; nothing until there is one to end."""
    work = state.written
    if state.me is None or work is None or work.phase in (Phase.OFFERED, Phase.MISSED):
        return Page(title=_("Outcome"))
    rows = (_outcome(one.code, one.label, work) for one in state.me.dispositions)
    return Page(tuple(rows), _("Outcome"), cursor=work.disposition)


def _outcome(code: str, label: str, work: Work) -> Row:
    taken = code == work.disposition
    mark = Cell("◉", Tone.GOOD) if taken else Cell("○", Tone.DIM)
    return Row((mark, Cell(label, Tone.STRONG if taken else Tone.PLAIN, grow=True, wraps=True)), key=code)
