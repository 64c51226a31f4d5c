"""Written conversations: which there are, what was said in one, and what can be said in it now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.calls import talk_keys
from agent_tui.screens.views.pointing import pointing
from agent_tui.session import select
from agent_tui.session.answering import (
    can_answer,
    can_call,
    can_let_go,
    can_save,
    can_send_file,
    can_send_template,
    can_take,
    goes,
    stuck_here,
)
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import Answer, Sending, is_open, with_number
from agent_tui.text.catalogue import By, Phrase, _, line, pgettext
from agent_tui.text.local import day, day_time, time
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.note_pane import NoteView
from hub.contract import LONGEST_TEXT, Conversation, Written

SIGN: Final = "✉"
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MINUTE: Final = 60
_WHO: Final = 12
"""Cells for who said something."""
_SHOWN_EARLY: Final = 20
"""Letters shown of what is typed before there is a box."""

_TICKS: Final = {
    "waiting": (Phrase("○ waits", context="message"), Tone.DIM),
    "sent": (Phrase("✓ sent", context="message"), Tone.DIM),
    "delivered": (Phrase("✓✓ delivered", context="message"), Tone.PLAIN),
    "read": (Phrase("✓✓ read", context="message"), Tone.GOOD),
    "failed": (Phrase("✖ NOT SENT", context="message"), Tone.BAD),
    "unknown": (Phrase("▲ perhaps sent", context="message"), Tone.WARN),
}
_KINDS: Final = {
    "image": Phrase("Image", context="message"),
    "document": Phrase("Document", context="message"),
    "template": Phrase("Template", context="message"),
    "audio": Phrase("Voice message", context="message"),
    "video": Phrase("Video", context="message"),
    "sticker": Phrase("Sticker", context="message"),
    "location": Phrase("Location", context="message"),
    "contacts": Phrase("Contact card", context="message"),
    "reaction": Phrase("Reaction", context="message"),
}


def name(conversation: Conversation) -> str:
    """What the customer calls themselves, else their number."""
    return conversation.name or words.number(conversation.number) or _("private number")


def list_page(state: SessionState, clock: datetime) -> Page:
    """Two lines for each. ``clock`` is the agent's wall clock, aware; the one that is read is marked."""
    writing = state.writing
    read = writing.thread.conversation if writing.thread is not None else ""
    rows = [row for one in writing.conversations for row in _entry(state, one, clock, read)]
    if not rows:
        nothing = _("No conversation yet.") if writing.told else _("The hub has not told of any yet.")
        rows.append(_wide(nothing, Tone.DIM))
    return Page(tuple(rows), line(_("Conversations"), unread(state)))


def thread_page(state: SessionState, clock: datetime) -> Page:
    """What was said, and what is on its way, the newest last."""
    writing = state.writing
    thread, shown = writing.thread, writing.shown
    if thread is None:
        return Page((_wide(_("Choose a conversation with ↑ ↓ and Enter."), Tone.DIM),))
    title = line(name(shown), words.number(shown.number) if shown.name else "") if shown is not None else ""
    rows = [row for one in thread.messages for row in _message(state, one, shown, clock)]
    rows += [row for one in writing.waiting(thread.conversation) for row in _on_its_way(one)]
    if not rows and not thread.asking and not thread.trouble:
        rows.append(_wide(_("Nothing has been written yet."), Tone.DIM))
    if thread.trouble:
        rows.append(_wide(f"▲ {said(str(thread.trouble))}", Tone.WARN))
    elif thread.asking:
        rows.append(_wide(_("○ asking the hub…"), Tone.DIM))
    last = next((row.key for row in reversed(rows) if row.key), "")
    return Page(tuple(rows), title, cursor=last)


