"""The desk's words for what phone, hub and session name by a value, and how numbers and times are written."""

from __future__ import annotations

import re
from typing import Final

from agent_tui.session.state import Link, NoteState, Severity
from agent_tui.text.catalogue import By, Phrase
from hub.contract import CardStatus, Presence
from sip.call_state import CallState
from sip.events import RegistrationState

APP_TITLE: Final = "moked"
RINGS: Final = "☎"
NO_FIGURE: Final = "–"

REGISTRATION: Final = {
    RegistrationState.UNREGISTERED: Phrase("Not registered"),
    RegistrationState.REGISTERING: Phrase("Registering"),
    RegistrationState.REGISTERED: Phrase("Registered"),
    RegistrationState.REFUSED: Phrase("Refused by registrar"),
    RegistrationState.UNREACHABLE: Phrase("No registrar"),
    RegistrationState.ELSEWHERE: Phrase("Your telephone"),
}

LINKS: Final = {
    ("phone", Link.CONNECTING): Phrase("phone starting"),
    ("phone", Link.DOWN): Phrase("PHONE DOWN"),
    ("hub", Link.CONNECTING): Phrase("hub connecting"),
    ("hub", Link.DOWN): Phrase("HUB DOWN"),
    ("exchange", Link.DOWN): Phrase("EXCHANGE DOWN"),
}

PRESENCE: Final = {
    Presence.READY: Phrase("Ready"),
    Presence.AWAY: Phrase("Away"),
    Presence.OFFLINE: Phrase("Offline"),
}
MEMBER: Final = {
    "free": Phrase("free", context="member"),
    "ringing": Phrase("ringing", context="member"),
    "busy": Phrase("busy", context="member"),
    "on_hold": Phrase("on hold", context="member"),
    "unavailable": Phrase("cannot reach you"),
}

CALL: Final = {
    CallState.INCOMING: Phrase("RINGING"),
    CallState.DIALLING: Phrase("DIALLING"),
    CallState.RINGING: Phrase("RINGS THERE"),
    CallState.ESTABLISHED: Phrase("TALKING"),
    CallState.HELD: Phrase("ON HOLD"),
}

CARD_STATUS: Final = {
    CardStatus.PENDING: Phrase("Looking the caller up…"),
    CardStatus.UNKNOWN: Phrase("Not known to the CRM"),
    CardStatus.PRIVATE: Phrase("No number came with the call"),
    CardStatus.CRM_DOWN: Phrase("The CRM does not answer"),
    CardStatus.SEVERAL: Phrase("Several customers have this number"),
}
CARD_ADVICE: Final = {
    CardStatus.UNKNOWN: Phrase("Ask for the name; the note is stored with the number."),
    CardStatus.PRIVATE: Phrase("Ask who is calling; the note is stored with the contact."),
    CardStatus.CRM_DOWN: Phrase("Talk on: the card comes as soon as the CRM is back."),
    CardStatus.SEVERAL: Phrase("Ask, then choose with ↑ ↓ and Enter."),
}
CARD_ADVICE_SAID: Final = {
    CardStatus.SEVERAL: Phrase("Ask, then choose by {key}.", key=By("several", "Enter")),
}
"""The same where it is heard, and no arrows move anything."""
SPEAKS: Final = {"en": Phrase("speaks English"), "he": Phrase("speaks Hebrew")}

NOTE_STATE: Final = {
    NoteState.TYPED: Phrase("○ saving…"),
    NoteState.SAVED: Phrase("✔ saved"),
    NoteState.UNSAVED: Phrase("▲ NOT SAVED, kept here"),
}

SEVERITY: Final = {
    Severity.INFO: Phrase("Note", context="notice"),
    Severity.WARNING: Phrase("Warning"),
    Severity.ERROR: Phrase("Error"),
}

THEMES: Final = {
    "dark": Phrase("Dark colours"),
    "light": Phrase("Light colours"),
    "contrast": Phrase("Colours with the strongest contrast"),
}

LANGUAGES: Final = {"en": Phrase("English"), "he": Phrase("עברית")}
"""Each by its own name, for whoever reads only that."""
SPOKEN: Final = {"en": Phrase("Language: English"), "he": Phrase("Language: עברית")}

_PLANS: Final = (
    (re.compile(r"\+972(5\d|7\d)(\d{3})(\d{4})"), "+972 {}-{}-{}"),
    (re.compile(r"\+972([23489])(\d{3})(\d{4})"), "+972 {}-{}-{}"),
    (re.compile(r"\+1(\d{3})(\d{3})(\d{4})"), "+1 {} {} {}"),
)
"""Israel's numbering plan (mobile and 7x, then area codes) and North America's, in E.164 as the hub sends."""

_HOUR = 3_600
_MINUTE = 60


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
