"""What the rows of the screen's parts ask for."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.screens.views.script import chosen
from agent_tui.session.state import SessionState


def meant(state: SessionState, part: str | None, row: str) -> do.Command | None:
    """What choosing the ``row`` of a ``part`` asks for now; None when it would do nothing."""
    shown, written = state.shown, state.written
    match part:
        case "card" if shown is not None:
            return do.ChooseCustomer(shown.contact, row)
        case "script" if shown is not None:
            step, answer = chosen(row)
            return do.AnswerStep(shown.contact, step, answer) if answer else do.TickStep(shown.contact, step)
        case "outcome" if written is not None:
            return do.ChooseDisposition(written.contact, row)
        case "notices":
            return do.DismissNotice(row)
        case "calls":
            return do.SelectCall(row)
        case _:
            return None
