"""One line for the agent when something is missing or did not happen: what, and what to do next."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import reduce_calls
from agent_tui.session.events import (
    CommandFailed,
    DraftNotKept,
    HubLinkChanged,
    NoteNotSaved,
    NoteSaved,
    NoticeDismissed,
    PhoneLinkChanged,
    PresenceWanted,
    ProgressSaved,
    SnapshotTaken,
    WrapUpFailed,
    WrapUpStarted,
    WrapUpStored,
)
from agent_tui.session.pauses import named
from agent_tui.session.state import Call, Link, Notice, SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase, Told
from hub.contract import PbxLinkEvent, Presence, PresenceSetEvent, WrappedUpEvent, WrapUpOverEvent
from sip import events as ev
from sip.events import CloseReason, RegistrationState

_REGISTRATION = {
    RegistrationState.REFUSED: (
        Severity.ERROR,
        "the registrar refuses this account",
        " `moked login` takes a new password.",
    ),
    RegistrationState.UNREACHABLE: (
        Severity.WARNING,
        "the registrar does not answer; trying again",
        "",
    ),
}
"""How loud, the reason where the phone gave none, and what to do."""

_NOT_REACHED = {
    CloseReason.DECLINED: "declined the call",
    CloseReason.BUSY: "is busy",
    CloseReason.NO_ANSWER: "does not answer",
    CloseReason.NOT_FOUND: "is not known to the exchange; check the number",
    CloseReason.UNREACHABLE: "cannot be reached",
    CloseReason.MEDIA_REFUSED: "shares no codec or encryption with this phone",
    CloseReason.FAILED: "could not be called",
}
"""Why a call of ours, or a transfer, came to nothing: the words after the number."""

_NOT_HANDED_ON = _NOT_REACHED | {CloseReason.NOT_FOUND: "is busy, away, or not known to the exchange"}
"""The same for a transfer: to the exchange, who cannot take the customer now does not exist (404)."""

_NOT_TAKEN = {
    CloseReason.CANCELLED: "Missed: {who} hung up, or it rang too long.",
    CloseReason.NO_ANSWER: "Missed: {who}.",
    CloseReason.LINES_FULL: "Missed: {who} called while you had no line free.",
    CloseReason.ANSWERED_ELSEWHERE: "Answered elsewhere: {who}.",
    CloseReason.MEDIA_REFUSED: "Missed: {who}; no codec or encryption in common with this phone.",
    CloseReason.UNREACHABLE: "Missed: {who}; the line to the exchange broke.",
    CloseReason.FAILED: "Missed: {who}; the call broke off.",
}
"""What became of a call that rang here; nothing where the agent declined it."""

_BROKEN = {
    CloseReason.MEDIA_LOST: "The sound from the other side stopped, so the call was ended.",
    CloseReason.MEDIA_REFUSED: "The call had no codec or encryption in common, so it was ended.",
    CloseReason.FAILED: "The call broke off.",
}

_BECAME = {
    Presence.READY: Phrase("ready", context="presence"),
    Presence.AWAY: Phrase("away", context="presence"),
    Presence.OFFLINE: Phrase("offline", context="presence"),
}

_WRAP_UP_OVER = "The time for the wrap-up is over: calls come again. Note and outcome are still to be done."
_TAKEN_OVER = "moked was open in another terminal. It has closed there; its calls and notes are here."
_HUB_DOWN = "The hub does not answer: calls still ring; cards, notes, scripts and figures wait."
_PHONE_DOWN = "The phone is being restarted: no call can ring for a moment."
_PBX_DOWN = "The hub has no line to the exchange: queues and figures stand still."


def put(state: SessionState, topic: str, severity: Severity, words: Told) -> SessionState:
    """With this notice as the only one of its topic, the newest last."""
    return replace(state, notices=(*_without(state, topic), Notice(topic, severity, words)))


def clear(state: SessionState, topic: str) -> SessionState:
    """Without the notice of this topic."""
    left = _without(state, topic)
    return state if len(left) == len(state.notices) else replace(state, notices=left)


def _without(state: SessionState, topic: str) -> tuple[Notice, ...]:
    return tuple(notice for notice in state.notices if notice.topic != topic)


def _registration(state: SessionState, event: ev.RegistrationChanged) -> SessionState:
    if event.state not in _REGISTRATION:
        return clear(state, "registration")
    severity, usual, next_step = _REGISTRATION[event.state]
    words = f"No call can ring: {event.words or usual}.{next_step}"
    return put(state, "registration", severity, words)


def _phone(state: SessionState, event: PhoneLinkChanged) -> SessionState:
    return _link(state, "phone", event.link, _with_reason(_PHONE_DOWN, event.words))


def _taken_over(state: SessionState, _event: ev.TakenOver) -> SessionState:
    return put(state, "desk", Severity.INFO, _TAKEN_OVER)


def _hub(state: SessionState, event: HubLinkChanged) -> SessionState:
    return _link(state, "hub", event.link, _with_reason(_HUB_DOWN, event.words))


def _pbx(state: SessionState, event: PbxLinkEvent) -> SessionState:
    return _link(state, "pbx", Link.UP if event.up else Link.DOWN, _with_reason(_PBX_DOWN, event.words))


def _presence_set(state: SessionState, event: PresenceSetEvent) -> SessionState:
    """Whose act it was, why, and how the agent comes back."""
    became = _BECAME[event.presence]
    why = event.words.rstrip(".")
    if event.by:
        words = Phrase(
            "{who} set you {became}: {why}. F9 Ready when you can take calls.",
            who=event.by,
            became=became,
            why=why,
        )
    else:
        words = Phrase(
            "You are {became}: {why}. F9 Ready when you can take calls.", became=became, why=named(why)
        )
    return put(state, "presence", Severity.WARNING, words)


def _wrap_up_over(state: SessionState, _event: WrapUpOverEvent) -> SessionState:
    return put(state, "wrap_up", Severity.INFO, _WRAP_UP_OVER)


def _wrapped_up(state: SessionState, _event: WrappedUpEvent) -> SessionState:
    return clear(state, "wrap_up")


def _presence_wanted(state: SessionState, _event: PresenceWanted) -> SessionState:
    return clear(state, "presence")


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    return _pbx(state, PbxLinkEvent(up=event.snapshot.pbx, words=event.snapshot.pbx_words))


def _link(state: SessionState, topic: str, link: Link, words: str) -> SessionState:
    if link is Link.DOWN:
        return put(state, topic, Severity.WARNING, words)
    return clear(state, topic) if link is Link.UP else state


def _with_reason(words: str, reason: str) -> str:
    return f"{words} ({reason})" if reason else words


def _call_closed(state: SessionState, event: ev.CallClosed) -> SessionState:
    call = reduce_calls.find(state, event.call)
    words = _closing_words(call, event) if call is not None else ""
    return put(state, "call", Severity.INFO, words) if words else state


def _closing_words(call: Call, event: ev.CallClosed) -> str:
    """What is worth a line when a call ends; empty where the agent knows by their own act."""
    if call.answered is not None:
        return _with_reason(_BROKEN[event.reason], event.words) if event.reason in _BROKEN else ""
    who = call.party.name or call.party.number or "The caller"
    if not call.outgoing:
        return _NOT_TAKEN.get(event.reason, "").format(who=who)
    if event.reason not in _NOT_REACHED:
        return ""
    return _with_reason(f"{call.party.number or who} {_NOT_REACHED[event.reason]}.", event.words)


def _begun(state: SessionState, _event: ev.CallIncoming | ev.CallDialling) -> SessionState:
    """What became of the last call is old news now."""
    return clear(clear(state, "call"), "command")


def _transfer_failed(state: SessionState, event: ev.TransferFailed) -> SessionState:
    status = f" (SIP {event.status})" if event.status else ""
    if any(call.consults == event.call for call in state.calls):
        words = f"Not connected: the exchange did not join the caller with {event.target}{status}."
        return put(state, "call", Severity.WARNING, f"{words} You still have both calls.")
    why = _NOT_HANDED_ON.get(event.reason, _NOT_HANDED_ON[CloseReason.FAILED])
    words = f"Not transferred: {event.target} {why}{status}. You still have the call."
    return put(state, "call", Severity.WARNING, words)


def _audio(state: SessionState, event: ev.AudioFault) -> SessionState:
    return put(state, "audio", Severity.WARNING, event.words) if event.words else clear(state, "audio")


def _saved(state: SessionState, _event: NoteSaved | ProgressSaved) -> SessionState:
    return clear(state, "note")


def _note_not_saved(state: SessionState, event: NoteNotSaved) -> SessionState:
    words = _with_reason("Note and ticks are not saved yet. They are kept here and sent again.", event.words)
    return put(state, "note", Severity.WARNING, words)


def _draft_not_kept(state: SessionState, event: DraftNotKept) -> SessionState:
    words = "Should this desk be killed, what you type is lost unless it says ✔ saved: no draft can be kept."
    return put(state, "drafts", Severity.WARNING, _with_reason(words, event.words))


def _wrap_up_started(state: SessionState, _event: WrapUpStarted) -> SessionState:
    return clear(clear(state, "wrap-up"), "command")


def _wrap_up_stored(state: SessionState, _event: WrapUpStored) -> SessionState:
    return clear(clear(state, "wrap-up"), "note")


def _wrap_up_failed(state: SessionState, event: WrapUpFailed) -> SessionState:
    return put(state, "wrap-up", Severity.ERROR, _with_reason("The wrap-up is not stored.", event.words))


def _command_failed(state: SessionState, event: CommandFailed) -> SessionState:
    return put(state, "command", Severity.WARNING, event.words)


def _dismissed(state: SessionState, event: NoticeDismissed) -> SessionState:
    return clear(state, event.topic)


TABLE: Table = {
    ev.RegistrationChanged: _registration,
    ev.TakenOver: _taken_over,
    ev.CallIncoming: _begun,
    ev.CallDialling: _begun,
    ev.CallClosed: _call_closed,
    ev.TransferFailed: _transfer_failed,
    ev.AudioFault: _audio,
    PhoneLinkChanged: _phone,
    HubLinkChanged: _hub,
    PbxLinkEvent: _pbx,
    PresenceSetEvent: _presence_set,
    WrapUpOverEvent: _wrap_up_over,
    WrappedUpEvent: _wrapped_up,
    PresenceWanted: _presence_wanted,
    SnapshotTaken: _snapshot,
    NoteSaved: _saved,
    ProgressSaved: _saved,
    NoteNotSaved: _note_not_saved,
    DraftNotKept: _draft_not_kept,
    WrapUpStarted: _wrap_up_started,
    WrapUpStored: _wrap_up_stored,
    WrapUpFailed: _wrap_up_failed,
    CommandFailed: _command_failed,
    NoticeDismissed: _dismissed,
}
