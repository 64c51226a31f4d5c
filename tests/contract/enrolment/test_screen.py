"""A new desk's first screen, which does what ``moked enroll`` does."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import events

from agent_tui import config
from agent_tui.welcome import WelcomeApp
from agent_tui.widgets.sheet import Sheet
from edge.enrolment_code import EnrolmentCode
from tests.contract.enrolment.between import Between
from tests.contract.enrolment.served import PASSWORD, Centre, kept
from tests.pbx.certificates import make_certificates

MISTYPED = "That is no enrolment code: something is missing or mistyped. Nothing was sent; try again."


class Welcome:
    """The screen of a new desk, without a terminal, over the real enrolment."""

    def __init__(self, where: Path, url: str) -> None:
        self._app = WelcomeApp(where, url)

    async def given(self, *fields: str) -> tuple[bool, str]:
        """Type into the fields after the address, and go on; whether it is enrolled, and what is told."""
        async with self._app.run_test(size=(80, 24)) as pilot, asyncio.timeout(30):
            await pilot.pause()
            for text in fields:
                if text and (field := self._app.focused) is not None:
                    field.post_message(events.Paste(text))
                await pilot.press("tab")
            await pilot.press("shift+tab", "enter")
            while not (self._app.enrolled or self._answered()):
                await pilot.pause()
            return self._app.enrolled, "" if self._app.enrolled else self._told()

    def _told(self) -> str:
        return " ".join(self._app.screen.query_one("#enrol-told", Sheet).text.split())

    def _answered(self) -> bool:
        return bool(self._told()) and "asking the hub" not in self._told()


def test_on_the_screen_a_code_gives_all_that_a_desk_needs_and_is_good_once(
    tmp_path: Path, centre: Centre
) -> None:
    where, code = tmp_path / "config.toml", centre.run("agent", "add", "yael")
    slip = asyncio.run(Welcome(where, centre.url).given(code.strip()[:-1]))
    assert slip == (False, MISTYPED)
    assert asyncio.run(Welcome(where, centre.url).given(code)) == (True, "")
    assert config.load(where).hub.url == centre.url
    assert sorted(kept()) == [f"hub:{centre.url}", "sip:1001@pbx.example.com:5061"]
    again, told = asyncio.run(Welcome(tmp_path / "two.toml", centre.url).given(code))
    assert not again
    assert "it was used" in told
    assert "Ask your administrator for a new code" in told


def test_on_the_screen_name_and_password_with_the_fingerprint_do_as_well(
    tmp_path: Path, centre: Centre, authority: str
) -> None:
    where = tmp_path / "config.toml"
    enrolled, told = asyncio.run(Welcome(where, centre.url).given("", "yael", PASSWORD))
    assert not enrolled
    assert "No password was sent" in told
    assert "fingerprint and type it above" in told
    enrolled, told = asyncio.run(Welcome(where, centre.url).given("", "yael", "wrong password", authority))
    assert not enrolled
    assert "ask for a code" in told
    assert asyncio.run(Welcome(where, centre.url).given("", "yael", PASSWORD, authority)) == (True, "")
    assert PASSWORD not in where.read_text()


def test_on_the_screen_nothing_is_sent_to_somebody_in_between(tmp_path: Path, centre: Centre) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    own = make_certificates(theirs)
    pem = own.ca.read_text().replace("\n", "\\n")
    between = Between(own, centre, authority=f'{{"pem": "{pem}"}}'.encode())
    try:
        code = centre.run("agent", "add", "yael")
        enrolled, told = asyncio.run(Welcome(tmp_path / "config.toml", between.url).given(code))
    finally:
        between.close()
    assert not enrolled
    assert "somebody is in between: tell your administrator" in told
    assert b"POST" not in between.heard
    assert kept() == []


def test_on_the_screen_a_hub_that_does_not_answer_is_told_and_the_code_is_still_good(tmp_path: Path) -> None:
    typed = EnrolmentCode.new(bytes(14)).text()
    enrolled, told = asyncio.run(Welcome(tmp_path / "config.toml", "https://127.0.0.1:9").given(typed))
    assert not enrolled
    assert "It cannot be reached" in told
    assert "the code is still good" in told
