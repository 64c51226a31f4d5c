"""The settings screen: what is changed holds at once, is written to the file, and what cannot be says why."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from agent_tui.commands import model as do
from agent_tui.commands.model import Command
from agent_tui.commands.shortcuts import SHORTCUTS, draw_arrows, key_of, named
from agent_tui.config import load
from agent_tui.preferences import Preferences
from agent_tui.screens.doctor import DoctorScreen
from agent_tui.screens.settings import KeyQuestion, SettingsScreen
from agent_tui.screens.views.settings import KEY, settings_page
from agent_tui.session.events import CommandFailed
from agent_tui.session.state import SessionState
from agent_tui.widgets.sheet import Sheet
from agent_tui.wiring import keep
from sip import events as ev
from sip.audio.devices import SoundPart
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk

FILE = (
    '# mine\n[sip]\nuser = "1"\ndomain = "x"\n\n[audio]\nring_volume = 70 \n# loud\n'
    '[keys] # as I like them\nswap = "ctrl+up"\n'
)
DOCTOR = ("down",) * 3
FIRST_KEY = ("down",) * 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def part(screen: Screen, name: str) -> str:
    """What a part of the settings screen shows, in one line."""
    return " ".join(screen.app.screen.query_one(f"#{name}", Sheet).text.split())


async def opened(screen: Screen, file: Path) -> None:
    """The settings, over a desk that keeps them in ``file``."""
    screen.app.prefer(Preferences(), partial(keep, file))
    await screen.press("ctrl+s")


async def written(screen: Screen) -> str:
    """What is told once the thread that writes is done."""
    while not part(screen, "settings-told"):
        await screen.pilot.pause()
    return part(screen, "settings-told")


async def test_the_language_changes_at_once_there_and_back_and_is_kept(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        assert "Language ‹ as your centre has it ›" in part(screen, "settings")
        await screen.press("left")
        await written(screen)
        assert "‹ תירבע ›" in part(screen, "settings")
        assert "החישב" in screen.everything()
        assert load(file).desk.language == "he"
        await screen.press("right")
        await screen.pilot.pause()
        assert "TALKING" in screen.everything()


async def test_colours_change_at_once_and_are_kept(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press("down", "right")
        assert "holds from now on" in await written(screen)
        assert screen.app.theme == "light"
        assert "‹ Light colours ›" in part(screen, "settings")
    assert load(file).desk.theme.value == "light"


async def test_the_ring_volume_is_kept_and_it_is_said_when_the_phone_takes_it(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press("down", "down", "left")
        assert "The phone takes it at its next start" in await written(screen)
        assert "Ring volume ‹ 60 % ›" in part(screen, "settings")
    assert load(file).audio.ring_volume == 60
    assert "# mine" in text_of(file)
    assert "# loud" in text_of(file)


async def test_the_ring_volume_is_the_phones_at_once_where_it_is_there(file: Path) -> None:
    async with showing(desk.CHOOSING) as screen:
        await opened(screen, file)
        screen.asked.clear()
        await screen.press("down", "down", "left")
        assert screen.asked == [do.SetRingVolume(60)]
        assert "holds from now on" in await written(screen)
    assert load(file).audio.ring_volume == 60


def names_of(sound: ev.ChosenDevices, profile: str = "Usual") -> SessionState:
    """A desk between calls whose phone uses these."""
    return replace(desk.CHOOSING, sound=ev.SoundChanged(profile, (profile,), sound), tried=None)


def sent(screen: Screen) -> list[Command]:
    """What was asked for, but for looking what is plugged in: that is asked again and again."""
    return [one for one in screen.asked if one != do.FindDevices()]


async def test_devices_are_stepped_through_used_at_once_and_kept(file: Path) -> None:
    async with showing(names_of(ev.ChosenDevices())) as screen:
        await opened(screen, file)
        assert screen.asked == [do.FindDevices()]
        assert "Microphone ‹ the system's own choice ›" in part(screen, "settings")
        assert "Ringer ‹ where you hear calls ›" in part(screen, "settings")
        await screen.press(*("down",) * 3, "right", "right")
        assert sent(screen) == [
            do.ChooseDevice(SoundPart.MICROPHONE, "Jabra Evolve2 65"),
            do.ChooseDevice(SoundPart.MICROPHONE, "Built-in microphone"),
        ], "a second step goes on from the first, though the phone has not told of it"
        assert "Microphone ‹ Built-in microphone ›" in part(screen, "settings")
        assert "holds from now on" in await written(screen)
        await screen.press("left", "left", "down", "left")
        assert sent(screen)[-1] == do.ChooseDevice(SoundPart.SPEAKER, "Built-in speakers")
        while load(file).audio.speaker != "Built-in speakers":
            await screen.pilot.pause()
    assert load(file).audio.microphone == ""
    assert "# loud" in text_of(file)


async def test_the_set_of_devices_that_is_used_is_the_one_that_is_changed(file: Path) -> None:
    with file.open("a", encoding="utf-8") as more:
        more.write('[[audio.profile]] # at home\nname = "Laptop" # mine\nspeaker = "x"\n')
    async with showing(names_of(ev.ChosenDevices(speaker="x"), "Laptop")) as screen:
        await opened(screen, file)
        assert "Speaker ‹ x ▲ not plugged in ›" in part(screen, "settings")
        await screen.press(*("down",) * 4, "left")
        await written(screen)
    assert load(file).audio.profile[0].speaker == "Built-in speakers"
    assert load(file).audio.speaker == ""
    assert 'name = "Laptop" # mine' in text_of(file)


async def test_enter_tries_a_device_and_again_ends_it_and_what_is_wrong_is_told(file: Path) -> None:
    async with showing(names_of(ev.ChosenDevices())) as screen:
        await opened(screen, file)
        screen.asked.clear()
        await screen.press(*("down",) * 3, "enter")
        assert sent(screen) == [do.TrySound(SoundPart.MICROPHONE)]
        await screen.hears(ev.SoundTried(SoundPart.MICROPHONE, -12.0))
        await screen.stands(screen.store.state)
        assert "speak █" in part(screen, "settings")
        await screen.press("enter")
        assert sent(screen)[-1] == do.TrySound(None)
        over = ev.SoundTried(SoundPart.MICROPHONE, -96.0, over=True, words="Jabra is unplugged.")
        await screen.hears(over)
        await screen.stands(screen.store.state)
        assert "▲ Microphone: Jabra is unplugged." in part(screen, "settings")
        await screen.press("down", "enter")
        await screen.hears(ev.SoundTried(SoundPart.SPEAKER, -12.0))
        await screen.press("escape")
        assert sent(screen)[-1] == do.TrySound(None), "nothing goes on sounding behind the desk"


async def test_in_a_call_devices_are_chosen_and_none_is_tried(file: Path) -> None:
    talking = replace(desk.TALKING, sound=desk.CHOOSING.sound, devices=desk.DEVICES)
    async with showing(talking) as screen:
        await opened(screen, file)
        assert "Enter another key" in part(screen, "settings-keys")
        screen.asked.clear()
        await screen.press(*("down",) * 3, "right", "enter")
        assert sent(screen) == [do.ChooseDevice(SoundPart.MICROPHONE, "Built-in microphone")]
        assert "Devices are tried between calls" in part(screen, "settings-told")


async def test_a_phone_that_refuses_has_what_it_had_and_says_why(file: Path) -> None:
    async with showing(names_of(ev.ChosenDevices())) as screen:
        await opened(screen, file)
        await screen.press(*("down",) * 3, "right")
        await screen.hears(CommandFailed("no"))
        await screen.stands(screen.store.state)
        assert "Microphone ‹ the system's own choice ›" in part(screen, "settings")


async def test_a_ring_keeps_the_settings_and_the_device_that_is_chosen_there(file: Path) -> None:
    async with showing(names_of(ev.ChosenDevices())) as screen:
        await opened(screen, file)
        await screen.press(*("down",) * 4)
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert isinstance(screen.app.screen, SettingsScreen)
        await screen.press("right", "f2")
        assert sent(screen)[-2:] == [do.ChooseDevice(SoundPart.SPEAKER, "Jabra Evolve2 65"), do.Answer()]


async def test_the_volume_ends_at_nothing_and_at_its_loudest(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press("down", "down", *("right",) * 5)
        assert "‹ 100 % ›" in part(screen, "settings")
        await screen.press(*("left",) * 12)
        assert "‹ 0 % ›" in part(screen, "settings")


async def test_an_act_gets_the_key_that_is_pressed_and_the_old_one_does_nothing(file: Path) -> None:
    async with showing(desk.RINGING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter")
        assert "Press the new key for: Answer the call that rings" in part(screen, "settings-asked")
        await screen.press("insert")
        assert "holds from now on" in await written(screen)
        assert "Insert Answer the call that rings" in part(screen, "settings")
        await screen.press("escape", "f2")
        assert screen.asked == []
        await screen.press("insert")
        assert screen.asked == [do.Answer()]
    assert load(file).keys.answer == "insert"
    assert load(file).keys.swap == "ctrl+up"
    assert "[keys] # as I like them" in text_of(file)


@pytest.mark.parametrize(
    "held", ["\x1b[57442;5u", "\x1b[57447;2u", "\x1b[57358u"], ids=["ctrl", "shift", "caps"]
)
async def test_a_key_that_is_held_for_another_is_not_the_one(file: Path, held: str) -> None:
    """A terminal with the kitty protocol tells of Ctrl as it goes down, before the letter."""
    keys = [one for one in XTermParser().feed(f"{held}\x1b[98;5u") if isinstance(one, Key)]
    assert [one.key for one in keys][1:] == ["ctrl+b"]
    async with showing(desk.RINGING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter")
        for key in keys:
            screen.app.post_message(key)
        await screen.pilot.pause()
        await written(screen)
    assert load(file).keys.answer == "ctrl+b"


async def test_a_key_of_another_act_is_refused_with_its_name_and_does_not_act(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter", "f8")
        assert "F8 is taken by another act: Hang up, or decline the call that rings" in part(
            screen, "settings-told"
        )
        assert screen.asked == []
        assert isinstance(screen.app.screen, SettingsScreen)
        assert key_of("answer") == "f2"
    assert text_of(file) == FILE


async def test_the_key_that_an_act_has_already_is_no_other_acts(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter", "f2")
        assert "taken" not in part(screen, "settings-told")
        assert key_of("answer") == "f2"


@pytest.mark.parametrize("key", ["a", "ctrl+c", "tab", "enter"])
async def test_a_key_that_types_or_edits_is_refused(key: str, file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter", key)
        assert "cannot be given to an act: take F1 to F12" in part(screen, "settings-told")
    assert text_of(file) == FILE


@pytest.mark.parametrize(("drawn", "names"), [(True, "↑, ↓"), (False, "Up, Down")])
async def test_the_keys_to_take_are_named_as_elsewhere(drawn: bool, names: str, file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        draw_arrows(drawn)
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter", "a")
        assert f"Ctrl with {names} or one of" in part(screen, "settings-told")


async def test_a_key_of_a_hebrew_layout_is_its_latin_one(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter", "ctrl+נ")
        await written(screen)
    assert load(file).keys.answer == "ctrl+b"


async def test_escape_leaves_the_key(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*FIRST_KEY, "enter")
        assert isinstance(screen.app.screen, KeyQuestion)
        await screen.press("escape")
        assert isinstance(screen.app.screen, SettingsScreen)
    assert text_of(file) == FILE


async def test_a_file_that_cannot_be_written_is_told_and_the_change_holds(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with showing(desk.TALKING) as screen:
        await opened(screen, tmp_path / "file" / "config.toml")
        await screen.press("down", "right")
        assert "This is not kept:" in await written(screen)
        assert screen.app.theme == "light"


async def test_the_palette_changes_the_language(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        screen.app.prefer(Preferences(language="en"), partial(keep, file))
        await screen.press("ctrl+p", *"עברית", "enter")
        assert "החישב" in screen.everything()


async def test_a_ring_leaves_the_settings_open_and_is_answered_there(file: Path) -> None:
    async with showing(desk.IDLE) as screen:
        await opened(screen, file)
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert isinstance(screen.app.screen, SettingsScreen)
        await screen.press("f2")
        assert screen.asked == [do.Answer()]


async def test_every_act_is_listed_with_its_key() -> None:
    async with showing(desk.IDLE, (160, 45)) as screen:
        await screen.press("ctrl+s")
        shown = part(screen, "settings")
        assert [one.id for one in SHORTCUTS if str(one.meanings[0].words) not in shown] == []


async def test_the_doctor_is_opened_from_here_and_leads_back(file: Path) -> None:
    async with showing(desk.TALKING) as screen:
        await opened(screen, file)
        await screen.press(*DOCTOR)
        assert "Phone doctor ▸ Enter looks at what calls need here" in part(screen, "settings")
        await screen.press("enter")
        assert isinstance(screen.app.screen, DoctorScreen)
        await screen.press("escape")
        assert isinstance(screen.app.screen, SettingsScreen)


def test_each_act_is_told_by_all_that_its_key_does() -> None:
    """Who looks for the key that dials finds it, though in three calls it does something else."""
    rows = settings_page(Preferences(), rings_here=True).rows
    for shortcut in SHORTCUTS:
        told = [row.cells for row in rows if row.key == f"{KEY}{shortcut.id}"]
        assert [name.text for name, _words in told] == [named(shortcut.id)] + [""] * (len(told) - 1)
        for meaning, (_name, words) in zip(shortcut.meanings, told, strict=True):
            assert str(meaning.words) in words.text
