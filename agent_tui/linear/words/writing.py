"""Words about written conversations: hear which there are, read one, answer it, give it back."""

from __future__ import annotations

import uuid
from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.commands.why_not import why_not
from agent_tui.linear.hand import Hand
from agent_tui.screens.views import conversations as view
from agent_tui.session import answering, select
from agent_tui.session.files import unfit
from agent_tui.session.writing import Answer, Sending
from agent_tui.text.catalogue import Phrase, _


def whatsapp(hand: Hand, number: str) -> None:
    """All of them; with a number that one is read, and is the one that is answered."""
    if not select.writes(hand.state):
        hand.say(_("This centre does not write by WhatsApp."))
        return
    key = hand.chosen(view.list_page(hand.state, hand.now), number)
    if key is not None:
        hand.send(do.ReadConversation(key))


def caller(hand: Hand, _rest: str) -> None:
    """Go on with the caller in writing; where there is none, hear the conversations, as the key shows them.

    Until the hub has found the caller's, none is read: what is typed meanwhile goes to nobody else.
    """
    work = select.caller_to_write_to(hand.state)
    if work is not None:
        hand.send(do.LeaveConversations())
        hand.send(do.WriteToCaller(work.contact))
        return
    hand.say(_("You talk with nobody whose number messages reach, or the hub is away."))
    if hand.state.writing.conversations:
        whatsapp(hand, "")


def thread(hand: Hand, _rest: str) -> None:
    """What was said in the one that is read, what is kept for it and not sent, and what will work in it now.
    It counts as read.
    """
    if hand.state.writing.shown is None:
        hand.say(_("Type whatsapp and a number first."))
        return
    hand.read(view.thread_page(hand.state, hand.now))
    draft = view.answer_view(hand.state).text
    if draft:
        hand.say(str(Phrase("Not sent yet: {text}. Type reply alone to send it.", text=draft)))
    what_goes(hand)
    seen = answering.seen(hand.state)
    if seen is not None:
        hand.send(seen)


def reply(hand: Hand, text: str) -> None:
    """Send a text in the one that is read; without one, what did not reach the hub goes once more, else what
    is kept.
    """
    shown = hand.state.writing.shown
    if shown is None:
        hand.say(_("Type whatsapp and a number first."))
        return
    if not answering.can_answer(hand.state, hand.now):
        what_goes(hand)
        return
    stuck = answering.stuck_here(hand.state)
    draft = hand.state.writing.drafts.get(shown.conversation, "")
    if text and hand.begun_in not in ("", shown.conversation):
        hand.send(do.EditAnswer(hand.begun_in, _behind(hand, hand.begun_in, text)))
        hand.say(_("Another conversation is read now: nothing was sent, and your text is kept in the other."))
    elif text and do.SayText not in select.possible(hand.state):
        hand.send(do.EditAnswer(shown.conversation, _behind(hand, shown.conversation, text)))
        hand.say(_("Kept, and not sent. Type reply alone to send it when the hub is there."))
    elif not text and stuck is not None:
        _once_more(hand, stuck)
    elif text or draft:
        hand.send(do.SayText(shown.conversation, text or draft, uuid.uuid4().hex))
    else:
        hand.say(_("Type reply and a text."))


def what_goes(hand: Hand) -> None:
    """What will work now in the conversation that is read, and the words for it."""
    state, shown = hand.state, hand.state.writing.shown
    goes = answering.goes(state, shown, hand.now) if shown is not None else None
    if goes is Answer.TAKE and do.TakeConversation in select.possible(state):
        hand.say(_("Nobody's yet: type take, then you can answer."))
        return
    hand.read(view.can_page(state, hand.now, 0))
    if answering.can_send_template(state, hand.now):
        hand.say(_("Type template to hear the approved messages."))


def _behind(hand: Hand, conversation: str, text: str) -> str:
    """The text behind what of an answer is kept already."""
    return "\n".join(part for part in (hand.state.writing.drafts.get(conversation, ""), text) if part)


def file(hand: Hand, path: str) -> None:
    """See what lies at a path, before it is sent in the conversation that is read."""
    if not answering.can_send_file(hand.state, hand.now):
        _no_file(hand)
    elif not path:
        hand.say(_("Type file and its path, from / or ~."))
    else:
        hand.send(do.LookAtFile(path))


def send_file(hand: Hand, _rest: str) -> None:
    """Send the file that was looked at; without one, what did not reach the hub goes once more."""
    writing, shown = hand.state.writing, hand.state.writing.shown
    stuck = answering.stuck_here(hand.state)
    chosen = writing.chosen
    if shown is None:
        hand.say(_("Type whatsapp and a number first."))
    elif not answering.can_send_file(hand.state, hand.now):
        _no_file(hand)
    elif stuck is not None and stuck.file and not stuck.refused:
        _once_more(hand, stuck)
    elif chosen is None or chosen.found is None or unfit(chosen, writing.files):
        hand.say(_("Type file and its path, from / or ~."))
    else:
        hand.send(do.LeaveFile())
        hand.send(do.SendFile(shown.conversation, chosen.path, chosen.found.name, uuid.uuid4().hex))


def _no_file(hand: Hand) -> None:
    """Why none goes now."""
    what_goes(hand)
    if do.SendFile not in select.possible(hand.state):
        hand.say(str(why_not(do.SendFile)))


def save(hand: Hand, number: str) -> None:
    """Save a file of the conversation that is read."""
    shown = hand.state.writing.shown
    if shown is None:
        hand.say(_("Type whatsapp and a number first."))
    elif not answering.can_save(hand.state):
        hand.say(str(why_not(do.SaveFile)))
    else:
        page = view.thread_page(hand.state, hand.now)
        files = replace(page, rows=tuple(row for row in page.rows if row.key))
        key = hand.chosen(files, number)
        if key is not None:
            hand.send(do.SaveFile(shown.conversation, key))


def _once_more(hand: Hand, stuck: Sending) -> None:
    """What did not reach the hub goes again under its key; what it refused is had back."""
    if stuck.refused:
        hand.send(do.TakeTextBack(stuck.key))
        hand.say(str(Phrase("Had back: {text}", text=stuck.text)))
    else:
        hand.send(answering.once_more(stuck))


def take(hand: Hand, _rest: str) -> None:
    """Take the one that is read, or give it back."""
    command = answering.taken_or_given_back(hand.state)
    if hand.state.writing.shown is None:
        hand.say(_("Type whatsapp and a number first."))
    elif command is not None:
        hand.send(command)
