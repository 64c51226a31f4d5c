"""The phone doctor on the desk: findings as they come, the running phone's word, and a ring meanwhile."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.doctor import DoctorScreen
from agent_tui.session.findings import Finding
from agent_tui.session.state import Link, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, use
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import desk
from tests.stubs.doctor import FOUND, StubDoctor

SIZES = [(80, 24), (120, 40), (160, 45)]


def part(screen: Screen, name: str) -> str:
    """What a part of the doctor's screen shows, in one line."""
    return " ".join(screen.app.screen.query_one(f"#doctor-{name}", Sheet).text.split())


@asynccontextmanager
async def looking(
    state: SessionState = desk.IDLE, doctor: StubDoctor | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Screen, StubDoctor]]:
    """The desk, its doctor asked."""
    doctor = doctor or StubDoctor()
    async with showing(state, size) as screen:
        screen.app.doctor = doctor
        await screen.press("f11")
        yield screen, doctor


async def over(screen: Screen, doctor: StubDoctor, looks: int = 1) -> None:
    """Wait until so many looks have ended."""
    while doctor.left < looks:
        await screen.pilot.pause()
    await screen.pilot.pause()


async def test_each_finding_is_shown_as_it_comes_with_its_cure() -> None:
    async with looking() as (screen, doctor):
        assert "looking at everything" in part(screen, "told")
        assert "▲ microphone the loudest was -58 dBFS" in part(screen, "list")
        assert "→ Bring the microphone nearer, or raise its level." in part(screen, "list")
        assert "✖ hub https://hub.example.com: The hub did not answer in time." in part(screen, "list")
        doctor.goes_on.set()
        await over(screen, doctor)
        assert part(screen, "told") == "Checks failed: 1 of 13; begin with the first."
        assert doctor.looks == [(True, (120, 40))]


async def test_what_the_agent_is_to_do_meanwhile_is_said() -> None:
    async with looking(doctor=StubDoctor(FOUND[:5])) as (screen, _doctor):
        assert part(screen, "told") == "▶ Say something now, as you speak with a customer …"


async def test_the_running_phone_is_asked_and_tells_how_it_stands_now() -> None:
    async with looking() as (screen, _doctor):
        assert "✔ registration Registered" in part(screen, "list")
        refused = ev.RegistrationChanged(ev.RegistrationState.REFUSED, 403, "wrong account")
        await screen.hears(refused)
        assert "✖ registration Refused by registrar: wrong account" in part(screen, "list")
        assert "→ Run `moked login`" in part(screen, "list")
        await screen.stands(replace(desk.IDLE, phone=Link.DOWN))
        assert "✖ registration the phone process does not run" in part(screen, "list")


async def test_leaving_at_any_time_ends_the_look() -> None:
    async with looking() as (screen, doctor):
        await screen.press("escape")
        await over(screen, doctor)
        assert screen.app.screen is screen.desk


async def test_the_same_key_looks_again() -> None:
    async with looking() as (screen, doctor):
        await screen.press("f11")
        await over(screen, doctor)
        assert len(doctor.looks) == 2
        assert part(screen, "list").count("✖ hub") == 1


async def test_a_call_that_comes_is_answered_here_and_has_the_headset() -> None:
    async with looking() as (screen, doctor):
        await screen.stands(desk.RINGING)
        await over(screen, doctor)
        assert [sound for sound, _size in doctor.looks] == [True, False]
        assert isinstance(screen.app.screen, DoctorScreen)
        assert "RINGING" in screen.app.screen.query_one("#overlay-calls", Sheet).text.upper()
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        await screen.stands(desk.TALKING)
        assert len(doctor.looks) == 2, "once is enough"


async def test_in_a_call_the_sound_is_left_alone() -> None:
    async with looking(desk.TALKING) as (_screen, doctor):
        assert doctor.looks == [(False, (120, 40))]


async def test_a_doctor_that_breaks_off_says_so_and_leaves_what_it_found() -> None:
    broken = StubDoctor(breaks=Phrase("The doctor broke off; what it found is here."))
    async with looking(doctor=broken) as (screen, doctor):
        doctor.goes_on.set()
        await over(screen, doctor)
        assert part(screen, "told") == "▲ The doctor broke off; what it found is here."
        assert "✖ hub" in part(screen, "list")


async def test_a_desk_without_settings_of_its_own_tells_what_its_phone_knows() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f11")
        assert "✔ registration Registered" in part(screen, "list")
        assert "looking" not in part(screen, "told")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "he"])
async def test_every_finding_can_be_read_whole(language: str, size: tuple[int, int]) -> None:
    """Wrapped, never cut; what does not fit is read on with the arrows."""
    use(language)
    async with looking(doctor=StubDoctor(FOUND * 5), size=size) as (screen, _doctor):
        screen.app.prefer(replace(screen.app._preferences, language=language))
        await screen.press("escape", "f11")
        shown = screen.app.screen.query_one("#doctor-list", Sheet)
        assert "…" not in shown.text
        cures = " ".join(str(one.cure) for one in FOUND if isinstance(one, Finding))
        drawn = " ".join(shown.text.split())
        assert [word for word in re.findall(r"\w+", cures) if visual_text(word) not in drawn] == []
        before = screen.everything()
        await screen.press(*["down"] * len(shown.text.splitlines()))
        assert screen.everything() != before
        assert shown.is_vertical_scroll_end


async def test_in_hebrew_the_signs_stand_at_the_right() -> None:
    async with looking() as (screen, _doctor):
        screen.app.prefer(replace(screen.app._preferences, language="he"))
        await screen.press("escape", "f11")
        lines = screen.app.screen.query_one("#doctor-list", Sheet).text.splitlines()
        assert {line.rstrip()[-1] for line in lines if line.rstrip()[-1] in "✔▲✖–"} == set("✔▲✖–")
        assert any(visual_text("מיקרופון") in line and line.rstrip().endswith("▲") for line in lines)
