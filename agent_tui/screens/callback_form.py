"""Ask what a callback needs: numbers, time, who calls, what about."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.commands.when import When, read_when
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.session.agenda import Whom
from agent_tui.session.state import Promise, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import _, line, pgettext
from agent_tui.text.local import near_day_time
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet
from edge.text import clean
from hub.contract import CallbackRequest

_ANYONE, _ME = "anyone", "me"
_BETWEEN = re.compile(r"[,;]")
_MOST_NUMBERS, _LONGEST_NUMBER, _LONGEST_NAME, _LONGEST_ABOUT = 4, 64, 200, 200
"""As the hub's contract has them."""
_LONGEST_LINE = _MOST_NUMBERS * (_LONGEST_NUMBER + 2)
_EXAMPLES = ("20", "15:00", "29.5 10:00")
"""Times that are read: in minutes, today, and on a day."""


class CallbackForm(Overlay[None]):
    """Stays until the hub holds the promise or the agent leaves; what the hub refuses can be put right here.

    It is about ``known``, whom it was opened for, whatever rings or ends meanwhile. What is sent unchanged
    goes under the same key, so that an answer that was lost makes no second callback.
    """

    PLACE = Place.FORM
    OPENED_BY = "callback"

    def __init__(
        self,
        known: Whom,
        state: SessionState,
        press: Press,
        clock: Callable[[], datetime],
        send: Callable[[do.Command], None],
    ) -> None:
        super().__init__(state, press)
        self._known = known
        self._clock = clock
        self._send = send
        self._queues = () if known.queue or state.me is None else state.me.queues
        self._queue = known.queue or next(iter(self._queues), "")
        self._whose = _ANYONE
        self._asked: CallbackRequest | None = None
        self._key = ""
        self._numbers = BidiInput(
            ", ".join(known.numbers), id="callback-numbers", max_length=_LONGEST_LINE, compact=True
        )
        self._when = BidiInput(id="callback-when", compact=True)
        self._about = BidiLine(_LONGEST_ABOUT, id="callback-about")
        self._sheets = {
            name: Sheet(id=f"callback-{name}", focusable=name in ("whose", "queue"))
            for name in ("who", "read", "whose", "queue", "told", "keys")
        }

    def compose(self) -> ComposeResult:
        """Whom it is about, a field for each thing to say, what became of it, and the calls."""
        sheets = self._sheets
        with self.frame(_("Call a customer back")):
            yield sheets["who"]
            yield self._field(_("Numbers"), self._numbers)
            yield self._field(_("When"), self._when)
            yield self._field("", sheets["read"])
            yield self._field(_("Who calls"), sheets["whose"])
            if self._queues:
                yield self._field(_("Queue"), sheets["queue"])
            yield self._field(_("About"), self._about)
            yield sheets["told"]
            yield Button(Content(visual_text(_("Promise"))), id="callback-promise")
            yield sheets["keys"]
            yield self._calls

    def on_mount(self) -> None:
        """Type what is still to be known: the time, or first the number."""
        self._show()
        self.set_focus(self._when if self._known.numbers else self._numbers)

    def paint(self, state: SessionState) -> None:
        """Show how the hub took it; close once it holds the promise."""
        super().paint(state)
        promise = self._promise
        if promise is not None and promise.made:
            self.action_leave()
        else:
            self._show()

    @property
    def typed(self) -> str:
        """What was written into it, beyond what it began with."""
        return "".join(
            (
                self._numbers.value if self._numbers_typed != self._known.numbers else "",
                self._when.value,
                self._about.line,
            )
        )

    def on_input_changed(self, _event: BidiInput.Changed) -> None:
        """Say how the time is read."""
        self._show()

    def on_input_submitted(self, _event: BidiInput.Submitted) -> None:
        """Enter in a line sends it."""
        self._submit()

    def on_bidi_line_submitted(self, _event: BidiLine.Submitted) -> None:
        """Enter in the reason, too."""
        self._submit()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same by mouse."""
        event.stop()
        self._submit()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Take the row, and go on to the next field."""
        event.stop()
        if event.sheet is self._sheets["whose"]:
            self._whose = event.key
        else:
            self._queue = event.key
        self._show()
        self.focus_next()

    @property
    def _promise(self) -> Promise | None:
        """What became of what was sent from here."""
        promise = self._state.promise
        return promise if promise is not None and promise.key == self._key else None

    @property
    def _numbers_typed(self) -> tuple[str, ...]:
        return tuple(
            one for one in (clean(part).strip() for part in _BETWEEN.split(self._numbers.value)) if one
        )

    def _submit(self) -> None:
        promise = self._promise
        if promise is not None and not promise.words:
            return
        when = read_when(self._when.value, self._clock())
        wrong = self._wrong(when)
        if when is None or wrong:
            self._tell(wrong)
            return
        asked = self._request(when)
        if asked != self._asked:
            self._asked, self._key = asked, uuid.uuid4().hex
        self._send(do.PromiseCallback(asked, self._key))

    def _wrong(self, when: When | None) -> str:
        if not self._numbers_typed:
            return _("Type the number to call, with its area code; several with commas.")
        if len(self._numbers_typed) > _MOST_NUMBERS or any(
            len(one) > _LONGEST_NUMBER for one in self._numbers_typed
        ):
            return _("Four numbers at most, of 64 characters each.")
        return _unread() if when is None else ""

    def _request(self, when: When) -> CallbackRequest:
        known = self._known
        return CallbackRequest(
            queue=self._queue,
            numbers=self._numbers_typed,
            customer=known.customer,
            name=clean(known.name, limit=_LONGEST_NAME),
            language=known.language,
            at=when.at.astimezone(UTC) if when.at is not None else None,
            minutes=when.minutes,
            mine=self._whose == _ME,
            words=self._about.line,
        )

    def _show(self) -> None:
        state = self._state
        titles = {queue.queue: queue.title for queue in state.queues}
        about = line(self._known.name, titles.get(self._queue, self._queue))
        self._put("who", (_line(about, Tone.TITLE),))
        when = read_when(self._when.value, self._clock())
        moment = near_day_time(when.moment(self._clock()), self._clock()) if when else _unread()
        hints = () if self._when.value.strip() else _EXAMPLES
        self._put("read", (_line(line(moment, *hints), Tone.GOOD if when else Tone.WARN),))
        whose = ((_ANYONE, pgettext("callback", "whoever is free")), (_ME, pgettext("callback", "I do")))
        self._put("whose", _choice(whose, self._whose))
        self._put(
            "keys", (_line(self.with_phone_keys(_("Enter promises · Tab next · Esc leaves")), Tone.DIM),)
        )
        self._put("queue", _choice([(one, titles.get(one, one)) for one in self._queues], self._queue))
        promise = self._promise
        if promise is not None:
            self._tell(f"▲ {promise.words}" if promise.words else _("○ asking the hub…"))

    def _tell(self, text: str) -> None:
        self._put("told", (_line(text, Tone.WARN),))

    def _put(self, name: str, rows: tuple[Row, ...]) -> None:
        self._sheets[name].show(Page(rows))

    def _field(self, label: str, field: Widget) -> SideBySide:
        """A label before its field."""
        name = Static(Content(visual_text(label)), classes="callback-label", markup=False)
        return SideBySide(name, field, classes="callback-field")


def _unread() -> str:
    return _("No time reads like this: 20 (minutes), 15:00, tomorrow 9:30, 29.5 10:00.")


def _line(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))


def _choice(rows: Sequence[tuple[str, str]], taken: str) -> tuple[Row, ...]:
    return tuple(
        Row((Cell("●" if key == taken else "○"), Cell(label, grow=True)), key=key) for key, label in rows
    )
