"""Every word the desk itself says, in one place, and how moments and lengths of time are written."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from agent_tui.session.state import Link, NoteState, Severity
from hub.contract import CardStatus, Presence
from sip.call_state import CallState
from sip.events import RegistrationState

APP_TITLE: Final = "moked"
TAKEN_AWAY: Final = (
    "moked was opened in another terminal, so it has closed here. Its calls and notes are there."
)

REGISTRATION: Final = {
    RegistrationState.UNREGISTERED: "Not registered",
    RegistrationState.REGISTERING: "Registering",
    RegistrationState.REGISTERED: "Registered",
    RegistrationState.REFUSED: "Refused by registrar",
    RegistrationState.UNREACHABLE: "No registrar",
}
NOT_REACHABLE: Final = "Registered, not reachable"
NOT_PROVEN: Final = "reach not proven"
ENCRYPTED: Final = "encrypted"
NOT_ENCRYPTED: Final = "not encrypted"

LINKS: Final = {
    ("phone", Link.CONNECTING): "phone starting",
    ("phone", Link.DOWN): "PHONE DOWN",
    ("hub", Link.CONNECTING): "hub connecting",
    ("hub", Link.DOWN): "HUB DOWN",
    ("exchange", Link.DOWN): "EXCHANGE DOWN",
}

PRESENCE: Final = {
    Presence.READY: "Ready",
    Presence.AWAY: "Away",
    Presence.OFFLINE: "Offline",
}
ASKED: Final = "asked"
EXCHANGE: Final = "exchange:"
MEMBER: Final = {
    "free": "free",
    "ringing": "ringing",
    "busy": "busy",
    "on_hold": "on hold",
    "unavailable": "cannot reach you",
}
PAUSED: Final = "paused"
NO_QUEUE: Final = "in no queue"
WAITING: Final = "waiting"
LONGEST: Final = "longest"

CALL: Final = {
    CallState.INCOMING: "RINGING",
    CallState.DIALLING: "DIALLING",
    CallState.RINGING: "RINGS THERE",
    CallState.ESTABLISHED: "TALKING",
    CallState.HELD: "ON HOLD",
}
MUTED: Final = "MUTED"
THREE: Final = "THREE TALK"
CONSULTATION: Final = "asked about"
CONSULTED: Final = "A colleague asks about a customer; the card comes if they are handed on."
NO_CALL: Final = "No call"
SOUND: Final = "Talk through"
SOUND_KEY: Final = "Ctrl+O sound"
RINGS: Final = "☎"
SILENCE_KEY: Final = "Ctrl+G silences"
RINGS_SILENTLY: Final = "no ring sound"
MICROPHONE: Final = "mic"
SPEAKER: Final = "ear"
MISSED: Final = "MISSED"
MORE: Final = "more"
DESK_KEYS: Final = "Tab moves · Esc back to the note · Ctrl+Q leaves"
PRIVATE_NUMBER: Final = "private number"
TRANSFERRING_TO: Final = "transferring to"
KEYS_SENT: Final = "keys"
WRAP_UP: Final = "WRAP-UP"
STORING: Final = "STORING"
WRAP_UP_OWED: Final = "note and outcome are owed"

CUSTOMER: Final = "Customer"
CARD_STATUS: Final = {
    CardStatus.PENDING: "Looking the caller up…",
    CardStatus.UNKNOWN: "Not known to the CRM",
    CardStatus.PRIVATE: "No number came with the call",
    CardStatus.CRM_DOWN: "The CRM does not answer",
    CardStatus.SEVERAL: "Several customers have this number",
}
CARD_ADVICE: Final = {
    CardStatus.UNKNOWN: "Ask for the name; the note is stored with the number.",
    CardStatus.PRIVATE: "Ask who is calling; the note is stored with the contact.",
    CardStatus.CRM_DOWN: "Talk on: the card comes as soon as the CRM is back.",
    CardStatus.SEVERAL: "Ask, then choose with ↑ ↓ and Enter.",
}
CARD_NO_HUB: Final = "The hub does not answer: no card. Take the number down."
NO_CONTACT: Final = "The card comes with the call."
LANGUAGE: Final = {"en": "English", "he": "Hebrew"}
SPEAKS: Final = "speaks"
CALLS_FROM: Final = "calling"
YOUR_CUSTOMER: Final = "your customer"
WAITED: Final = "waited"
MATTERS: Final = "Open matters"
NO_MATTERS: Final = "none"
HISTORY: Final = "History"
NO_HISTORY: Final = "no earlier contact"

SCRIPT: Final = "Script"
NO_SCRIPT: Final = "No script for this queue."
SCRIPT_NO_HUB: Final = "The hub does not answer: no script."
SCRIPT_LATER: Final = "The script comes with the call."
SCRIPT_KEYS: Final = "Ctrl+↓ done, next"
OF: Final = "of"

QUEUES: Final = "Queues"
NOT_LIVE: Final = "NOT LIVE"
NO_QUEUES: Final = "No figures yet."
READY_AGENTS: Final = "ready"
BUSY_AGENTS: Final = "busy"
ANSWERED: Final = "answered"
ABANDONED: Final = "abandoned"
TO_CALL: Final = "to call"
CALLED_BACK: Final = "called back"
AVERAGE_WAIT: Final = "mean wait"
SERVICE_LEVEL: Final = "SL"
OWN_DAY: Final = "You today"
HANDLING: Final = "handling"
TALK: Final = "talk"
HOLD_TIME: Final = "hold"
WRAP_UP_TIME: Final = "wrap"
OCCUPIED: Final = "occupied"
QUEUE_COLUMNS: Final = ("Queue", "Wait", "Long", "Free", "Busy", "SL")

NOTE: Final = "Note"
OUTCOME: Final = "Outcome"
NOTE_LATER: Final = "The note opens with the talk."
NOTE_HINT: Final = "What was it about, what was promised?"
NOTE_STATE: Final = {
    NoteState.EMPTY: "",
    NoteState.TYPED: "○ saving…",
    NoteState.SAVED: "✔ saved",
    NoteState.UNSAVED: "▲ NOT SAVED, kept here",
}
FINISH_HINT: Final = "F12 stores it"

SEVERITY: Final = {
    Severity.INFO: "Note",
    Severity.WARNING: "Warning",
    Severity.ERROR: "Error",
}
DISMISS: Final = "Esc ✕"

ANSWER: Final = "Answer"
HOLD: Final = "Hold"
RESUME: Final = "Resume"
MUTE: Final = "Mute"
UNMUTE: Final = "Unmute"
TRANSFER: Final = "Transfer"
KEYS: Final = "Keys"
DIAL: Final = "Dial"
HANG_UP: Final = "Hang up"
DECLINE: Final = "Decline"
CANCEL_CALL: Final = "Cancel"
BACK: Final = "Back"
CONNECT: Final = "Connect"
CALL_BACK: Final = "Callback"
SEEN: Final = "Seen"
MERGE: Final = "Merge"
PART: Final = "Part"
READY: Final = "Ready"
AWAY: Final = "Away"
SWAP: Final = "Swap"
FINISH: Final = "Finish"

TRANSFER_TO: Final = "Transfer to"
DIAL_NUMBER: Final = "Dial"
NUMBER_HINT: Final = "number, extension or sip: address"
SEND_KEYS: Final = "Keys"
KEYS_HINT: Final = "0-9 * # go at once; Esc closes"
ENTER_LEAVES: Final = "Enter goes on · Esc leaves · F2 answers, F8 hangs up"
WHY_AWAY: Final = "Away: why?"
NO_REASON: Final = "without a reason"

QUIT: Final = "Leave the desk?"
QUIT_CALL: Final = "A call is open. It goes on in the phone; start moked again to get back to it."
QUIT_NOTE: Final = "Something you wrote is not saved yet. It would be lost."
STAY: Final = "Stay"
LEAVE: Final = "Leave"
QUIT_KEYS: Final = "Esc stays · Ctrl+Q again leaves"

_PLANS: Final = (
    (re.compile(r"\+972(5\d|7\d)(\d{3})(\d{4})"), "+972 {}-{}-{}"),
    (re.compile(r"\+972([23489])(\d{3})(\d{4})"), "+972 {}-{}-{}"),
    (re.compile(r"\+1(\d{3})(\d{3})(\d{4})"), "+1 {} {} {}"),
)
"""Israel's numbering plan (mobile and 7x, then area codes) and North America's, in E.164 as the hub sends."""

_FIRST_STRONG, _POP = "\u2068", "\u2069"
"""FSI and PDI (UAX #9 §2.4): what stands between them has its own direction and moves nothing around it."""

_SPACE = "\u00a0"
_HOUR = 3_600
_MINUTE = 60


def joined(*parts: str) -> str:
    """The parts that say something, with a dot between; a Hebrew one turns none of the others round."""
    return " · ".join(part if part.isascii() else f"{_FIRST_STRONG}{part}{_POP}" for part in parts if part)


def number(text: str) -> str:
    """A number in groups as it is read aloud, where the country's plan is known here; else as it came."""
    for pattern, groups in _PLANS:
        found = pattern.fullmatch(text)
        if found is not None:
            return groups.format(*found.groups())
    return text


def timer(seconds: float) -> str:
    """``01:42``, from an hour on ``1:02:03``."""
    whole = max(0, int(seconds))
    if whole >= _HOUR:
        return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"
    return f"{whole // _MINUTE:02}:{whole % _MINUTE:02}"


def day_time(moment: datetime, now: datetime) -> str:
    """``12 May 14:30``, in the agent's own zone."""
    return f"{day(moment, now)} {moment.astimezone(now.tzinfo):%H:%M}"


def day(moment: datetime, now: datetime) -> str:
    """``12 May``, with the year where it is another one; never broken over two lines."""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return "today"
    return (
        f"{local.day}{_SPACE}{local:%b}"
        if local.year == now.year
        else f"{local.day}{_SPACE}{local:%b}{_SPACE}{local:%Y}"
    )
