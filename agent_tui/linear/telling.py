"""What changed from one state to the next, in a line each: what a screen would show without being asked.

Figures and timers change all the time and are read out when they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from agent_tui.linear.pages import read, said, spoken
from agent_tui.screens import words
from agent_tui.screens.views.calls import caller_name, contact_name
from agent_tui.screens.views.conversations import became, fate, said_in
from agent_tui.screens.views.customers import found_page
from agent_tui.screens.views.customers import told as found_told
from agent_tui.screens.views.files import described
from agent_tui.screens.views.floor import own_row
from agent_tui.session import select
from agent_tui.session.files import unfit
from agent_tui.session.reach import Reach, reach
from agent_tui.session.script import StepStanding
from agent_tui.session.state import Call, Link, NoteState, Notice, Phase, SessionState, Work
from agent_tui.session.writing import ThreadShown
from agent_tui.text.catalogue import Phrase, Told, _, line
from agent_tui.text.others import said as translated
from hub.contract import CardStatus, ListenMode
from sip.call_state import CallState
from sip.events import Complaint, MissedCall, Missing

COMMAND: Final = "command"
"""The topic of what was asked for and cannot be done."""
_QUALITY: Final = "quality"
_LINKS: Final = ("hub", "phone", "pbx")

_GONE: Final = ("sent", "delivered", "read")
_NOT_GONE: Final = ("failed", "unknown")
"""How far a message of the agent's came."""

_FEWEST_DIGITS: Final = 7
"""Of a number that may be written with the country before it or without."""


def told(old: SessionState, new: SessionState, dismissed: str = "") -> Iterator[str]:
    """The lines, the most urgent first. ``dismissed``: the topic of the notice that the agent takes away."""
    for tell in _TELLERS:
        yield from (spoken(str(one)) for one in tell(old, new))
    yield from map(str, _over(old, new, dismissed))


def rings_now(old: SessionState, new: SessionState) -> bool:
    """Whether a call began to ring that is to be heard; another that rang before may ring on, or be gone."""
    known = {call.id for call in old.calls}
    begins = any(call.state is CallState.INCOMING and call.id not in known for call in new.calls)
    return begins and not new.rings_silently


def _calls(old: SessionState, new: SessionState) -> Iterator[Told]:
    if old.calls is new.calls and old.work is new.work:
        return
    before = {call.id: call for call in old.calls}
    for call in new.calls:
        yield from _call(new, before.get(call.id), call)
    if any(call.merged for call in new.calls) and not any(call.merged for call in old.calls):
        yield _("Three talk.")
    still = {call.id for call in new.calls}
    for call in old.calls:
        if call.id not in still and not (call.answered is None and _told_of_call(old, new)):
            spent = words.timer(select.call_seconds(call, new.now))
            yield Phrase("Call over: {who}, {spent}.", who=_who(old, call), spent=spent)


def _who(state: SessionState, call: Call) -> str:
    """Who it is; a number in groups, as it is read aloud."""
    return words.number(caller_name(state, call))


def _told_of_call(old: SessionState, new: SessionState) -> bool:
    """Whether a notice says what became of a call: that it is over is said with it."""
    return _of_topic(new, "call") not in (None, _of_topic(old, "call"))


def _of_topic(state: SessionState, topic: str) -> Notice | None:
    return next((notice for notice in state.notices if notice.topic == topic), None)


def _call(state: SessionState, before: Call | None, call: Call) -> Iterator[Told]:
    who = _who(state, call)
    if before is None or before.state is not call.state:
        if call.state is CallState.INCOMING:
            yield _ring(state, call)
        else:
            yield Phrase("{state}: {who}.", state=words.CALL[call.state], who=who)
    if before is None:
        return
    if before.muted is not call.muted:
        yield _("Your microphone is muted.") if call.muted else _("Your microphone is open.")
    if call.keys_sent != before.keys_sent:
        yield Phrase("keys {keys}", keys=call.keys_sent)
    if call.transferring and not before.transferring:
        yield Phrase("Transferring to {number}.", number=call.transferring)