def can_page(state: SessionState, clock: datetime, typed: int) -> Page:
    """What will work, before anything is pressed. ``typed``: characters that stand in the answer box."""
    shown = state.writing.shown
    if state.hub is not Link.UP:
        away = _("▲ The hub is away. What you write stays here, and can be sent when it is back.")
        return Page((_wide(away, Tone.WARN),))
    if shown is None:
        return Page()
    now = goes(state, shown, clock)
    if now is Answer.TAKE:
        yet = Phrase("Nobody's yet: {key} takes it, then you can answer.", key=By("take", "F6"))
        told = line(yet, left(state, shown, clock))
        return Page((_wide(told, Tone.WARN),))
    if now is Answer.TEMPLATE:
        return Page((_wide(_closed(state, shown), Tone.WARN),))
    if typed > LONGEST_TEXT:
        over = Phrase("▲ Too long by {letters}: send it in parts.", letters=typed - LONGEST_TEXT)
        return Page((_wide(str(over), Tone.WARN),))
    until = shown.can.text_until
    goes_until = Phrase("● Text goes until {when}.", when=day_time(until, clock) if until is not None else "")
    return Page((_wide(line(goes_until, left(state, shown, clock)), Tone.GOOD),))


def answer_view(state: SessionState) -> NoteView:
    """The answer that is being written."""
    shown = state.writing.shown
    if shown is None:
        return NoteView()
    draft = state.writing.drafts.get(shown.conversation, "")
    return NoteView(shown.conversation, draft, True, name(shown), "", _("Write an answer."))


def early_rows(text: str, *, expected: bool, lost: bool = False) -> tuple[Row, ...]:
    """What was typed before it has a box: the end of it, in a line. ``expected``: one may come yet; ``lost``:
    it can be kept nowhere, and the agent turns away from it.
    """
    if not text:
        return ()
    told = _("○ Comes into the box:") if expected else _("▲ There is no box yet for:")
    told = _("▲ Kept nowhere; press again to go on without:") if lost else told
    tone = Tone.DIM if expected and not lost else Tone.WARN
    end = " ".join(text[-_SHOWN_EARLY:].split())
    return (Row((Cell(told, tone), Cell(end if len(text) <= _SHOWN_EARLY else f"…{end}", grow=True))),)


def keys_line(state: SessionState, clock: datetime, *, writing: bool, on_file: bool = False) -> Row:
    """What the keys do here and now. ``writing``: the focus is in the answer box; ``on_file``: at a file."""
    stuck = stuck_here(state)
    return _wide(
        line(
            _enter(writing and can_answer(state, clock), on_file),
            _stuck_key(stuck),
            _("F5 template") if can_send_template(state, clock) and stuck is None else "",
            _("F5 sends a file") if can_send_file(state, clock) and stuck is None else "",
            _("F6 takes it") if can_take(state) else "",
            _("F6 gives it back") if can_let_go(state) else "",
            _("F7 calls") if can_call(state) else "",
            _("Tab next · PgUp PgDn scroll · Esc leaves"),
            *talk_keys(state),
        ),
        Tone.DIM,
    )


def _enter(sends: bool, on_file: bool) -> str:
    if on_file:
        return _("Enter saves the file")
    return _("Enter sends") if sends else _("Enter reads")


def _stuck_key(stuck: Sending | None) -> str:
    if stuck is None:
        return ""
    if stuck.refused:
        return _("F5 puts the refused file away") if stuck.file else _("F5 has the refused text back")
    if stuck.file:
        return _("F5 sends the file again")
    return _("F5 sends the template again") if stuck.template is not None else ""


def unread(state: SessionState) -> str:
    """How many messages nobody has read; empty where there are none."""
    return _unread(state.writing.unread)


def _unread(count: int) -> str:
    return str(Phrase("{count} unread", "{count} unread", count)) if count else ""


def status_cell(state: SessionState) -> tuple[Cell, ...]:
    """That there is something to read, wherever the agent looks."""
    count = state.writing.unread
    if not count or not select.writes(state):
        return ()
    told = line(_("WhatsApp"), unread(state))
    return (Cell(f" {SIGN} {count} ", Tone.INFO_TAG, drop=2, said=told),)


def desk_row(state: SessionState) -> tuple[Row, ...]:
    """Among the queues: how many conversations there are, and the key that leads to them."""
    if not select.writes(state):
        return ()
    count = len(state.writing.conversations)
    waits = unread(state)
    told = Cell(waits, Tone.WARN) if waits else Cell(str(open_count(count)), Tone.DIM)
    key = Cell(_("Ctrl+T"), Tone.DIM, drop=1)
    return (Row((Cell(f"{SIGN} {_('WhatsApp')}", Tone.TITLE, grow=True), told, key)),)


