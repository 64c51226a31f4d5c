"""Every screen of the desk, and the keys by which it comes: what the pictures show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from agent_tui.screens.callback_form import CallbackForm
from agent_tui.screens.choice import Choice
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.customer_form import CustomerForm
from agent_tui.screens.customer_search import CustomerSearch
from agent_tui.screens.desk import DeskScreen
from agent_tui.screens.doctor import DoctorScreen
from agent_tui.screens.enrolment import EnrolmentScreen
from agent_tui.screens.file_form import FileForm
from agent_tui.screens.floor import FloorScreen
from agent_tui.screens.help import Help
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.keypad import Keypad
from agent_tui.screens.line_entry import LineEntry
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.palette import Palette
from agent_tui.screens.quit_question import QuitQuestion
from agent_tui.screens.settings import KeyQuestion, SettingsScreen
from agent_tui.screens.template_form import TemplateForm
from agent_tui.session.state import Notice, SessionState, Severity
from agent_tui.text.catalogue import Phrase
from sip.audio.devices import Devices
from tests.stubs import callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk

SIZES: Final = [(80, 24), (120, 40), (160, 45)]


@dataclass(frozen=True)
class Shown:
    """A screen as ``keys`` bring it up in ``state``; without a state the welcome of a new desk does."""

    screen: type[object]
    state: SessionState | None
    keys: tuple[str, ...] = ()


_FAULT: Final = Notice(
    "fault",
    Severity.ERROR,
    Phrase(
        "Something in moked failed. Calls go on. Tell your team leader: fault {reference}.", reference="K7PX"
    ),
)
_NO_DEVICES: Final = replace(desk.CHOOSING, devices=Devices((), ()), tried=None)
_DOWN: Final = ("down",) * 3
_TO_KEYS: Final = (*_DOWN, "down", "enter")

PICTURED: Final[Mapping[str, Shown]] = {
    "desk_ringing": Shown(DeskScreen, desk.RINGING),
    "desk_hebrew_customer": Shown(DeskScreen, desk.HEBREW),
    "desk_wrap_up": Shown(DeskScreen, desk.WRAP_UP),
    "desk_fault": Shown(DeskScreen, replace(desk.TALKING, notices=(_FAULT,))),
    "transfer": Shown(NumberEntry, desk.TALKING, ("f5", *("down",) * 10)),
    "dial": Shown(NumberEntry, desk.TALKING, ("f7", *"נועה")),
    "dial_hub_down": Shown(NumberEntry, desk.HUB_DOWN, ("f7",)),
    "keypad": Shown(Keypad, desk.TALKING, ("f6",)),
    "away": Shown(Choice, desk.IDLE, ("f9",)),
    "sound": Shown(Choice, desk.CHOOSING, ("ctrl+o",)),
    "take_back": Shown(Choice, callback_desk.MOMENTS["agenda"], ("shift+tab", "shift+tab", "enter")),
    "callback": Shown(CallbackForm, callback_desk.MOMENTS["callback_stands"], ("ctrl+r", *"15:30")),
    "callback_unknown": Shown(CallbackForm, callback_desk.MOMENTS["agenda"], ("ctrl+r", "enter")),
    "callback_hebrew": Shown(
        CallbackForm,
        callback_desk.MOMENTS["called_back_hebrew"],
        ("ctrl+r", *"20", "tab", "tab", *"מחיר 5"),
    ),
    "found": Shown(CustomerSearch, unknown_desk.MOMENTS["looking"], ("ctrl+n", *"ruth", "down")),
    "found_hebrew": Shown(
        CustomerSearch, unknown_desk.MOMENTS["looking_owed"], ("ctrl+n", *"רות", "down", "down")
    ),
    "new_customer": Shown(CustomerForm, unknown_desk.MOMENTS["creating"], ("ctrl+n", *"דנה כהן", "ctrl+n")),
    "history": Shown(HistoryScreen, past_desk.MOMENTS["history"], ("ctrl+f", *_DOWN)),
    "history_hebrew": Shown(HistoryScreen, past_desk.MOMENTS["history_hebrew"], ("ctrl+f", *_DOWN)),
    "history_hub_away": Shown(HistoryScreen, past_desk.MOMENTS["history_hub_away"], ("ctrl+f", *_DOWN)),
    "history_nothing": Shown(HistoryScreen, past_desk.NOTHING, ("ctrl+f",)),
    "floor": Shown(FloorScreen, floor_desk.FLOOR, ("ctrl+l",)),
    "floor_listening": Shown(FloorScreen, floor_desk.LISTENING, ("ctrl+l",)),
    "coach_line": Shown(LineEntry, floor_desk.LISTENING, ("ctrl+l", "down", "f6", *"כדאי להציע 50%")),
    "written": Shown(ConversationsScreen, writing_desk.READING, ("ctrl+t", *"שלום (router 3)")),
    "written_closed": Shown(ConversationsScreen, writing_desk.CLOSED, ("ctrl+t",)),
    "written_nobodys": Shown(ConversationsScreen, writing_desk.NOBODYS, ("ctrl+t",)),
    "file": Shown(FileForm, writing_desk.NOTHING_STUCK, ("ctrl+t", "f5", *"~/photo.jpg")),
    "template": Shown(TemplateForm, writing_desk.NEVER_ASKED, ("ctrl+t", "f5")),
    "doctor": Shown(DoctorScreen, desk.IDLE, ("f11",)),
    "doctor_ringing": Shown(DoctorScreen, desk.RINGING, ("f11",)),
    "palette": Shown(Palette, desk.TALKING, ("ctrl+p",)),
    "palette_typed": Shown(Palette, desk.HEBREW, ("ctrl+p", *"שיחה")),
    "help": Shown(Help, desk.TALKING, ("f1",)),
    "settings": Shown(SettingsScreen, desk.TALKING, ("ctrl+s", "down")),
    "settings_devices": Shown(SettingsScreen, desk.CHOOSING, ("ctrl+s", *_DOWN)),
    "settings_no_devices": Shown(SettingsScreen, _NO_DEVICES, ("ctrl+s", *_DOWN)),
    "settings_hub_down": Shown(SettingsScreen, desk.HUB_DOWN, ("ctrl+s",)),
    "another_key": Shown(KeyQuestion, desk.TALKING, ("ctrl+s", *_TO_KEYS)),
    "quit": Shown(QuitQuestion, desk.TALKING, ("ctrl+q",)),
    "enrolment": Shown(EnrolmentScreen, None, (*"ABCD", "tab", *"yael", "tab", *"secret")),
}
"""A screen of your own needs a row here. The desk itself has more moments, in ``test_desk_pictures``."""