def _ring(state: SessionState, call: Call) -> Told:
    """Name, number and queue, as far as they are known; who is only a number has no name beside it. What the
    phone takes by itself is nothing to answer.
    """
    if call is select.taken_by_itself(state):
        return Phrase("The call that you asked for rings: your phone takes it by itself.")
    work = next((one for one in state.work if call.contact and one.contact == call.contact), None)
    queue = work.offer.queue_title if work is not None and work.offer is not None else ""
    name, number = _who(state, call), words.number(call.party.number)
    who = name if not number or _same_number(name, number) else f"{name}, {number}"
    if queue:
        return Phrase("RINGING: {who}, queue {queue}. Type answer.", who=who, queue=queue)
    return Phrase("RINGING: {who}. Type answer.", who=who)


def _same_number(name: str, number: str) -> bool:
    """Whether it is one number, though one of them is as it is dialled at home."""
    if name == number:
        return True
    digits = [re.sub(r"\D", "", one).lstrip("0") for one in (name, number)]
    shorter, longer = sorted(digits, key=len)
    return len(shorter) >= _FEWEST_DIGITS and longer.endswith(shorter)


def _work(old: SessionState, new: SessionState) -> Iterator[Told]:
    if old.work is new.work:
        return
    before = {work.contact: work for work in old.work}
    for work in new.work:
        yield from _contact(before.get(work.contact), work)
        yield from _chosen(new, before.get(work.contact), work)
    still = {work.contact for work in new.work}
    for gone in old.work:
        if gone.contact not in still and gone.finishing:
            yield Phrase("Wrap-up stored: {who}.", who=contact_name(gone))


def _contact(before: Work | None, work: Work) -> Iterator[Told]:
    card = work.customer_card
    earlier = before.customer_card if before is not None else None
    if card is not None and (earlier is None or earlier.customer != card.customer):
        yield Phrase("Card: {who}. Type card to hear it.", who=card.name)
    if card is None and work.card is not None and (before is None or work.card != before.card):
        yield from _no_card(work.card.status)
    if before is None:
        if work.dialled is not None:
            yield Phrase(
                "Not reached: {who}. Type note if there is something to say, finish to store it.",
                who=words.number(contact_name(work)),
            )
        return
    if work.script is not None and before.script is None:
        yield Phrase("Script: {title}. Type script to hear it.", title=work.script.title)
    if work.phase is Phase.WRAP_UP and before.phase is not Phase.WRAP_UP:
        yield Phrase(
            "Wrap-up of {who}: an outcome and a note are owed. Type outcome, note, then finish.",
            who=contact_name(work),
        )
    if work.phase is Phase.MISSED and before.phase is not Phase.MISSED:
        yield Phrase(
            "What you noted about {who} is kept. Type note to go on, finish to store it.",
            who=contact_name(work),
        )
    if work.note_state is NoteState.SAVED and before.note_state is not NoteState.SAVED:
        yield _("Note saved.")


def _chosen(state: SessionState, before: Work | None, work: Work) -> Iterator[Told]:
    """The outcome and the steps, as they were taken down."""
    if before is None:
        return
    outcomes = state.me.dispositions if state.me is not None else ()
    outcome = next((one.label for one in outcomes if one.code == work.disposition), "")
    if work.disposition != before.disposition and outcome:
        yield Phrase("Outcome: {outcome}.", outcome=outcome)
    if work.progress is before.progress or before.script is None:
        return
    known = {step.id: step for step in select.script_steps(before)}
    for step in select.script_steps(work):
        earlier = known.get(step.id)
        if earlier is None:
            continue
        was, now = (one.standing is StepStanding.DONE for one in (earlier, step))
        if now and step.answer and step.answer != earlier.answer:
            yield Phrase("{step}: {answer}.", step=step.title, answer=step.answer)
        elif was is not now:
            told = Phrase("Done: {step}.") if now else Phrase("Not done: {step}.")
            yield Phrase.of(told, step=step.title)


