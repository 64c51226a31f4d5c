"""A trainer's line comes while the agent types: no letter of it is lost, and no key means anything else."""

from __future__ import annotations

from agent_tui.commands import model as do
from hub.contract import Coach, CoachesEvent, CoachNoteEvent, ListenMode
from tests.desk.screen import showing
from tests.stubs import desk


async def test_a_line_of_a_trainers_swallows_no_letter_and_takes_no_focus() -> None:
    coach = Coach(name="Noam Peretz", contact="k-1", mode=ListenMode.WHISPER)
    async with showing(desk.TALKING, (80, 24)) as screen:
        before = screen.app.screen.focused
        await screen.press(*"Wri")
        await screen.hears(
            CoachesEvent(coaches=(coach,)),
            CoachNoteEvent(by="Noam Peretz", text="Slower, please.", at=desk.CLOCK),
        )
        await screen.press(*"te")
        assert "Noam Peretz writes to you: Slower, please." in screen.everything()
        assert "WHISPERS" in screen.everything()
        assert screen.app.screen.focused is before
        written = [one.text for one in screen.asked if isinstance(one, do.EditNote)]
        assert "Write" in written[-1]
        assert {type(one) for one in screen.asked} == {do.EditNote}
