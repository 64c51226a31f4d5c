"""The screen that a new desk begins with: what is asked, what is sent, what is never shown."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from agent_tui.adapters.enrolment import EnrolmentError, UnknownCentre
from agent_tui.adapters.secrets import SecretsError
from agent_tui.commands import model as do
from agent_tui.enrolling import Typed
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Link
from agent_tui.text import catalogue
from agent_tui.text.catalogue import Phrase
from agent_tui.welcome import WelcomeApp
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk

URL = "https://hub.example.com"


class Hub:
    """What enrols: remembers what it was given, and answers as it is told."""

    def __init__(self) -> None:
        self.given: list[Typed] = []
        self.answer: bool | Exception = True
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, typed: Typed) -> bool:
        self.given.append(typed)
        assert self.may_answer.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Shown:
    """The screen under test."""

    def __init__(self, app: WelcomeApp, pilot: Pilot[None], hub: Hub) -> None:
        self.app, self.pilot, self.hub = app, pilot, hub

    def everything(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def told(self) -> str:
        return " ".join(self.app.screen.query_one("#enrol-told", Sheet).text.split())

    async def types(self, *fields: str) -> None:
        """Each into its field, Tab between them."""
        for number, text in enumerate(fields):
            if number:
                await self.pilot.press("tab")
            await self.pilot.press(*text)

    async def until_told(self, words: str) -> None:
        async with asyncio.timeout(10):
            while words not in self.told:
                await self.pilot.pause()


@asynccontextmanager
async def welcome(tmp_path: Path, url: str = URL, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Shown]:
    hub = Hub()
    app = WelcomeApp(tmp_path / "config.toml", url, enrol=hub)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Shown(app, pilot, hub)


async def test_a_code_is_enough_and_the_desk_opens_at_once(tmp_path: Path) -> None:
    async with welcome(tmp_path, url="") as shown:
        await shown.types("hub.example.com", "ABCD-EFGH")
        await shown.pilot.press("enter")
        async with asyncio.timeout(10):
            while not shown.app.enrolled:
                await shown.pilot.pause()
    assert shown.hub.given == [Typed(URL, "ABCD-EFGH")]


async def test_name_and_password_do_as_well_and_the_password_is_never_on_the_screen(tmp_path: Path) -> None:
    async with welcome(tmp_path) as shown:
        await shown.types("", "yael", "s3cret pw", "ABCDE")
        assert "s3cret" not in shown.everything()
        assert "yael" in shown.everything()
        await shown.pilot.press("enter")
        async with asyncio.timeout(10):
            while not shown.app.enrolled:
                await shown.pilot.pause()
    assert shown.hub.given == [Typed(URL, "", "yael", "s3cret pw", "ABCDE")]
    assert "s3cret" not in repr(shown.hub.given)


async def test_a_code_is_seen_only_while_it_is_typed(tmp_path: Path) -> None:
    async with welcome(tmp_path) as shown:
        await shown.types("QWERTY")
        assert "QWERTY" in shown.everything()
        await shown.pilot.press("tab")
        await shown.pilot.pause()
        assert "QWERTY" not in shown.everything()
        assert "QWERTY" not in repr(Typed(URL, "QWERTY"))


async def test_what_is_missing_is_asked_for_and_nothing_is_sent(tmp_path: Path) -> None:
    async with welcome(tmp_path, url="") as shown:
        await shown.pilot.press("enter")
        assert "Type the hub's address" in shown.told
        await shown.types("hub.example.com", "", "yael")
        await shown.pilot.press("enter")
        assert shown.app.focused is not None
        assert shown.app.focused.id == "enrol-password"
    assert shown.hub.given == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (EnrolmentError(Phrase("Try it so.")), "Try it so."),
        (
            SecretsError(Phrase("Nothing can be kept in this machine's keyring: {why}", why="locked")),
            "keyring: locked",
        ),
        (UnknownCentre(URL, Phrase("It did not answer in time.")), "type it above, or ask for a code"),
    ],
)
async def test_what_went_wrong_is_told_and_what_was_typed_stays(
    error: Exception, words: str, tmp_path: Path
) -> None:
    async with welcome(tmp_path) as shown:
        shown.hub.answer = error
        await shown.types("CODE")
        await shown.pilot.press("enter")
        await shown.until_told(words)
        shown.hub.answer = True
        await shown.pilot.press("enter")
        async with asyncio.timeout(10):
            while not shown.app.enrolled:
                await shown.pilot.pause()
    assert [one.code for one in shown.hub.given] == ["CODE", "CODE"]


async def test_enter_twice_asks_once_and_escape_waits_for_the_answer(tmp_path: Path) -> None:
    async with welcome(tmp_path) as shown:
        shown.hub.answer = EnrolmentError("no")
        shown.hub.may_answer.clear()
        await shown.types("CODE")
        await shown.pilot.press("enter", "enter", "escape")
        assert "asking the hub" in shown.told
        shown.hub.may_answer.set()
        await shown.until_told("no")
        assert shown.app.is_running
        await shown.pilot.press("escape")
    assert len(shown.hub.given) == 1
    assert not shown.app.enrolled


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)], ids=str)
@pytest.mark.parametrize("language", ["en", "he"])
async def test_every_field_fits_in_both_languages(
    language: str, size: tuple[int, int], tmp_path: Path
) -> None:
    catalogue.use(language)
    async with welcome(tmp_path, size=size) as shown:
        for name in ("enrol-box", "enrol-fields"):
            assert shown.app.screen.query_one(f"#{name}").max_scroll_y == 0
        assert "…" not in shown.everything()


@pytest.mark.parametrize("language", ["en", "he"])
async def test_the_button_stands_where_the_lines_begin(language: str, tmp_path: Path) -> None:
    catalogue.use(language)
    async with welcome(tmp_path) as shown:
        label = shown.app.screen.query(".enrol-label").first().region
        button = shown.app.screen.query_one("#enrol-begin").region
        begins = (label.right, button.right) if language == "he" else (label.x, button.x)
        assert begins[0] == begins[1]


LEAST = (60, 20)
FAR = "https://hub.support-centre.example.co.il:8443"
LONG_ERRORS = (
    UnknownCentre(FAR, Phrase("Its certificate is not one that this machine trusts.")),
    EnrolmentError(
        Phrase(
            "Who answers at {url} is not the centre that gave you this code or fingerprint, so nothing "
            "was sent there. Check the address; if it is right, somebody is in between: tell your "
            "administrator.",
            url=FAR,
        )
    ),
)
FIELDS = ["enrol-url", "enrol-code", "enrol-agent", "enrol-password", "enrol-fingerprint"]


def focused(shown: Shown) -> str:
    """Where one types."""
    return (shown.app.focused.id or "") if shown.app.focused is not None else ""


def seen_whole(shown: Shown, name: str) -> bool:
    """Whether nothing of this part is outside the window, or outside what scrolls."""
    part = shown.app.screen.query_one(f"#{name}")
    region, clip = shown.app.screen._compositor.visible_widgets.get(part, (None, None))
    return region is not None and clip is not None and region.intersection(clip) == region


def error_in_sight(shown: Shown) -> list[str]:
    """The lines of what went wrong that are before the eyes."""
    told = shown.app.screen.query_one("#enrol-told", Sheet)
    lines, seen = shown.everything().splitlines(), told.scrollable_content_region
    return [line[seen.x : seen.right].rstrip() for line in lines[seen.y : seen.bottom]]


def error_lines(shown: Shown) -> list[str]:
    told = shown.app.screen.query_one("#enrol-told", Sheet)
    return [line.rstrip() for line in told.text.splitlines()]


@asynccontextmanager
async def refused(error: Exception, language: str, tmp_path: Path, url: str = FAR) -> AsyncIterator[Shown]:
    """In the least window, after it went wrong."""
    catalogue.use(language)
    async with welcome(tmp_path, url, LEAST) as shown:
        shown.hub.answer = error
        await shown.types("CODE")
        await shown.pilot.press("enter")
        await shown.app.workers.wait_for_complete()
        await shown.pilot.pause()
        await shown.pilot.pause()
        yield shown


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
@pytest.mark.parametrize("error", LONG_ERRORS, ids=lambda error: type(error).__name__)
async def test_in_the_least_window_what_went_wrong_and_where_one_types_are_seen_whole(
    error: Exception, language: str, tmp_path: Path
) -> None:
    async with refused(error, language, tmp_path) as shown:
        walked = []
        for _field in FIELDS:
            while focused(shown) not in FIELDS:
                await shown.pilot.press("tab")
                await shown.pilot.pause()
            field = focused(shown)
            assert seen_whole(shown, field), field
            assert error_in_sight(shown) == error_lines(shown), field
            assert all(seen_whole(shown, name) for name in ("enrol-begin", "enrol-keys")), field
            assert "…" not in shown.everything()
            walked.append(field)
            await shown.pilot.press("tab")
            await shown.pilot.pause()
        assert sorted(walked) == sorted(FIELDS)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
async def test_an_error_without_room_says_how_it_is_read_to_its_end(language: str, tmp_path: Path) -> None:
    """An address may be long, and what the hub says as well."""
    far = f"https://{'hub.' * 56}example.com"
    error = UnknownCentre(far, Phrase("{why}", why="It said why at some length, over and over. " * 6))
    async with refused(error, language, tmp_path, far) as shown:
        lines = error_lines(shown)
        assert error_in_sight(shown) == lines[: len(error_in_sight(shown))]
        assert len(lines) > len(error_in_sight(shown))
        assert "PgUp PgDn" in shown.everything()
        assert focused(shown) == "enrol-fingerprint"
        for name in ("enrol-fingerprint", "enrol-begin", "enrol-keys"):
            assert seen_whole(shown, name)
        await shown.pilot.press("pagedown", "pagedown", "pagedown")
        assert error_in_sight(shown)[-1] == lines[-1]
        await shown.pilot.press("pageup", "pageup", "pageup")
        assert error_in_sight(shown)[0] == lines[0]


async def test_a_window_that_gets_lower_keeps_the_field_in_sight(tmp_path: Path) -> None:
    async with welcome(tmp_path) as shown:
        await shown.types("", "", "", "")
        assert "PgUp PgDn" not in shown.everything()
        await shown.pilot.resize_terminal(60, 12)
        await shown.pilot.pause()
        await shown.pilot.pause()
        for name in ("enrol-fingerprint", "enrol-begin", "enrol-keys"):
            assert seen_whole(shown, name), name


def asks_to_log_in(screen: Screen) -> bool:
    return screen.app.logs_in


async def test_a_device_that_was_taken_off_says_so_and_logs_in_between_calls_with_its_notes() -> None:
    async with showing(desk.WRAP_UP) as screen:
        await screen.hears(HubLinkChanged(Link.DOWN, "", unknown=True))
        assert "does not know this device any more" in screen.sheet("notices")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        await screen.stands(screen.store.state)
        await screen.press("f9")
        assert not asks_to_log_in(screen), "somebody rings"
        await screen.hears(ev.CallClosed("call-9", ev.CloseReason.CANCELLED))
        await screen.stands(screen.store.state)
        assert "Log in" in screen.everything()
        await screen.press("x", "f9")
        await screen.pilot.pause()
        assert asks_to_log_in(screen)
        assert any(isinstance(one, do.EditNote) and "x" in one.text for one in screen.asked)
