"""What carries out the typed words (``words``): it sends commands as the desk's keys do, and reads parts out.

What a command needs more is typed behind it; what can be chosen is read out with numbers where the number is
left out. Whether a command is possible the commander says, as to the desk's keys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.preferences import Change
from agent_tui.screens import rows
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Page

Say: TypeAlias = Callable[[str], None]


class Hand:
    """Carries out what is typed. ``clock`` is the agent's wall clock, aware; ``leave`` ends the desk;
    ``keep`` puts a change of the settings into effect and into their file.
    """

    def __init__(
        self,
        state: Callable[[], SessionState],
        send: Callable[[do.Command], None],
        say: Say,
        clock: Callable[[], datetime],
        leave: Callable[[], None],
        keep: Callable[[Change], None] = lambda _change: None,
    ) -> None:
        self._state = state
        self.send = send
        self.say = say
        self._clock = clock
        self.leave = leave
        self.keep = keep
        self.warned = False
        """Whether what leaving would miss was said just before."""
        self.dismissed = ""
        """The topic of the notice that is being taken away: what it told of need not be over."""
        self.begun = ""
        """The contact that was written on when the line was begun."""
        self.begun_in = ""
        """The conversation that was read when the line was begun."""
        self.created = ("", "")
        """The contact and the name that a customer was last created for, and the key of that act: typed once
        more it is the same act."""
        self.created_under = ""
        self.filled: do.SendTemplate | None = None
        """The approved message that was read out and waits for a word to be sent."""

    @property
    def state(self) -> SessionState:
        """The session now."""
        return self._state()

    @property
    def now(self) -> datetime:
        """The agent's wall clock."""
        return self._clock()

    def begin(self) -> None:
        """A line is begun: a note in it is about the contact that is written on now, whatever rings later,
        and an answer for the conversation that is read.
        """
        work, read = self.state.written, self.state.writing.shown
        self.begun = work.contact if work is not None else ""
        self.begun_in = read.conversation if read is not None else ""

    def choose(self, part: str, page: Page, number: str) -> None:
        """Do what the row that bears the number means in this ``part`` of the desk."""
        key = self.chosen(page, number)
        command = rows.meant(self.state, part, key) if key is not None else None
        if command is not None:
            self.send(command)

    def chosen(self, page: Page, number: str) -> str | None:
        """What bears the number; where none does, all are read out."""
        key = pages.choice(page, number)
        if key is None:
            self.read(page, numbered=True)
        return key

    def read(self, page: Page, *, numbered: bool = False) -> None:
        """Read a part of the desk out."""
        lines = tuple(pages.read(page, numbered=numbered))
        for line in lines or (_("There is nothing to choose from."),):
            self.say(line)
