"""The calls above the buttons, one line each; with no call, what is owed instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.agenda import call_tag, idle_key
from agent_tui.screens.views.pointing import pointing
from agent_tui.session import select
from agent_tui.session.state import Call, Phase, SessionState, Work
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.text.local import day_time, decimal
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import Coach, DialEnd, ListenMode
from sip.call_state import CallState
from sip.events import AudioLevels, CallId, CallQuality, MissedCall

_TAGS = {
    CallState.INCOMING: Tone.WARN_TAG,
    CallState.DIALLING: Tone.INFO_TAG,
    CallState.RINGING: Tone.INFO_TAG,
    CallState.ESTABLISHED: Tone.GOOD_TAG,
    CallState.HELD: Tone.INFO_TAG,
}
_COACHES = {
    ListenMode.LISTEN: (Phrase("LISTENS"), Phrase("hears this call; nobody hears them")),
    ListenMode.WHISPER: (Phrase("WHISPERS"), Phrase("only you hear them")),
    ListenMode.BARGE: (Phrase("JOINED"), Phrase("the customer hears them, too")),
}
_DIALLED: Mapping[DialEnd, Phrase] = {
    "busy": Phrase("it was busy; a note may be added"),
    "no_answer": Phrase("nobody answered; a note may be added"),
    "failed": Phrase("it did not get through; a note may be added"),
}
_TAG_WIDTH = 13
_BARS = "·▁▂▃▄▅▆▇█"
_QUIET, _LOUD = -60.0, -12.0
"""dBFS of an empty and of a full meter: speech into a headset is about −25."""

_MOST_MISSED = 3


def phone_keys(state: SessionState) -> tuple[str, ...]:
    """What the keys of the phone do beside what lies over the desk, for lines that tell of keys."""
    able = select.possible(state)
    return (
        _("F2 answers") if do.Answer in able else "",
        _("F8 hangs up") if do.HangUp in able else "",
    )


def talk_keys(state: SessionState) -> tuple[str, ...]:
    """The same where a talk goes on beside it."""
    able, call = select.possible(state), state.active_call
    held = call is not None and call.state is CallState.HELD
    return (
        (_("F3 resume") if held else _("F3 hold")) if do.ToggleHold in able else "",
        (_("F4 unmute") if call is not None and call.muted else _("F4 mute"))
        if do.ToggleMute in able
        else "",
        *phone_keys(state),
    )


def calls_page(
    state: SessionState,
    clock: datetime | None = None,
    levels: Mapping[CallId, AudioLevels] | None = None,
    *,
    keys: bool = False,
) -> Page:
    """Each open call; the one that the keys act on is marked. Without one, the calls that were missed.

    ``clock`` is the agent's wall clock; ``levels``: how loud each call is, both ways. ``keys``: where
    there is no call, those of the desk itself are told, which are others over it and in lines.
    """
    rows = [_call(state, call, (levels or {}).get(call.id)) for call in state.calls]
    if not rows and clock is not None:
        rows = _missed(state, clock)
    rows += [_coach(coach) for coach in state.coaches]
    owed = state.written
    if owed is not None and owed.phase in (Phase.WRAP_UP, Phase.MISSED):
        rows.append(_wrap_up(state, owed))
    if not rows:
        told = _("Calls come to your telephone") if state.talks_elsewhere else _("No call")
        rows.append(Row((Cell(told, Tone.DIM), Cell("", grow=True), *([_idle_keys(state)] if keys else []))))
    return Page(tuple(rows), cursor=state.active or "")


def _idle_keys(state: SessionState) -> Cell:
    more = _("Ctrl+O sound") if do.UseSound in select.possible(state) else idle_key(state)
    return Cell(line(more, _("Tab moves · Esc back to the note · Ctrl+Q leaves")), Tone.DIM, drop=1)


def _missed(state: SessionState, clock: datetime) -> list[Row]:
    """The newest first, as many as fit; the last row says how many more there are."""
    newest = state.missed[::-1][:_MOST_MISSED]
    more = len(state.missed) - len(newest)
    rows = [_missed_call(state, call, clock) for call in newest]
    if more:
        told = Cell(str(Phrase("+{count} more", "+{count} more", more)), Tone.DIM, drop=2)
        rows[-1] = replace(rows[-1], cells=(*rows[-1].cells, told))
    return rows


def _missed_call(state: SessionState, call: MissedCall, clock: datetime) -> Row:
    titles = (queue.title for queue in state.queues if queue.queue == call.queue)
    name = call.name or call.number or _("private number")
    number = words.number(call.number) if call.number != name else ""
    return Row(
        (
            Cell(" "),
            Cell(f" {_('MISSED')} ", Tone.WARN_TAG, width=_TAG_WIDTH),
            Cell(day_time(datetime.fromtimestamp(call.at, clock.tzinfo), clock), Tone.STRONG),
            Cell(words.number(name)),
            Cell(number, Tone.DIM, drop=1),
            Cell(next(titles, call.queue), Tone.DIM, drop=2),
            Cell("", grow=True),
        )
    )


def caller_name(state: SessionState, call: Call) -> str:
    """Who it is, best known first: the card, the exchange's word, the caller's own, the number."""
    work = _work(state, call)
    known = contact_name(work) if work is not None else ""
    return known or call.party.name or call.party.number or _("private number")


def _work(state: SessionState, call: Call) -> Work | None:
    return next((item for item in state.work if item.contact == call.contact), None) if call.contact else None


def contact_name(work: Work) -> str:
    """Who the contact is with: the card's name, the exchange's word, the number; empty when none is known."""
    if work.customer_card is not None:
        return work.customer_card.name
    return (work.offer.name or work.offer.number) if work.offer is not None else ""


def _call(state: SessionState, call: Call, levels: AudioLevels | None) -> Row:
    active = call.id == state.active
    name = caller_name(state, call)
    number = words.number(call.party.number) if call.party.number != name else ""
    return Row(
        (
            Cell(pointing("▶") if active else " ", Tone.STRONG),
            Cell(f" {words.CALL[call.state]} ", _TAGS[call.state], width=_TAG_WIDTH),
            Cell(words.timer(select.call_seconds(call, state.now)), Tone.STRONG),
            Cell(words.number(name), Tone.STRONG if active else Tone.PLAIN),
            Cell(number, Tone.DIM, drop=1),
            *call_tag(_work(state, call)),
            Cell(_queue(state, call), Tone.DIM, drop=2),
            Cell("", grow=True),
            *_meters(call, levels),
            *_silence(state, call),
            *_flags(call),
        ),
        key=call.id,
    )


def _silence(state: SessionState, call: Call) -> tuple[Cell, ...]:
    """The key against the noise, on the call that makes it."""
    heard = call is state.ringing and not state.rings_silently
    return (Cell(_("Ctrl+G silences"), Tone.DIM, drop=3),) if heard else ()


def _queue(state: SessionState, call: Call) -> str:
    first = select.asked_about(state, call)
    if first is not None:
        return str(Phrase("asked about {who}", who=caller_name(state, first)))
    if call.consulted and not call.contact:
        return _("A colleague asks about a customer; the card comes if they are handed on.")
    work = _work(state, call)
    if work is not None and work.offer is not None:
        return work.offer.queue_title
    return select.missing(state, call)


def _meters(call: Call, levels: AudioLevels | None) -> tuple[Cell, ...]:
    """What the other side gets of the agent, and the agent of the other side."""
    if levels is None or call.state is not CallState.ESTABLISHED:
        return ()
    told = (_("mic"), level_bar(levels.microphone)), (_("ear"), level_bar(levels.speaker))
    return (Cell(" ".join(f"{name} {bar}" for name, bar in told), Tone.DIM, drop=3),)


def level_bar(dbfs: float) -> str:
    """A bar that is low for a whisper and full for shouting; a dot for nothing."""
    step = (dbfs - _QUIET) / (_LOUD - _QUIET)
    return _BARS[max(0, min(len(_BARS) - 1, round(step * (len(_BARS) - 1))))]


def _flags(call: Call) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    if call.merged:
        cells.append(Cell(f" {_('THREE TALK')} ", Tone.GOOD_TAG))
    if call.muted:
        cells.append(Cell(f" {_('MUTED')} ", Tone.BAD_TAG))
    if call.transferring:
        cells.append(Cell(str(Phrase("→ transferring to {target}", target=call.transferring)), Tone.WARN))
    if call.keys_sent:
        cells.append(Cell(str(Phrase("keys {keys}", keys=call.keys_sent)), Tone.DIM, drop=2))
    if call.quality is not None:
        cells.append(_quality(call.quality))
    if call.encryption:
        cells.append(Cell(f"▣ {call.encryption}", Tone.GOOD, drop=4))
    return tuple(cells)


def _quality(quality: CallQuality) -> Cell:
    """The estimated MOS, and what a technician asks for first."""
    loss = max(quality.loss_in, quality.loss_out)
    told = line(
        f"MOS {decimal(quality.mos, 1)}",
        Phrase("{rtt:.0f} ms", rtt=quality.rtt),
        Phrase("{loss:g} %", loss=loss),
    )
    return Cell(told, Tone.WARN if quality.complaints else Tone.DIM, drop=3)


def _coach(coach: Coach) -> Row:
    """Who listens to the agent, and who hears them."""
    tag, about = _COACHES[coach.mode]
    tone = Tone.WARN_TAG if coach.mode is ListenMode.BARGE else Tone.INFO_TAG
    return Row(
        (
            Cell(" "),
            Cell(f" {tag} ", tone, width=_TAG_WIDTH),
            Cell(coach.name, Tone.STRONG),
            Cell(str(about), Tone.DIM, drop=1),
            Cell("", grow=True),
        )
    )


def _wrap_up(state: SessionState, work: Work) -> Row:
    tag, about, key = _owed(work)
    return Row(
        (
            Cell(" "),
            Cell(f" {tag} ", Tone.INFO_TAG, width=_TAG_WIDTH),
            Cell(words.timer(select.phase_seconds(work, state.now)), Tone.STRONG),
            Cell(contact_name(work), Tone.PLAIN),
            Cell(about, Tone.DIM, drop=1),
            Cell("", grow=True),
            Cell(key, Tone.DIM, drop=2),
        )
    )


def _owed(work: Work) -> tuple[str, str, str]:
    """What a contact without a call stands for, what is to be done for it, and by which key."""
    if work.finishing:
        return _("STORING"), "", ""
    if work.phase is Phase.WRAP_UP:
        return _("WRAP-UP"), _("note and outcome are owed"), _("F12 stores it")
    if work.dialled is not None:
        return _("NOT REACHED"), str(_DIALLED[work.dialled]), _("F12 stores it")
    stores = _("F12 stores it") if work.note else _("F12 lets it go")
    return _("NOT TAKEN"), _("missed; your note is kept"), stores
