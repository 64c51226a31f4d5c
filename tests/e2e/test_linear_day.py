"""A day in the linear desk on the real Asterisk: words in Hebrew and English, and what is heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.acts import DANA, NAME, RUTH
from tests.e2e.centre import Centre, Home
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

NOAM = "1102"


class Lines:
    """A desk that is spoken with."""

    def __init__(self, terminal: Terminal, home: Home) -> None:
        self._terminal = terminal
        self.home = home
        self._before = 0

    @property
    def heard(self) -> str:
        """All of it since the last line was typed."""
        return self._terminal.painted.decode(errors="ignore").replace("\r\n", "\n")[self._before :]

    def says(self, line: str, *answers: str) -> None:
        """Type a line, and wait until all that is to be heard of it was."""
        self._before += len(self.heard)
        self._terminal.type(f"{line}\r")
        self.hears(*answers)

    def hears(self, *texts: str, within: float = 30.0) -> None:
        """Wait until all of it was told since the last line was typed."""
        self._terminal.wait(
            lambda _shown: all(text in self.heard for text in texts), what=f"{texts!r}", within=within
        )


@contextmanager
def lines(centre: Centre, extension: str, language: str) -> Iterator[Lines]:
    """The linear desk of one agent in a terminal, in this language."""
    centre.desk_settings = f'[desk]\nlanguage = "{language}"\n'
    home = centre.prepare(extension)
    with Terminal([*home.command, "--linear"], env=home.env) as terminal:
        try:
            yield Lines(terminal, home)
        finally:
            terminal.end()
            home.end_phone()


def test_a_contact_is_answered_noted_and_handed_on_line_by_line(centre: Centre, console: Console) -> None:
    with lines(centre, DANA, "he") as dana, lines(centre, NOAM, "en") as noam:
        dana.hears("רישום תקין.", within=40)
        noam.hears("Registered.", within=40)
        console.wait_free(NOAM)
        dana.says("זמינות", "מצבך: זמינות.")
        customer = console.customer("support", number=RUTH)
        dana.hears("צלצול: ", f"כרטיס: {NAME}.")
        dana.says("מענה", f"בשיחה: {NAME}.")
        dana.says("הערה מבקשת החזר", "ההערה נשמרה.")
        dana.says("מקשים 12#", "מקשים 12#\n")
        dana.says("המתנה", f"בהמתנה: {NAME}.")
        dana.says("המתנה", f"בשיחה: {NAME}.")
        dana.says(f"חיוג {NOAM}", f"צלצול ביעד: {NOAM}.")
        noam.hears("RINGING: Dana, 1101. Type answer.")
        noam.says("answer", "TALKING: Dana.")
        dana.hears(f"בשיחה: {NOAM}.")
        dana.says("ועידה", "שלושה בשיחה.")
        dana.says("פיצול", f"בהמתנה: {NAME}.")
        dana.says("חיבור", f"סיכום שיחה עם {NAME}")
        noam.hears(f"Card: {NAME}.")
        noam.says("card", "Fibre 1000")
        dana.says("תוצאה 1", "תוצאה: Solved.")
        dana.says("סיום", f"סיכום השיחה נשמר: {NAME}.")
        customer.hang_up()
        noam.hears(f"Wrap-up of {NAME}")
        noam.says("finish", "Choose how the contact ended")
        noam.says("outcome 1", "Outcome: Solved.")
        noam.says("finish", f"Wrap-up stored: {NAME}.")
        dana.says("היסטוריה", NAME, "מבקשת החזר")


def test_a_hub_and_a_phone_that_are_gone_are_told_once_and_so_is_their_return(centre: Centre) -> None:
    with lines(centre, DANA, "en") as dana:
        dana.hears("Registered.", within=40)
        centre.stop_hub()
        dana.hears("Warning: The hub does not answer")
        dana.says("who", "The hub is away: who is free is not known.")
        dana.says("history", "The hub is away. Here is what this desk and its phone know")
        centre.start_hub()
        dana.hears("The hub answers again.", within=60)
        assert "Warning: The hub" not in dana.heard
        dana.home.end_phone()
        dana.hears("Warning: The phone is being restarted", "The phone is there again.", "Registered.")
        assert dana.heard.count("Warning: The phone") == 1
        dana.says("ready", "You are: Ready.")
