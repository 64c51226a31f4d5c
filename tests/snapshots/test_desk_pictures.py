"""How the desk looks at known moments and sizes. After a wanted change look at each picture, then update:

``python -m pytest tests/snapshots --snapshot-update``
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent_tui.app import MokedApp
from agent_tui.preferences import Preferences
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase, use
from agent_tui.text.others import said
from agent_tui.welcome import WelcomeApp
from tests.stubs import callback_desk, coached_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk
from tests.stubs.doctor import StubDoctor

MOMENTS = {**desk.MOMENTS, **callback_desk.MOMENTS, **coached_desk.MOMENTS, **writing_desk.DESK_MOMENTS}
OVERLAID = {
    **past_desk.MOMENTS,
    **floor_desk.MOMENTS,
    **unknown_desk.MOMENTS,
    **writing_desk.MOMENTS,
    "choosing": desk.CHOOSING,
}
"""Moments that differ in what lies over the desk."""
_USED = "The hub does not take this code: it was used, or its 15 minutes are over."
SIZES = [(80, 24), (120, 40), (160, 45)]


HEBREW = (
    "idle",
    "ringing",
    "talking",
    "bad_line",
    "two_calls",
    "consulting",
    "missed",
    "noted",
    "wrap_up",
    "hub_down",
    "several_cards",
    "hebrew",
    "coached_hebrew",
    "unread_in_a_call",
)
"""Moments that are pictured with the desk's own words in Hebrew, too."""


def app_at(name: str, language: str = "") -> MokedApp:
    """The desk at a moment; its times stand still."""
    store = Store(
        lambda: desk.NOW,
        {**MOMENTS, **OVERLAID}[name],
    )
    return MokedApp(store, lambda _command: None, clock=lambda: desk.CLOCK, language=language)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", MOMENTS)
def test_the_desk_looks_as_it_did(
    name: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name), terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", HEBREW)
def test_the_desk_looks_as_it_did_in_hebrew(
    name: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, "he"), terminal_size=size)


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [("talking", ["f5", "1", "0"]), ("talking", ["f6"]), ("idle", ["f9"]), ("talking", ["ctrl+q"])],
    ids=["transfer", "keypad", "away", "quit"],
)
def test_what_lies_over_the_desk_looks_as_it_did(
    name: str, keys: list[str], language: str, snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, language), press=keys, terminal_size=(80, 24))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [("talking", ["f5", *["down"] * 10]), ("talking", ["f7", *"נועה"]), ("hub_down", ["f7"])],
    ids=["transfer", "dial", "hub_down"],
)
def test_the_directory_looks_as_it_did(
    name: str, keys: list[str], language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, language), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("callback_stands", ["ctrl+r", *"15:30"]),
        ("agenda", ["ctrl+r", "enter"]),
        ("called_back_hebrew", ["ctrl+r", *"20", "tab", "tab", *"מחיר 5"]),
        ("agenda", ["shift+tab", "shift+tab", "enter"]),
        ("agenda_hebrew", ["shift+tab", "shift+tab", "enter"]),
    ],
    ids=["form", "form_unknown", "form_hebrew", "take_back", "take_back_hebrew"],
)
def test_callbacks_are_asked_for_as_they_were(
    name: str, keys: list[str], size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("unknown", []),
        ("looking", ["ctrl+n", *"ruth", "down"]),
        ("looking_owed", ["ctrl+n", *"רות", "down", "down"]),
        ("creating", ["ctrl+n", *"דנה כהן", "ctrl+n"]),
    ],
    ids=["unknown", "found", "found_hebrew", "new"],
)
def test_unknown_callers_look_as_they_did(
    name: str, keys: list[str], language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, language), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", past_desk.MOMENTS)
def test_the_history_looks_as_it_did(
    name: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name), press=["ctrl+f", "down", "down", "down"], terminal_size=size)


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", floor_desk.MOMENTS)
def test_the_floor_looks_as_it_did(
    name: str, size: tuple[int, int], language: str, snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, language), press=["ctrl+l"], terminal_size=size)


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", writing_desk.MOMENTS)
def test_conversations_look_as_they_did(
    name: str, size: tuple[int, int], language: str, snap_compare: Callable[..., bool]
) -> None:
    further = {"written": [*"שלום (router 3)"], "written_template": ["f5"]}
    keys = ["ctrl+t", *further.get(name, [])]
    assert snap_compare(app_at(name, language), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("name", ["idle", "ringing"])
def test_the_doctor_looks_as_it_did(
    name: str, language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    app = app_at(name, language)
    app.doctor = doctor = StubDoctor()
    doctor.goes_on.set()
    assert snap_compare(app, press=["f11"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "keys"),
    [("talking", ["ctrl+p"]), ("hebrew", ["ctrl+p", *"שיחה"]), ("talking", ["f1"])],
    ids=["palette", "palette_typed_hebrew", "help"],
)
def test_palette_and_help_look_as_they_did(
    name: str, keys: list[str], size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
def test_the_settings_look_as_they_did(
    language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at("talking", language), press=["ctrl+s", "down"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
def test_devices_are_chosen_as_they_were(
    language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    keys = ["ctrl+s", *("down",) * 3]
    assert snap_compare(app_at("choosing", language), press=keys, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "he"])
def test_the_screen_that_a_new_desk_begins_with_looks_as_it_did(
    language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    use(language)
    why = Phrase("{why} Ask your administrator for a new code.", why=said(_USED))
    app = WelcomeApp(Path("config.toml"), "https://hub.example.com", why)
    assert snap_compare(app, press=[*"ABCD", "tab", *"yael", "tab", *"secret"], terminal_size=size)


@pytest.mark.parametrize("theme", ["light", "contrast"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["ringing", "hebrew", "wrap_up"])
def test_the_desk_looks_as_it_did_in_other_colours(
    name: str, size: tuple[int, int], theme: str, snap_compare: Callable[..., bool]
) -> None:
    app = app_at(name)
    app.prefer(Preferences(theme=theme))
    assert snap_compare(app, terminal_size=size)
