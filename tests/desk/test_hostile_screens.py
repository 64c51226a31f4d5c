"""Hostile text over every screen and every widget of the desk; one that has no row here fails the test.

Two gates are tried: what the edges let through (with the line breaks that the hub's texts may have), painted
in every screen, and what is pasted, which comes from no edge. Read is what the driver is given to write:
beside colours, cursor and the desk's own title nothing may act.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen as AnyScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

import agent_tui
from agent_tui.adapters import doctor_wire
from agent_tui.commands import model as do
from agent_tui.preferences import Preferences
from agent_tui.screens.callback_form import CallbackForm
from agent_tui.screens.choice import Choice
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.customer_form import CustomerForm
from agent_tui.screens.customer_search import CustomerSearch
from agent_tui.screens.desk import DeskScreen
from agent_tui.screens.doctor import DoctorScreen
from agent_tui.screens.early_text import TypesEarly
from agent_tui.screens.enrolment import EnrolmentScreen, Fields
from agent_tui.screens.fault import FaultScreen
from agent_tui.screens.file_form import FileForm
from agent_tui.screens.floor import FloorScreen
from agent_tui.screens.help import Help
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.keypad import Keypad
from agent_tui.screens.line_entry import LineEntry
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import LookedUp, Overlay, Typing
from agent_tui.screens.paced import Paced
from agent_tui.screens.palette import Palette
from agent_tui.screens.quit_question import QuitQuestion
from agent_tui.screens.settings import KeyQuestion, SettingsScreen
from agent_tui.screens.styled_once import StyledOnce
from agent_tui.screens.template_form import TemplateForm
from agent_tui.screens.thread_sheet import ThreadSheet
from agent_tui.screens.typed_beside import TypedBeside
from agent_tui.session.agenda import whom
from agent_tui.session.findings import Finding as Checked
from agent_tui.session.findings import Verdict
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.bidi_text_area import BidiTextArea
from agent_tui.widgets.cells import Cell, Page, Row
from agent_tui.widgets.frame import Frame
from agent_tui.widgets.key_bar import ButtonView, KeyBar, KeyButton, Kind
from agent_tui.widgets.mirrored import Columns, SideBySide
from agent_tui.widgets.note_pane import NotePane, NoteView
from agent_tui.widgets.plain_input import PlainInput
from agent_tui.widgets.sheet import Sheet, SheetBeside
from edge.text import clean
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_text import CORPUS as SEEN
from tests.desk.test_screen_text import no_markup_acts
from tests.desk.worst_state import at_the_edge, worst
from tests.stubs import desk, writing_desk
from tests.stubs.doctor import StubDoctor

CORPUS = {
    **SEEN,
    "link by OSC 8": "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "nul": "a\x00b",
    "zero width": "a\u200b\u2060\ufeffb\u00ad",
    "tags": "a\U000e0041\U000e007f",
    "through tmux": "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\",
    "application": "\x1b_x\x1b\\\x1b^y\x1b\\",
    "title is asked": "\x1b[21t\x1b[c\x1b[6n",
    "backspaces": "safe\x08\x08\x08\x08evil\x7f",
    "huge": "x" * 100_000,
    "flood": ("e" + "\u0489" * 2_000) * 20,
    "parted flood": ("e" + "\u0489\u0489\u0489\u200b" * 500) * 20,
    "joined flood": "ᄀ" + "\u11b0" * 2_000 + "က" + "\u103b" * 2_000,
    "nothing to see": "\u3164\u115f\u034f",
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x85f",
    "private": "a\ue000\uf8ff\U000f0000b",
    "noncharacters": "a\ufffe\uffff\U0010ffff",
    "hebrew lines": "כהן\nיוסי [/] \u202e(abc)",
}


SCREENS: dict[type[object], Callable[[SessionState, str], object]] = {
    DeskScreen: lambda _state, _text: None,
    NumberEntry: lambda state, text: NumberEntry(
        at_the_edge(text), state, nothing, do.Transfer, lambda: desk.CLOCK
    ),
    Keypad: lambda state, _text: Keypad(state, nothing, nothing),
    Choice: lambda state, text: Choice(
        at_the_edge(text), (("k", at_the_edge(text)),), do.SetPresence, state, nothing
    ),
    HistoryScreen: lambda state, _text: HistoryScreen(state, nothing, lambda: desk.CLOCK, nothing, nothing),
    CustomerSearch: lambda state, _text: CustomerSearch(state.work[0], state, nothing, nothing),
    CustomerForm: lambda state, text: CustomerForm(state.work[0], clean(text), state, nothing, nothing),
    FloorScreen: lambda state, _text: FloorScreen(state, nothing, nothing),
    EnrolmentScreen: lambda _state, text: EnrolmentScreen(
        lambda _typed: True, at_the_edge(text), at_the_edge(text)
    ),
    SettingsScreen: lambda state, _text: SettingsScreen(state, nothing, Preferences, nothing),
    DoctorScreen: lambda state, text: DoctorScreen(state, nothing, StubDoctor(found(text))),
    KeyQuestion: lambda state, _text: KeyQuestion("answer", state, nothing),
    LineEntry: lambda state, text: LineEntry(at_the_edge(text), 200, state, nothing, do.WriteCoachNote),
    ConversationsScreen: lambda state, _text: ConversationsScreen(
        state, nothing, lambda: desk.CLOCK, nothing, lambda _contact, _text: False
    ),
    FaultScreen: lambda state, _text: FaultScreen("K7PX", state, nothing),
    FileForm: lambda state, text: FileForm(at_the_edge(text), state, nothing, nothing),
    TemplateForm: lambda state, text: TemplateForm(
        writing_desk.a_template(
            title=at_the_edge(text), body=at_the_edge(text) + "{{1}}", parameters=(at_the_edge(text),)
        ),
        state.writing.conversations[0],
        state,
        nothing,
    ),
    Help: lambda state, _text: Help(state, nothing),
    Palette: lambda state, _text: Palette(state, nothing, lambda: "moked"),
    QuitQuestion: lambda state, _text: QuitQuestion(state, nothing),
    CallbackForm: lambda state, _text: CallbackForm(whom(state), state, nothing, lambda: desk.CLOCK, nothing),
}
"""How each screen comes up with ``text`` in all that it shows. A screen of your own needs a line here."""


def found(text: str) -> tuple[Checked | Told, ...]:
    """What a doctor beside the desk tells, read as it comes from its process."""
    told = Phrase("{url}: {why}", url=text, why=Phrase("Run `{command}`.", command=text))
    lines: tuple[Checked | Told, ...] = (Checked(text, Verdict.FAILED, told, text), text)
    return tuple(doctor_wire.read(doctor_wire.written(one).encode()) for one in lines)


def nothing(*_given: object) -> None:
    """Nobody is asked."""


def sheet(text: str, kind: type[Sheet] = Sheet) -> Sheet:
    made = kind(id=f"sheet-{kind.__name__}")
    cells = (Cell(text, width=9), Cell(text, grow=True), Cell(text, grow=True, wraps=True))
    made.show(Page(tuple(Row((cell,), key="k") for cell in cells), title=text, subtitle=text))
    return made


def filled(line: BidiLine, text: str) -> BidiLine:
    line.load_text(text)
    return line


def note(text: str) -> NotePane:
    made = NotePane(id="note", typed=lambda _contact, _text: None)
    made.show(NoteView("k", text, writable=True, title=text, subtitle=text, hint=text))
    return made


def answer(text: str) -> AnswerBox:
    made = AnswerBox(id="answer", typed=lambda _conversation, _text: None, sends=lambda: None)
    made.show(NoteView("v", text, writable=True, title=text, subtitle=text, hint=text))
    return made


def view(text: str) -> ButtonView:
    return ButtonView("answer", text, "F2", Kind.GO, works=True)


def button(text: str) -> KeyButton:
    made = KeyButton(id="button")
    made.show(view(text))
    return made


WIDGETS: dict[type[Widget], Callable[[str], Widget]] = {
    Sheet: sheet,
    ThreadSheet: lambda text: sheet(text, ThreadSheet),
    SheetBeside: lambda text: sheet(text, SheetBeside),
    BidiTextArea: BidiTextArea,
    BidiLine: lambda text: filled(BidiLine(200, id="line"), text),
    NotePane: note,
    AnswerBox: answer,
    PlainInput: lambda text: PlainInput(at_the_edge(text), at_the_edge(text), id="plain"),
    BidiInput: lambda text: BidiInput(text, text, id="input"),
    KeyButton: button,
    KeyBar: lambda text: KeyBar((view(text),), id="bar"),
    Frame: lambda text: Frame(text, text, box="frame"),
    Columns: lambda text: Columns(sheet(text)),
    Fields: lambda text: Fields(sheet(text)),
    SideBySide: lambda text: SideBySide(sheet(text)),
}
"""Each widget with ``text`` in it. A widget of your own needs a line here."""


def defined(kind: type[Widget]) -> set[type[Widget]]:
    """Every class of the desk's own that is a ``kind``."""
    for module in pkgutil.walk_packages(agent_tui.__path__, "agent_tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[Widget]] = set()
    waiting = [kind]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {one for one in below if one.__module__.startswith("agent_tui.")}
    return found


def test_every_screen_and_widget_of_the_desk_has_a_row() -> None:
    screens = defined(AnyScreen)
    stood_on = {LookedUp, Overlay, Paced, StyledOnce, Typing, TypedBeside, TypesEarly}
    assert screens - stood_on == set(SCREENS), "give the screen a line in SCREENS"
    assert defined(Widget) - screens == set(WIDGETS), "give the widget a line in WIDGETS"


OURS = re.compile(
    r"\x1b\[[0-9;:?<>=$ ]*[A-Za-z]"  # colours, cursor, modes
    r"|\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x1b\\"  # the desk's title
    r"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape, by Textual
)
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@contextmanager
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the driver is given to write meanwhile; at the end nothing of it acts but what is our own."""
    told: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    monkeypatch.setattr(HeadlessDriver, "write", lambda _self, data: told.append(data))
    yield told
    assert told
    for data in told:
        left = OURS.sub("", data).strip("\r\n")
        assert ACTING.search(left) is None, repr(left[:300])
        assert "\x1b]52" not in data
        assert "\x1b]8;" not in data


@pytest.mark.parametrize("name", CORPUS)
async def test_hostile_text_does_nothing_in_any_screen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CORPUS[name]
    state = worst(text)
    with read(monkeypatch):
        async with showing(state, (80, 24)) as screen:
            no_markup_acts(screen)
            for opened in SCREENS.values():
                over = opened(state, text)
                if isinstance(over, AnyScreen):
                    screen.app.push_screen(over)
                await screen.pilot.pause()
                assert not isinstance(over, AnyScreen) or screen.app.screen is over
                no_markup_acts(screen)
                await paste(screen, text)
                if isinstance(over, AnyScreen):
                    screen.app.pop_screen()
                    await screen.pilot.pause()


async def paste(screen: Screen, text: str) -> None:
    """Into every field of the screen that is up; what stands there then is clean."""
    for field in (*screen.app.screen.query(Input), *screen.app.screen.query(TextArea)):
        if not field.focusable:
            continue
        field.focus()
        await screen.pilot.pause()
        screen.app.post_message(events.Paste(text))
        await screen.pilot.pause()
        value = field.value if isinstance(field, Input) else field.text
        assert ACTING.search(value.replace("\n", "")) is None, repr(value[:200])
        assert len(value) <= 10_000
        no_markup_acts(screen)


class Together(App[None]):
    """Every widget, one below the other."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        for made in WIDGETS.values():
            widget = made(self._text)
            widget.styles.height = 4
            yield widget


@pytest.mark.parametrize("name", CORPUS)
async def test_hostile_text_does_nothing_in_any_widget(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with read(monkeypatch):
        app = Together(at_the_edge(CORPUS[name]))
        async with app.run_test(size=(40, 4 * len(WIDGETS))) as pilot:
            await pilot.pause()
