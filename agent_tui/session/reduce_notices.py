"""One line for the agent when something is missing or did not happen: what, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent_tui.session import reduce_calls
from agent_tui.session.events import (
    CommandFailed,
    DraftNotKept,
    FaultSurvived,
    HubLinkChanged,
    KeyIdle,
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
from agent_tui.text.catalogue import By, Phrase, Told
from agent_tui.text.others import said
from hub.contract import PbxLinkEvent, Presence, PresenceSetEvent, WrappedUpEvent, WrapUpOverEvent
from sip import events as ev
from sip.events import CloseReason, RegistrationState

_REFUSED = Phrase("the registrar refuses this account")
FAULT = Phrase("Something in moked failed. Calls go on. Tell your team leader: fault {reference}.")
"""Its reference is to be put in."""

_SILENT = Phrase("the registrar does not answer; trying again")
"""Why no call can ring, where the phone gave no reason."""

_NOT_REACHED: dict[CloseReason, Callable[[str], Phrase]] = {
    CloseReason.DECLINED: lambda who: Phrase("{who} declined the call.", who=who),
    CloseReason.BUSY: lambda who: Phrase("{who} is busy.", who=who),
    CloseReason.NO_ANSWER: lambda who: Phrase("{who} does not answer.", who=who),
    CloseReason.NOT_FOUND: lambda who: Phrase(
        "{who} is not known to the exchange; check the number.", who=who
    ),
    CloseReason.UNREACHABLE: lambda who: Phrase("{who} cannot be reached.", who=who),
    CloseReason.MEDIA_REFUSED: lambda who: Phrase(
        "{who} shares no codec or encryption with this phone.", who=who
    ),
    CloseReason.FAILED: lambda who: Phrase("{who} could not be called.", who=who),
}
"""Why a call of ours came to nothing."""

_NOT_HANDED_ON = {
    CloseReason.DECLINED: Phrase("they declined the call"),
    CloseReason.BUSY: Phrase("they are busy"),
    CloseReason.NO_ANSWER: Phrase("they do not answer"),
    CloseReason.NOT_FOUND: Phrase("they are busy, away, or not known to the exchange"),
    CloseReason.UNREACHABLE: Phrase("they cannot be reached"),
    CloseReason.MEDIA_REFUSED: Phrase("they share no codec or encryption"),
    CloseReason.FAILED: Phrase("they could not be called"),
}
"""The same for a transfer: to the exchange, who cannot take the customer now does not exist (404)."""

_NOT_TAKEN: dict[CloseReason, Callable[[str], Phrase]] = {
    CloseReason.CANCELLED: lambda who: Phrase("Missed: {who} hung up, or it rang too long.", who=who),
    CloseReason.NO_ANSWER: lambda who: Phrase("Missed: {who}.", who=who),
    CloseReason.LINES_FULL: lambda who: Phrase("Missed: {who} called while you had no line free.", who=who),
    CloseReason.ANSWERED_ELSEWHERE: lambda who: Phrase("Answered elsewhere: {who}.", who=who),
    CloseReason.MEDIA_REFUSED: lambda who: Phrase(
        "Missed: {who}; no codec or encryption in common with this phone.", who=who
    ),
    CloseReason.UNREACHABLE: lambda who: Phrase("Missed: {who}; the line to the exchange broke.", who=who),
    CloseReason.FAILED: lambda who: Phrase("Missed: {who}; the call broke off.", who=who),
}
"""What became of a call that rang here; nothing where the agent declined it."""

_BROKEN = {
    CloseReason.MEDIA_LOST: Phrase("The sound from the other side stopped, so the call was ended."),
    CloseReason.MEDIA_REFUSED: Phrase("The call had no codec or encryption in common, so it was ended."),
    CloseReason.FAILED: Phrase("The call broke off."),
}

_BECAME = {
    Presence.READY: Phrase("ready", context="presence"),
    Presence.AWAY: Phrase("away", context="presence"),
    Presence.OFFLINE: Phrase("offline", context="presence"),
}

_READY = By("ready", "F9")

_WRAP_UP_OVER = Phrase(
    "The time for the wrap-up is over: calls come again. Note and outcome are still to be done."
)
_TAKEN_OVER = Phrase("moked was open in another terminal. It has closed there; its calls and notes are here.")
_HUB_DOWN = Phrase("The hub does not answer: calls still ring; cards, notes, scripts and figures wait.")
_UNKNOWN_HERE = Phrase(
    "The hub does not know this device any more. {key} logs in again, between calls; what you wrote is kept.",
    key=By("enroll", "F9"),
)
_PHONE_DOWN = Phrase("The phone is being restarted: no call can ring for a moment.")
_PBX_DOWN = Phrase("The hub has no line to the exchange: queues and figures stand still.")


_SOMEBODY = Phrase("The caller")


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
    why = said(event.words)
    if event.state is RegistrationState.REFUSED:
        told = Phrase("No call can ring: {why}. `moked login` takes a new password.", why=why or _REFUSED)
        return put(state, "registration", Severity.ERROR, told)
    if event.state is RegistrationState.UNREACHABLE:
        told = Phrase("No call can ring: {why}.", why=why or _SILENT)
        return put(state, "registration", Severity.WARNING, told)
    return clear(state, "registration")


def _phone(state: SessionState, event: PhoneLinkChanged) -> SessionState:
    return _link(state, "phone", event.link, _with_reason(_PHONE_DOWN, said(str(event.words))))


def _taken_over(state: SessionState, _event: ev.TakenOver) -> SessionState:
    return put(state, "desk", Severity.INFO, _TAKEN_OVER)


def _hub(state: SessionState, event: HubLinkChanged) -> SessionState:
    words = _with_reason(_UNKNOWN_HERE if event.unknown else _HUB_DOWN, event.words)
    return _link(state, "hub", event.link, words)


def _pbx(state: SessionState, event: PbxLinkEvent) -> SessionState:
    words = _with_reason(_PBX_DOWN, said(event.words))
    return _link(state, "pbx", Link.UP if event.up else Link.DOWN, words)


def _presence_set(state: SessionState, event: PresenceSetEvent) -> SessionState:
    """Whose act it was, why, and how the agent comes back."""
    became = _BECAME[event.presence]
    why = event.words.rstrip(".")
    if event.by:
        words = Phrase(
            "{who} set you {became}: {why}. Choose Ready by {key} when you can take calls.",
            who=event.by,
            became=became,
            why=why,
            key=_READY,
        )
    else:
        words = Phrase(
            "You are {became}: {why}. Choose Ready by {key} when you can take calls.",
            became=became,
            why=named(why),
            key=_READY,
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


def _link(state: SessionState, topic: str, link: Link, words: Phrase) -> SessionState:
    if link is Link.DOWN:
        return put(state, topic, Severity.WARNING, words)
    return clear(state, topic) if link is Link.UP else state


def _with_reason(words: Phrase, reason: Told) -> Phrase:
    return Phrase("{told} ({reason})", told=words, reason=reason) if reason else words


def _call_closed(state: SessionState, event: ev.CallClosed) -> SessionState:
    call = reduce_calls.find(state, event.call)
    words = _closing_words(call, event) if call is not None else None
    return put(state, "call", Severity.INFO, words) if words is not None else state


def _closing_words(call: Call, event: ev.CallClosed) -> Phrase | None:
    """What is worth a line when a call ends; None where the agent knows by their own act."""
    if call.answered is not None:
        return _with_reason(_BROKEN[event.reason], _more(event)) if event.reason in _BROKEN else None
    who = call.party.name or call.party.number or str(_SOMEBODY)
    if not call.outgoing:
        return _NOT_TAKEN[event.reason](who) if event.reason in _NOT_TAKEN else None
    if event.reason not in _NOT_REACHED:
        return None
    return _with_reason(_NOT_REACHED[event.reason](call.party.number or who), _more(event))


def _more(event: ev.CallClosed) -> Told:
    """What says more than the reason: known words, else the status, for whoever is asked for help."""
    return said(event.words) or (f"SIP {event.status}" if event.status else "")


def _begun(state: SessionState, _event: ev.CallIncoming | ev.CallDialling) -> SessionState:
    """What became of the last call is old news now."""
    return clear(clear(state, "call"), "command")


def _transfer_failed(state: SessionState, event: ev.TransferFailed) -> SessionState:
    if any(call.consults == event.call for call in state.calls):
        words = Phrase(
            "Not connected: the exchange did not join the caller with {target}. You still have both calls.",
            target=event.target,
        )
    else:
        words = Phrase(
            "Not transferred to {target}: {why}. You still have the call.",
            target=event.target,
            why=_NOT_HANDED_ON.get(event.reason, _NOT_HANDED_ON[CloseReason.FAILED]),
        )
    return put(
        state, "call", Severity.WARNING, _with_reason(words, f"SIP {event.status}" if event.status else "")
    )


def _audio(state: SessionState, event: ev.AudioFault) -> SessionState:
    return put(state, "audio", Severity.WARNING, said(event.words)) if event.words else clear(state, "audio")


def _saved(state: SessionState, _event: NoteSaved | ProgressSaved) -> SessionState:
    return clear(state, "note")


def _note_not_saved(state: SessionState, event: NoteNotSaved) -> SessionState:
    words = _with_reason(
        Phrase("Note and ticks are not saved yet. They are kept here and sent again."), event.words
    )
    return put(state, "note", Severity.WARNING, words)


def _fault(state: SessionState, event: FaultSurvived) -> SessionState:
    return put(state, "fault", Severity.ERROR, Phrase.of(FAULT, reference=event.reference))


def _draft_not_kept(state: SessionState, event: DraftNotKept) -> SessionState:
    words = Phrase(
        "Should this desk be killed, what you type is lost unless it says ✔ saved: no draft can be kept."
    )
    return put(state, "drafts", Severity.WARNING, _with_reason(words, event.words))


def _wrap_up_started(state: SessionState, _event: WrapUpStarted) -> SessionState:
    return clear(clear(clear(state, "wrap-up"), "command"), "noted")


def _wrap_up_stored(state: SessionState, _event: WrapUpStored) -> SessionState:
    return clear(clear(state, "wrap-up"), "note")


def _wrap_up_failed(state: SessionState, event: WrapUpFailed) -> SessionState:
    return put(
        state, "wrap-up", Severity.ERROR, _with_reason(Phrase("The wrap-up is not stored."), event.words)
    )


def _command_failed(state: SessionState, event: CommandFailed) -> SessionState:
    return put(state, "command", Severity.WARNING, event.words)


def _key_idle(state: SessionState, event: KeyIdle) -> SessionState:
    return put(state, "key", Severity.INFO, event.words) if event.words else clear(state, "key")


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
    FaultSurvived: _fault,
    WrapUpStarted: _wrap_up_started,
    WrapUpStored: _wrap_up_stored,
    WrapUpFailed: _wrap_up_failed,
    CommandFailed: _command_failed,
    KeyIdle: _key_idle,
    NoticeDismissed: _dismissed,
}
