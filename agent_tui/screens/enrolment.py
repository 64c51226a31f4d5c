"""Makes this an agent's device: the hub's address, and a code or a name with its password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from agent_tui.adapters.enrolment import EnrolmentError, UnknownCentre
from agent_tui.adapters.secrets import SecretsError
from agent_tui.config import ConfigError
from agent_tui.enrolling import Typed
from agent_tui.screens.paced import Paced
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, Told, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone, cut
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.plain_input import PlainInput
from agent_tui.widgets.sheet import Sheet

_LONGEST_TITLE = 200


class Fields(Vertical):
    """Scroll to where one types, too, when what stands below them leaves less room."""

    def on_resize(self) -> None:
        """Have the field in sight."""
        if self.screen.focused is not None:
            self.screen.focused.scroll_visible(animate=False)


class EnrolmentScreen(Paced[None]):
    """``enrol`` does it, in a thread; whether it gave an account at the exchange, too. ``why`` is told first.

    What was typed stays until it worked, so that one slip does not cost all of it. In a low window the fields
    scroll; what became of it, the button and the keys stay below them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "app.focus_next", priority=True, show=False),
        Binding("shift+tab,up", "app.focus_previous", priority=True, show=False),
        Binding("pageup", "turn(-1)", priority=True, show=False),
        Binding("pagedown", "turn(1)", priority=True, show=False),
        Binding("escape", "leave", priority=True, show=False),
    ]

    class Done(Message):
        """It is enrolled; ``whole``: with all that a desk needs."""

        def __init__(self, *, whole: bool) -> None:
            super().__init__()
            self.whole = whole

    class Left(Message):
        """The agent does not want to, now."""

    def __init__(self, enrol: Callable[[Typed], bool], url: str = "", why: Told = "") -> None:
        super().__init__()
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]
        self._enrol = enrol
        self._asking = False
        self._why = why
        self._url = PlainInput(url, "https://hub.example.com", id="enrol-url")
        self._code = PlainInput(id="enrol-code", shown_here=True)
        self._agent = PlainInput(id="enrol-agent")
        self._password = PlainInput(id="enrol-password", secret=True)
        self._fingerprint = PlainInput(id="enrol-fingerprint")
        self._told = Sheet(id="enrol-told")
        self._keys = Sheet(id="enrol-keys", classes="enrol-words", focusable=False)

    def compose(self) -> ComposeResult:
        """What it is for, the fields of either way, what became of it, and the keys."""
        with Vertical(id="enrol-box") as box:
            box.border_title = Content(cut(_("Begin: make this your device"), _LONGEST_TITLE))
            with Fields(id="enrol-fields"):
                yield from self._fields()
            with Vertical(id="enrol-foot"):
                yield self._told
                with SideBySide(id="enrol-go"):
                    yield Button(Content(visual_text(_("Begin"))), id="enrol-begin")
                yield self._keys

    def _fields(self) -> ComposeResult:
        yield _words(_("Your administrator tells you the hub's address and gives you a code."))
        yield _field(_("Hub's address"), self._url)
        yield _field(_("Code"), self._code)
        yield _words(_("Or, without a code, by your name and password at the hub:"))
        yield _field(_("Name"), self._agent)
        yield _field(_("Password"), self._password)
        yield _field(_("Fingerprint"), self._fingerprint)
        yield _words(_("The fingerprint is the centre's, for a machine that is new to it."), Tone.DIM)

    def on_mount(self) -> None:
        """Type at once: the address, or where it is known, the code."""
        self.watch(self._told, "show_vertical_scrollbar", self._show_keys)
        self._tell(self._why)
        (self._code if self._url.value else self._url).focus()

    def on_input_submitted(self, _event: PlainInput.Submitted) -> None:
        """Enter in a line begins, or goes on to what is still to be filled in."""
        self._submit()

    def on_button_pressed(self, _event: Button.Pressed) -> None:
        """The same by mouse."""
        self._submit()

    def action_leave(self) -> None:
        """Not while the hub is asked: what it gives would be lost, and a code is good once."""
        if not self._asking:
            self.post_message(self.Left())

    def action_turn(self, pages: int) -> None:
        """A page of what became of it, wherever is typed."""
        self._told.scroll_relative(y=pages * max(1, self._told.size.height - 1), animate=False)

    def _submit(self) -> None:
        lacking = self._lacking()
        if self._asking:
            return
        if lacking is not None:
            self._tell(_("Type the hub's address, and the code, or your name and password."))
            lacking.focus()
            return
        self._asking = True
        self._tell(_("○ asking the hub…"))
        self.run_worker(self._ask(self._typed()))

    def _lacking(self) -> PlainInput | None:
        """The field that is to be filled in next."""
        if not self._url.value.strip():
            return self._url
        if self._code.value.strip() or (self._agent.value.strip() and self._password.value):
            return None
        if not self._agent.value.strip():
            return self._code if self.focused is not self._code else self._agent
        return self._password

    def _typed(self) -> Typed:
        url = self._url.value.strip()
        return Typed(
            url if "://" in url else f"https://{url}",
            self._code.value,
            self._agent.value,
            self._password.value,
            self._fingerprint.value,
        )

    async def _ask(self, typed: Typed) -> None:
        try:
            whole = await asyncio.to_thread(self._enrol, typed)
        except UnknownCentre as error:
            self._tell(
                Phrase(
                    "{url}: {why} No password was sent. If this machine is new to your centre, ask your "
                    "administrator for its fingerprint and type it above, or ask for a code.",
                    url=error.url,
                    why=error.why,
                )
            )
            self._fingerprint.focus()
        except EnrolmentError as error:
            self._tell(error.words)
        except (ConfigError, SecretsError) as error:
            self._tell(str(error))
        else:
            self._code.value = self._password.value = ""
            self.post_message(self.Done(whole=whole))
        finally:
            self._asking = False

    def _tell(self, told: Told) -> None:
        self._told.show(_page(str(told), Tone.WARN) if told else Page())
        self._told.display = bool(told)
        self._told.scroll_home(animate=False)
        self._show_keys()

    def _show_keys(self) -> None:
        """How what became of it is read, too, where there is no room for all of it."""
        scrolls = self._told.display and self._told.show_vertical_scrollbar
        keys = line(_("Enter goes on · Tab next · Esc leaves"), _("PgUp PgDn scroll") if scrolls else "")
        self._keys.show(_page(keys, Tone.DIM))


def _page(text: str, tone: Tone) -> Page:
    return Page((Row((Cell(text, tone, grow=True, wraps=True),)),))


def _words(text: str, tone: Tone = Tone.PLAIN) -> Sheet:
    sheet = Sheet(classes="enrol-words", focusable=False)
    sheet.show(_page(text, tone))
    return sheet


def _field(label: str, field: Widget) -> SideBySide:
    name = Static(Content(visual_text(label)), classes="enrol-label", markup=False)
    return SideBySide(name, field, classes="enrol-field")
