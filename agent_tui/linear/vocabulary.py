"""What can be typed: short words, in English and Hebrew, each with what it is for and what it does.

The keys' names are words too, for who knows them from the screen; what is told names the word (``acts``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from agent_tui.commands import model as do
from agent_tui.linear.hand import Hand
from agent_tui.linear.words import (
    agent,
    calls,
    contact,
    floor,
    past,
    promises,
    settings,
    templates,
    writing,
)
from agent_tui.text.catalogue import Phrase
from edge.text import clean

Does: TypeAlias = Callable[[Hand, str], None]
"""Given the hand, and what is typed behind the word."""


@dataclass(frozen=True, slots=True)
class Word:
    """One act: how it may be typed, the first being its name in English, and what it is for."""

    spellings: tuple[str, ...]
    about: Phrase
    does: Does
    lines: bool = False
    """Whether what is typed behind it may be of several lines, as what is pasted is."""


def obey(hand: Hand, line: str) -> None:
    """Do what the line says."""
    typed, _space, rest = line.strip().partition(" ")
    if not typed:
        return
    word = BY_SPELLING.get(typed.lower())
    if word is None:
        hand.say(str(Phrase("There is no word {word}. Type help for all of them.", word=clean(typed))))
        return
    if word.does is not agent.leave:
        hand.warned = False
    word.does(hand, rest.strip() if word.lines else " ".join(rest.split("\n")).strip())


def _help(hand: Hand, _rest: str) -> None:
    for word in WORDS:
        hand.say(f"{', '.join(word.spellings)}: {word.about}")


def _at_once(command: do.Command) -> Does:
    return lambda hand, _rest: hand.send(command)


def _word(spellings: str, about: Phrase, does: Does, *, lines: bool = False) -> Word:
    return Word(tuple(spellings.split()), about, does, lines)


WORDS: Final = (
    _word("help ? עזרה", Phrase("all words"), _help),
    _word("answer f2 מענה", Phrase("answer the call that rings"), _at_once(do.Answer())),
    _word("hangup f8 ניתוק", Phrase("hang up; while it rings, decline"), _at_once(do.HangUp())),
    _word("hold f3 המתנה", Phrase("hold the call, or go on with it"), _at_once(do.ToggleHold())),
    _word("mute f4 השתקה", Phrase("shut or open the microphone"), _at_once(do.ToggleMute())),
    _word("transfer f5 העברה", Phrase("transfer 1002: hand the customer on"), calls.transfer),
    _word("dial f7 חיוג", Phrase("dial 1002: call; in a talk, ask a colleague"), calls.dial),
    _word("who מי", Phrase("who noam: hear who can take a call; alone: everybody"), calls.who),
    _word(
        "connect חיבור", Phrase("connect the customer with who was asked"), _at_once(do.AttendedTransfer())
    ),
    _word("merge ועידה", Phrase("talk in both calls at once"), _at_once(do.Merge())),
    _word("part פיצול", Phrase("part two calls that were merged"), _at_once(do.Part())),
    _word("swap f10 מעבר", Phrase("go over to the other call"), _at_once(do.Swap())),
    _word("keys f6 מקשים", Phrase("keys 12#: send telephone keys"), calls.keys),
    _word("calls שיחות", Phrase("hear the open calls, else the missed ones"), calls.calls),
    _word("call שיחה", Phrase("call 2: go over to the second call"), calls.call),
    _word("status מצב", Phrase("hear how you stand"), agent.status),
    _word("ready זמינות", Phrase("take calls"), agent.ready),
    _word("away הפסקה", Phrase("away 2: take a break, for the second reason"), agent.away),
    _word("presence f9 נוכחות", Phrase("ready or away, whichever you are not"), agent.presence),
    _word("card כרטיס", Phrase("hear the customer's card"), contact.card),
    _word("customer לקוח", Phrase("customer 2: of several, the second"), contact.customer),
    _word("find ctrl+n חיפוש", Phrase("find noa levi: look for the customer in the CRM"), contact.find),
    _word("link קישור", Phrase("link 2: of those found, the second is the customer"), contact.link),
    _word("new חדש", Phrase("new Dana Cohen: put the caller into the CRM under this name"), contact.create),
    _word("script תסריט", Phrase("hear the script"), contact.script),
    _word("done בוצע", Phrase("tick the step that is next"), contact.done),
    _word("step שלב", Phrase("step 3: tick it, or take down that answer"), contact.step),
    _word("note הערה", Phrase("note and a text: write it; alone: hear it"), contact.note, lines=True),
    _word("rewrite שכתוב", Phrase("rewrite and a text: begin the note anew"), contact.rewrite, lines=True),
    _word("outcome תוצאה", Phrase("outcome 1: how the contact ended"), contact.outcome),
    _word("finish f12 סיום", Phrase("store the wrap-up"), contact.finish),
    _word(
        "callback ctrl+r חזרה",
        Phrase("callback 15:00; what about: promise one, for anyone"),
        promises.callback,
    ),
    _word("mine אליי", Phrase("the same, kept for you"), promises.mine),
    _word("agenda יומן", Phrase("hear the callbacks to come"), promises.agenda),
    _word("cancel ביטול", Phrase("cancel 1: take a callback back"), promises.cancel),
    _word("missed החמצות", Phrase("hear the missed calls"), calls.calls),
    _word("return השבה", Phrase("call the newest missed caller"), _at_once(do.CallBack())),
    _word("seen ראיתי", Phrase("clear the missed calls"), _at_once(do.ClearMissed())),
    _word(
        "history ctrl+f היסטוריה", Phrase("history cohen: search your calls; alone: the newest"), past.history
    ),
    _word("older קודמות", Phrase("hear calls from before those"), past.older),
    _word("past פרטים", Phrase("past 2: all of the second call, with its note"), past.past),
    _word("redial שוב", Phrase("redial 2: call the number of the second"), past.redial),
    _word("forget שכחה", Phrase("forget the calls and the floor that were read out"), past.forget),
    _word("floor ctrl+l מוקד", Phrase("trainers: hear how all agents stand, and who waits"), floor.floor),
    _word("listen האזנה", Phrase("listen 2: hear the second agent's call"), floor.listen),
    _word("whisper לחישה", Phrase("whisper 2: be heard by that agent alone"), floor.whisper),
    _word("join הצטרפות", Phrase("join 2: be heard by the customer, too"), floor.join),
    _word("tell כתיבה", Phrase("tell 2 and a line: put it on that agent's desk"), floor.write),
    _word("doctor f11 בדיקה", Phrase("hear how phone and exchange stand"), agent.doctor),
    _word(
        "whatsapp וואטסאפ",
        Phrase("hear the WhatsApp conversations; whatsapp 2: read the second"),
        writing.whatsapp,
    ),
    _word("thread התכתבות", Phrase("hear what was said in the conversation that is read"), writing.thread),
    _word("reply תשובה", Phrase("reply and a text: send it to whom is read"), writing.reply, lines=True),
    _word(
        "file קובץ",
        Phrase("file and its path: see what it is, before it goes to whom is read"),
        writing.file,
    ),
    _word("sendfile לשלוח", Phrase("send the file that was looked at"), writing.send_file),
    _word("save שמירה", Phrase("save 1: save the first file of the conversation that is read"), writing.save),
    _word(
        "template תבנית",
        Phrase("hear the approved messages; template 2 and what is to stand in it: hear how it reads"),
        templates.template,
    ),
    _word("send שליחה", Phrase("send the approved message that was read out"), templates.send),
    _word("take טיפול", Phrase("take the conversation that is read, or give it back"), writing.take),
    _word("write ctrl+t לוואטסאפ", Phrase("go on with the caller by WhatsApp"), writing.caller),
    _word("queues תורים", Phrase("hear the queues and your own day"), agent.queues),
    _word("sound ctrl+o שמע", Phrase("sound 2: talk through other devices"), agent.sound),
    _word(
        "ring ctrl+g צלצול", Phrase("let calls ring without a sound, or with it"), _at_once(do.ToggleRing())
    ),
    _word(
        "devices התקנים", Phrase("devices 1: the next microphone; alone: hear all devices"), settings.devices
    ),
    _word(
        "try ניסיון", Phrase("try 2: hear the second device, or be heard; again: end it"), settings.try_out
    ),
    _word("volume עוצמה", Phrase("volume 70: ring as loud"), settings.volume),
    _word("language ctrl+s שפה", Phrase("language he: speak it from now on"), settings.language),
    _word("enroll רישום", Phrase("hear how this device is enrolled again"), settings.enrol),
    _word("notices הודעות", Phrase("hear the notices"), agent.notices),
    _word("dismiss הבנתי", Phrase("the newest notice was read"), agent.dismiss),
    _word("quit exit ctrl+q יציאה", Phrase("leave; a call goes on in the phone"), agent.leave),
)

BY_SPELLING: Final = {spelling: word for word in WORDS for spelling in word.spellings}