def _no_card(status: CardStatus) -> Iterator[Told]:
    if status is CardStatus.SEVERAL:
        yield _("Several customers have this number. Type customer to hear them.")
    elif status not in (CardStatus.PENDING, CardStatus.FOUND):
        yield f"{words.CARD_STATUS[status]}."


def _notices(old: SessionState, new: SessionState) -> Iterator[Told]:
    """Each once; why something cannot be done, each time that it is typed."""
    before = {notice.topic: notice for notice in old.notices}
    for notice in new.notices:
        known = before.get(notice.topic)
        again = notice.topic == COMMAND and known is not notice
        if (known != notice and not _goes_on(old, new, known)) or again:
            yield Phrase(
                "{severity}: {words}", severity=words.SEVERITY[notice.severity], words=str(notice.words)
            )


def _goes_on(old: SessionState, new: SessionState, known: Notice | None) -> bool:
    """Whether a trouble that was told goes on, and only what was measured or tried meanwhile is new."""
    if known is None:
        return False
    if known.topic in _LINKS:
        return old.unknown_here is new.unknown_here
    return known.topic == _QUALITY and _complaints(new) <= _complaints(old)


def _complaints(state: SessionState) -> frozenset[Complaint]:
    measured = (call.quality for call in state.calls)
    return frozenset(one for quality in measured if quality is not None for one in quality.complaints)


def _found(old: SessionState, new: SessionState) -> Iterator[Told]:
    """Whom a search found, as soon as there is an answer; the names with the numbers to link them by."""
    finding = new.finding
    if finding is None or finding.asking or finding == old.finding:
        return
    if finding.trouble:
        yield str(finding.trouble)
        return
    yield said(found_told(finding, finding.words))
    if not finding.linking:
        yield from read(found_page(finding, ""), numbered=True)


def _creation(old: SessionState, new: SessionState) -> Iterator[Told]:
    if new.creation is not None and new.creation.words and new.creation != old.creation:
        yield str(new.creation.words)


def _coaches(old: SessionState, new: SessionState) -> Iterator[Told]:
    for coach in new.coaches:
        if coach not in old.coaches:
            yield _COACHES[coach.mode](coach.name)
    still = {coach.name for coach in new.coaches}
    for coach in old.coaches:
        if coach.name not in still:
            yield Phrase("{who} listens no more.", who=coach.name)


def _listening(old: SessionState, new: SessionState) -> Iterator[Told]:
    if new.listening != old.listening:
        yield said(own_row(new))


_COACHES: dict[ListenMode, Callable[[str], Told]] = {
    ListenMode.LISTEN: lambda who: Phrase("{who} listens to this call; nobody hears them.", who=who),
    ListenMode.WHISPER: lambda who: Phrase("{who} whispers to you; only you hear them.", who=who),
    ListenMode.BARGE: lambda who: Phrase("{who} is in this call; the customer hears them, too.", who=who),
}


def _standing(old: SessionState, new: SessionState) -> Iterator[Told]:
    """What stands again; what broke is said by a notice."""
    was_told = {notice.topic for notice in new.notices} & {"phone", "registration"}
    if old.registration.state is not new.registration.state and not was_told:
        yield f"{words.REGISTRATION[new.registration.state]}."
    for before, now, told_again in (
        (old.phone, new.phone, Phrase("The phone is there again.")),
        (old.hub, new.hub, Phrase("The hub answers again.")),
        (old.pbx, new.pbx, Phrase("The hub has its line to the exchange again.")),
    ):
        if before is Link.DOWN and now is Link.UP:
            yield told_again
    if new.rings_silently is not old.rings_silently:
        silent = _("Calls ring without a sound.")
        yield silent if new.rings_silently else _("Calls ring with their sound again.")
    mine, was = new.me, old.me
    if mine is not None and (was is None or (mine.presence, mine.reason) != (was.presence, was.reason)):
        yield Phrase("You are: {presence}.", presence=words.PRESENCE[mine.presence])
    if len(new.missed) > len(old.missed):
        yield from _missed(new, new.missed[-1])


