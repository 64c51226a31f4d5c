"""Title and notification: the right sequence for each terminal, and no text gets out of it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.text import signals
from agent_tui.text.signals import Notify

ESCAPING = ("\x07", "\x1b\\", "\x9c", "\x1b]52;c;eA==\x07", "\x00", "\n", "\x18", "\x1a", "\u202e")
TEXTS = st.lists(st.sampled_from((*ESCAPING, ";", "Dana", "לוי", "a\u0301")) | st.text(), max_size=6).map(
    "".join
)
ONE_OSC = re.compile(r"\x1b\][^\x00-\x1f\x7f-\x9f]*\x1b\\")
"""One sequence, nothing before or after it, and no control character in it."""


@given(TEXTS)
def test_a_title_is_one_sequence_whatever_is_in_it(text: str) -> None:
    sent = signals.title(text)
    assert ONE_OSC.fullmatch(sent)
    assert len(sent) < 140


@given(TEXTS, TEXTS, st.booleans())
def test_no_text_gets_out_of_a_notification(heading: str, text: str, silent: bool) -> None:
    told = {
        how: signals.notification(how, heading, text, silent=silent)
        for how in (Notify.OSC9, Notify.OSC777, Notify.OSC99)
    }
    assert ONE_OSC.fullmatch(told[Notify.OSC9])
    assert told[Notify.OSC9].count(";") == 1
    assert ONE_OSC.fullmatch(told[Notify.OSC777])
    assert told[Notify.OSC777].count(";") == 3
    both = told[Notify.OSC99].split("\x1b\\")
    assert [re.fullmatch(r"\x1b\]99;[a-z0-9=:A-Z]+;[A-Za-z0-9+/=]*", part) is not None for part in both] == [
        True,
        True,
        False,
    ]
    assert both[2] == ""
    assert all(len(sent) < 1_500 for sent in told.values())


def test_each_way_says_it_as_its_terminal_reads_it() -> None:
    def said(how: Notify, *, silent: bool = False) -> str:
        return signals.notification(how, "☎ Dana; Levi", "Sales", silent=silent)

    assert said(Notify.OSC9) == "\x1b]9;☎ Dana, Levi – Sales\x1b\\"
    assert said(Notify.OSC777) == "\x1b]777;notify;☎ Dana, Levi;Sales\x1b\\"
    title, body, _ = said(Notify.OSC99).split("\x1b\\")
    assert title.startswith("\x1b]99;i=moked:d=0:e=1:p=title;")
    assert b64decode(title.rpartition(";")[2]).decode() == "☎ Dana, Levi"
    assert body.startswith("\x1b]99;i=moked:d=1:e=1:p=body;")
    assert b64decode(body.rpartition(";")[2]).decode() == "Sales"
    assert ":s=c2lsZW50;" in said(Notify.OSC99, silent=True)
    assert said(Notify.OFF) == ""


@pytest.mark.parametrize(
    ("environ", "how"),
    [
        ({"TERM": "xterm-kitty"}, Notify.OSC99),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Notify.OSC99),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Notify.OSC9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Notify.OSC9),
        ({"TERM": "foot"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Notify.OSC777),
        ({"TERM": "xterm-ghostty"}, Notify.OSC777),
        ({"TERM": "rxvt-unicode-256color"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "ITERM_SESSION_ID": "w0t0p0"}, Notify.OSC9),
        ({"TERM": "xterm-256color", "WEZTERM_PANE": "0"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "GHOSTTY_RESOURCES_DIR": "/usr/share/ghostty"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230400"}, Notify.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty", "KITTY_WINDOW_ID": "1"}, Notify.OSC777),
        ({"TERM": "xterm-256color"}, Notify.OFF),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Notify.OFF),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, Notify.OFF),
        ({}, Notify.OFF),
    ],
)
def test_the_terminal_decides(environ: Mapping[str, str], how: Notify) -> None:
    assert signals.spoken_by(environ) is how


def test_tmux_is_handed_a_sequence_whole() -> None:
    assert signals.through_tmux("\x1b]9;x\x1b\\") == "\x1bPtmux;\x1b\x1b]9;x\x1b\x1b\\\x1b\\"


def test_screen_is_handed_each_control_in_a_string_of_its_own() -> None:
    both = "\x1b]99;a\x1b\\\x1b]99;b\x1b\\"
    assert signals.through_screen(both) == "\x1bP\x1b]99;a\x07\x1b\\\x1bP\x1b]99;b\x07\x1b\\"


@given(TEXTS, TEXTS)
def test_what_screen_hands_on_is_short_enough_and_ascii(heading: str, text: str) -> None:
    for how in Notify:
        sent = signals.through_screen(signals.notification(how, heading, text, silent=True))
        strings = re.findall(r"\x1bP(\x1b\][\x20-\x7e]*\x07)\x1b\\", sent)
        assert "".join(f"\x1bP{one}\x1b\\" for one in strings) == sent
        assert all(len(one) < 767 for one in strings)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("☎ Ruth Ben-Ami – Support – moked", "T Ruth Ben-Ami - Support - moked"),
        ("☎ דנה – תמיכה – moked", "T - moked"),
        ("✉ José", "m Jose"),
        ("aЛ]52;c;eA==Їb", "a]52;c;eA==b"),
        ("דנה", ""),
    ],
)
def test_screen_is_given_what_ascii_has(text: str, left: str) -> None:
    assert signals.in_ascii(text) == left
