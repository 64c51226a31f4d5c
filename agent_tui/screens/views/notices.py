"""Notices, one row each: a sign, a word, what happened and what to do next."""

from __future__ import annotations

from agent_tui.screens import words
from agent_tui.session.state import SessionState, Severity
from agent_tui.widgets.cells import Cell, Page, Row, Tone

_SIGNS = {
    Severity.INFO: ("●", Tone.INFO_TAG),
    Severity.WARNING: ("▲", Tone.WARN_TAG),
    Severity.ERROR: ("✖", Tone.BAD_TAG),
}


def notices_page(state: SessionState) -> Page:
    """The newest first; Esc takes it away, a click any."""
    newest = state.notices[-1].topic if state.notices else ""
    rows: list[Row] = []
    for notice in reversed(state.notices):
        sign, tone = _SIGNS[notice.severity]
        tag = Cell(f" {sign} {words.SEVERITY[notice.severity]} ", tone)
        close = "Esc ✕" if notice.topic == newest else "✕"
        rows.append(
            Row(
                (tag, Cell(str(notice.words), grow=True, wraps=True), Cell(close, Tone.DIM, seen=True)),
                key=notice.topic,
            )
        )
    return Page(tuple(rows))