def _over(old: SessionState, new: SessionState, dismissed: str) -> Iterator[Told]:
    """What a notice told of that is over; a call that ends or waits sounds no better for that."""
    gone = {notice.topic for notice in old.notices} - {notice.topic for notice in new.notices} - {dismissed}
    if "audio" in gone:
        yield _("The sound is there again.")
    if "reach" in gone and reach(new) is Reach.PROVEN:
        yield _("The exchange can ring you again.")
    talks = {call.id for call in select.talked_in(old)} <= {call.id for call in select.talked_in(new)}
    if talks and gone & {_QUALITY, *Missing} and not _complaints(new):
        yield _("The call sounds well again.")


def _missed(state: SessionState, call: MissedCall) -> Iterator[Told]:
    """What can be done about it; who it was only where no notice has just said that."""
    if _of_topic(state, "call") is None:
        who = call.name or words.number(call.number) or _("private number")
        yield Phrase("Missed: {who}.", who=who)
    if call.number:
        yield _("Type return to call back, missed to hear all.")
    else:
        yield _("Type missed to hear all.")


def _writing(old: SessionState, new: SessionState) -> Iterator[Told]:
    """What is read is read out as it comes; of others the notice tells."""
    before, now = old.writing.thread, new.writing.thread
    if now is not None and before is not now:
        yield from _thread(before, now)
    yield from _whose(old, new)
    stuck = {one.key for one in old.writing.sending if one.words}
    for one in new.writing.sending:
        if one.words and one.key not in stuck:
            again = _("Type reply alone to send it again; it is sent once.")
            yield Phrase(
                "Not in the hub: {why} {next_step}",
                why=translated(str(one.words)),
                next_step=_("Type reply alone to have it back.") if one.refused else again,
            )


def _thread(before: ThreadShown | None, now: ThreadShown) -> Iterator[Told]:
    if now.trouble:
        if before is None or before.trouble != now.trouble:
            yield translated(str(now.trouble))
        return
    if before is None or before.conversation != now.conversation or (before.asking and not now.asking):
        if not now.asking:
            yield _("The conversation is there. Type thread to hear it, reply and a text to answer.")
        return
    known = {one.message: one.status for one in before.messages}
    for one in now.messages:
        was = known.get(one.message)
        if one.incoming and was is None:
            yield Phrase("Message: {words}", words=spoken(said_in(one)))
        elif not one.incoming and one.status in _NOT_GONE and one.status != was:
            yield f"{became(one)}: {spoken(said_in(one))} – {fate(one)}"
        elif not one.incoming and one.status in _GONE and was not in _GONE:
            yield f"{became(one)}: {spoken(said_in(one))}"


def _whose(old: SessionState, new: SessionState) -> Iterator[Told]:
    """That the conversation that is read was taken, or given back."""
    shown = new.writing.shown
    before = old.writing.find(shown.conversation) if shown is not None else None
    if shown is None or before is None or before.agent == shown.agent or new.me is None:
        return
    if shown.agent == new.me.agent:
        yield _("The conversation is yours.")
    elif not shown.agent:
        yield _("The conversation is nobody's.")


def _files(old: SessionState, new: SessionState) -> Iterator[Told]:
    """What lies at a path, and where a file was saved."""
    before, now = old.writing, new.writing
    if now.chosen is not None and now.chosen is not before.chosen:
        wrong = unfit(now.chosen, now.files)
        if wrong:
            yield line(described(now.chosen), translated(str(wrong)))
        else:
            yield Phrase("{file}. Type sendfile to send it.", file=described(now.chosen))
    for message, saved in now.saved.items():
        if saved is before.saved.get(message):
            continue
        if saved.place:
            yield Phrase("● Saved: {place}", place=saved.place)
        elif saved.words:
            yield Phrase("▲ Not saved: {why}", why=translated(str(saved.words)))


_TELLERS: tuple[Callable[[SessionState, SessionState], Iterator[Told]], ...] = (
    _calls,
    _coaches,
    _listening,
    _notices,
    _writing,
    _files,
    _work,
    _found,
    _creation,
    _standing,
)
