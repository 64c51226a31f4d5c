"""The injection corpus beside the screen: titles, notifications and the clipboard, by every way there is."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.attention import signals
from agent_tui.session.state import NoteState
from agent_tui.text.bidi.display import left_to_terminal
from agent_tui.widgets.note_pane import NotePane
from sip.call_state import CallState
from sip.events import Party
from tests.desk.screen import showing
from tests.desk.test_hostile_screens import ACTING, CORPUS
from tests.desk.worst_state import at_the_edge, worst
from tests.stubs import desk

TERMINALS: Mapping[str, Mapping[str, str]] = {
    "kitty": {"TERM": "xterm-kitty"},
    "iterm": {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"},
    "foot": {"TERM": "foot"},
}
OSC = re.compile(r"\x1b\](?:2|9|99|777);[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*\x1b\\")
CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("name", CORPUS)
def test_nothing_gets_out_of_a_title_or_a_notification(name: str, terminal: str) -> None:
    """Whoever gave the caller's name: it is the last gate's own work that is looked at."""
    sent, state = CORPUS[name], worst(CORPUS[name])
    ringing = replace(desk.RINGING.calls[0], party=Party(sent, sent, sent), state=CallState.INCOMING)
    written: list[str] = []
    with left_to_terminal(False):
        shown = signals(replace(state, calls=(ringing,), active=ringing.id), focused=False)
        TerminalSignals(Wanted(), TERMINALS[terminal]).show(shown, 0.0, written.append)
    told = "".join(one for one in written if one != "\x07")
    assert "]2;" in told
    assert OSC.sub("", told) == ""
    assert len(told) < 4_000


@pytest.mark.parametrize("name", CORPUS)
async def test_what_is_copied_is_one_clipboard_of_plain_text(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = at_the_edge(CORPUS[name])
    owed = replace(desk.TALKING.work[0], note=note, note_state=NoteState.SAVED)
    written: list[str] = []
    async with showing(replace(desk.TALKING, work=(owed,)), (80, 24)) as screen:
        field = screen.desk.query_one(NotePane)
        field.select_all()
        monkeypatch.setattr(HeadlessDriver, "write", lambda _self, data: written.append(data))
        await screen.press("ctrl+c")
        sent = [one for one in written if "\x1b]52" in one]
        copied = CLIPBOARD.fullmatch(sent[0]) if sent else None
        assert len(sent) == bool(note), "what nobody can see is not taken in, and nothing is copied"
        if not sent:
            return
        assert copied is not None
        text = b64decode(copied[1]).decode()
        assert text == field.text
        assert ACTING.search(text) is None
        await screen.press("ctrl+v")
        assert ACTING.search(field.text) is None
