"""How a call sounds: kept with the call for the screen, with its contact for the record, told when bad."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import reduce_calls
from agent_tui.session import work_items as items
from agent_tui.session.events import PhoneLinkChanged
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import VoiceQuality
from sip import events as ev
from sip.events import Complaint, Missing

_TOPIC = "quality"

_WHAT_TO_DO = Phrase("A cable in place of Wi-Fi, or ending downloads, helps most.")

_MISSING = {
    Missing.NOTHING_ARRIVES: Phrase(
        "You hear nothing because no sound arrives: a firewall or your router (NAT) may stop it. "
        "Call back; if it happens again, tell your administrator."
    ),
    Missing.MICROPHONE_SILENT: Phrase(
        "They cannot hear you: your microphone gives no sound at all. "
        "Look at the headset's mute switch and its plug."
    ),
    Missing.NOT_RECEIVED: Phrase(
        "They cannot hear you: nothing you say arrives there; a firewall may stop it. "
        "Call back; if it happens again, tell your administrator."
    ),
}


def _quality(state: SessionState, event: ev.CallQuality) -> SessionState:
    call = reduce_calls.find(state, event.call)
    if call is None:
        return state
    state = reduce_calls.put(state, replace(call, quality=event))
    work = items.find(state, call.contact) if call.contact else None
    if work is not None and not work.finishing:
        state = items.put(state, replace(work, voice=_voice(event.overall)))
    if not event.complaints:
        return clear(state, _TOPIC)
    return put(state, _TOPIC, Severity.WARNING, _words(event))


def _words(quality: ev.CallQuality) -> Phrase:
    told = [_complaint(complaint, quality) for complaint in quality.complaints]
    return Phrase("The line is bad: {told}. {what_to_do}", told=_joined(told), what_to_do=_WHAT_TO_DO)


def _joined(phrases: list[Phrase]) -> Phrase:
    first, *others = phrases
    return Phrase("{one}; {another}", one=first, another=_joined(others)) if others else first


def _complaint(complaint: Complaint, quality: ev.CallQuality) -> Phrase:
    match complaint:
        case Complaint.GAPS_IN:
            return Phrase("you lose {loss:g} % of what is said to you", loss=quality.loss_in)
        case Complaint.GAPS_OUT:
            return Phrase("{loss:g} % of what you say is lost", loss=quality.loss_out)
        case Complaint.DELAY:
            return Phrase("there and back takes {rtt:.0f} ms, so leave pauses", rtt=quality.rtt)
        case Complaint.JITTER:
            return Phrase("it is unsteady ({jitter:.0f} ms)", jitter=quality.jitter)
        case Complaint.POOR:
            return Phrase("it sounds poor (MOS {mos:.1f})", mos=quality.mos)


def _voice(overall: ev.Overall) -> VoiceQuality:
    return VoiceQuality(
        mos=overall.mos,
        least_mos=overall.least_mos,
        loss_in=overall.loss_in,
        loss_out=overall.loss_out,
        jitter=overall.most_jitter,
        rtt=overall.most_rtt,
    )


def _lost(state: SessionState, event: ev.SoundLost) -> SessionState:
    if reduce_calls.find(state, event.call) is None:
        return state
    return put(state, event.missing, Severity.ERROR, _MISSING[event.missing])


def _back(state: SessionState, event: ev.SoundBack) -> SessionState:
    return clear(state, event.missing)


def _over(state: SessionState, _event: ev.CallClosed | ev.CallHeld | PhoneLinkChanged) -> SessionState:
    """What was wrong with the sound is over with it; a talk that goes on tells it again within a second."""
    for topic in (_TOPIC, *Missing):
        state = clear(state, topic)
    return state


TABLE: Table = {
    ev.CallQuality: _quality,
    ev.SoundLost: _lost,
    ev.SoundBack: _back,
    ev.CallClosed: _over,
    ev.CallHeld: _over,
    PhoneLinkChanged: _over,
}
