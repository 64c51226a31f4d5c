"""Which changes of the desk the agent sees at once, and which wait for the next painting. Pure."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.state import NoteState, SessionState, Work


def painted_at_once(old: SessionState, new: SessionState) -> bool:
    """Whether what changed is of calls, contacts and notices, or what the agent did.

    Figures, times and what is being typed are not: the field that is typed into shows each letter by itself.
    """
    return (
        old.calls is not new.calls
        or _works_differ(old.work, new.work)
        or old.notices is not new.notices
        or old.registration is not new.registration
        or old.active != new.active
        or old.rings_silently is not new.rings_silently
        or old.wanted is not new.wanted
        or old.callbacks is not new.callbacks
        or old.writing.moved_on(new.writing)
        or old.promise is not new.promise
        or _language(old) != _language(new)
        or old.history is not new.history
        or old.finding is not new.finding
        or old.creation is not new.creation
        or old.missed is not new.missed
        or old.dialled is not new.dialled
        or old.listening is not new.listening
        or old.sound is not new.sound
        or old.devices is not new.devices
    )


def _works_differ(old: tuple[Work, ...], new: tuple[Work, ...]) -> bool:
    """In more than what is typed: all of the desk painted for each letter would keep the letter waiting."""
    if old is new or len(old) != len(new):
        return old is not new
    return any(_if_typed(was, now) != now for was, now in zip(old, new, strict=True) if was is not now)


def _if_typed(was: Work, now: Work) -> Work:
    """What ``was`` becomes when the note of ``now`` is typed, and nothing else happens."""
    return replace(was, note=now.note, note_state=NoteState.TYPED)


def _language(state: SessionState) -> str:
    return state.me.language if state.me is not None else ""