def open_count(count: int) -> Phrase:
    """How many conversations there are."""
    return Phrase("{count} conversation", "{count} conversations", count)


def caller_rows(state: SessionState, clock: datetime) -> tuple[Row, ...]:
    """With the caller whom it would be about: what will work by WhatsApp, and the key."""
    work = select.caller_to_write_to(state)
    if work is None or do.WriteToCaller not in select.possible(state):
        return ()
    number = work.card.number if work.card is not None else ""
    known = with_number(state.writing, number or (work.offer.number if work.offer is not None else ""))
    goes = left(state, known, clock) if known is not None else _first(state, agreed=False)
    told = Cell(str(Phrase("{sign} WhatsApp: {goes}", sign=SIGN, goes=goes)), Tone.DIM, grow=True, wraps=True)
    return (Row((told, Cell(str(By("write", "Ctrl+T")), Tone.DIM))),)


def left(state: SessionState, conversation: Conversation, clock: datetime) -> str:
    """How long text goes; or that it does not."""
    until = conversation.can.text_until
    if until is None or not is_open(conversation, clock):
        return _first(state, agreed=conversation.can.opted_in)
    rest = until - clock
    if rest < _HOUR:
        return str(Phrase("{minutes} min left", minutes=max(1, int(rest.total_seconds()) // _MINUTE)))
    return str(Phrase("{hours} h left", hours=int(rest / _HOUR)))


def _first(state: SessionState, *, agreed: bool) -> str:
    """What goes while text does not."""
    if state.writing.templates and agreed:
        return pgettext("message", "a template first")
    if state.writing.templates:
        return pgettext("message", "a template, once they agree")
    return pgettext("message", "once they write")


def _closed(state: SessionState, shown: Conversation) -> str:
    if state.writing.templates:
        return _closed_but_for_a_template(shown)
    if shown.can.text_until is None:
        return _("▲ Not yet: the customer has not written. Ask them on the phone to write first.")
    return _("▲ Closed: they wrote more than 24 hours ago. It opens again when they write; F7 calls them.")


def _closed_but_for_a_template(shown: Conversation) -> str:
    if not shown.can.opted_in:
        told = Phrase(
            "▲ Only a template goes, and they have not asked for any: {key} fills one once they agree."
        )
    elif shown.can.text_until is None:
        told = Phrase(
            "▲ They asked to be written to, and have not written yet: only a template goes, by {key}."
        )
    else:
        told = Phrase("▲ They wrote more than 24 hours ago: only a template goes, by {key}.")
    return str(Phrase.of(told, key=By("template", "F5")))


def _entry(state: SessionState, one: Conversation, clock: datetime, read: str) -> Iterator[Row]:
    mine = state.me is not None and one.agent == state.me.agent
    count = (Cell(f" {one.unread} ", Tone.WARN_TAG, said=_unread(one.unread)),) if one.unread else ()
    tone = Tone.STRONG if one.unread or one.conversation == read else Tone.PLAIN
    mark = pointing("▶") if one.conversation == read else SIGN if one.unread else " "
    cells = (Cell(mark, Tone.STRONG, width=1), Cell(name(one), tone, grow=True), *count)
    yield Row((*cells, Cell(_age(one.changed_at, clock), Tone.DIM)), key=one.conversation)
    whose = pgettext("message", "yours") if mine else line(_("nobody's"), one.queue_title)
    draft = _("draft") if state.writing.drafts.get(one.conversation) else ""
    told = line(whose, left(state, one, clock), draft)
    yield Row((Cell(told, Tone.DIM, grow=True),), key=one.conversation, indent=2)


def _age(moment: datetime, clock: datetime) -> str:
    since = clock - moment
    if since < _HOUR:
        return str(Phrase("{minutes} min", minutes=max(0, int(since.total_seconds()) // _MINUTE)))
    if since < _DAY:
        return str(Phrase("{hours} h", hours=int(since / _HOUR)))
    return day(moment, clock)


def _message(state: SessionState, one: Written, shown: Conversation | None, clock: datetime) -> Iterator[Row]:
    tick = _TICKS.get(one.status)
    cells = (
        Cell(_when(one.at, clock), Tone.DIM),
        Cell(_by(state, one, shown), Tone.TITLE if one.incoming else Tone.DIM, width=_WHO),
        Cell(said_in(one), Tone.STRONG if one.incoming else Tone.PLAIN, grow=True, wraps=True),
    )
    key = one.message if one.file and can_save(state) else ""
    told = (*cells, Cell(str(tick[0]), tick[1])) if tick is not None else cells
    yield Row(told, key=key, subject=one.message)
    if one.file:
        yield from _file(state, one)
    if one.words and one.status in ("failed", "unknown"):
        yield Row((Cell(fate(one), Tone.WARN, grow=True, wraps=True),), indent=2, subject=one.message)


def fate(one: Written) -> str:
    """Why it was not sent; of what was perhaps sent what to do, too."""
    why = _why(one.words)
    if one.status == "failed":
        return why
    return str(Phrase("{why} It may have arrived: ask the customer before it is written again.", why=why))


def _file(state: SessionState, one: Written) -> Iterator[Row]:
    """How the saving of a message's file goes."""
    saved = state.writing.saved.get(one.message)
    if state.talks_elsewhere:
        told, tone = _("In a browser it cannot be saved: open moked on your own computer."), Tone.DIM
    elif saved is None:
        return
    elif saved.place:
        told, tone = str(Phrase("● Saved: {place}", place=said(saved.place))), Tone.GOOD
    elif saved.words:
        told, tone = str(Phrase("▲ Not saved: {why}", why=said(str(saved.words)))), Tone.WARN
    else:
        told, tone = _("○ fetching the file…"), Tone.DIM
    yield Row((Cell(told, tone, grow=True, wraps=True),), indent=2, subject=one.message)


def _when(moment: datetime, clock: datetime) -> str:
    today = moment.astimezone(clock.tzinfo).date() == clock.date()
    return time(moment, clock) if today else day_time(moment, clock)


def _why(told: str) -> str:
    """The hub's own sentence in the desk's language, and what the provider adds to it as it stands."""
    first, _stop, rest = told.partition(". ")
    own = said(f"{first}.") if rest else said(told)
    return f"{own} {rest}".strip()


def became(one: Written) -> str:
    """How far a message of the agent's came."""
    return str(_TICKS[one.status][0])


def _by(state: SessionState, one: Written, shown: Conversation | None) -> str:
    if one.incoming:
        return name(shown) if shown is not None else ""
    if state.me is not None and one.agent == state.me.agent:
        return pgettext("message", "you")
    return one.agent or pgettext("message", "the centre")


def said_in(one: Written) -> str:
    """The words; of what is no text its kind, name and type."""
    if one.kind == "text" or (one.kind == "template" and one.agent):
        return one.text
    kind = str(_KINDS.get(one.kind, Phrase("Not shown here: {kind}", kind=one.kind)))
    return line(f"▣ {kind}", one.file_name, one.media_type, one.text)


def _on_its_way(one: Sending) -> Iterator[Row]:
    sign = Cell("✖" if one.refused else "▲" if one.words else "○", Tone.WARN)
    told = f"▣ {one.text}" if one.file else one.text
    yield Row((sign, Cell(told, Tone.PLAIN, grow=True, wraps=True)), subject=one.key)
    if not one.words:
        yield Row((Cell(_("on its way to the hub…"), Tone.DIM),), indent=2, subject=one.key)
        return
    next_step = _had_back(one) if one.refused else _again(one)
    trouble = Phrase("Not in the hub: {why} {next_step}", why=said(str(one.words)), next_step=next_step)
    yield Row((Cell(str(trouble), Tone.WARN, grow=True, wraps=True),), indent=2, subject=one.key)


def _again(one: Sending) -> Phrase:
    key = By("reply", "Enter" if one.is_text else "F5")
    return Phrase("{key} sends it again; it is sent once.", key=key)


def _had_back(one: Sending) -> Phrase:
    told = Phrase("{key} puts it away.") if one.file else Phrase("{key} has it back.")
    return Phrase.of(told, key=By("reply", "F5"))


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
