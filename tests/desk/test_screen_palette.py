"""The palette finds every act by words of either language, does the same as the key, and says why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import PARTS, SHORTCUTS
from agent_tui.screens.accidents import UNREAD
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.floor import FloorScreen
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.palette import Palette
from agent_tui.screens.settings import SettingsScreen
from agent_tui.screens.views.palette import PALETTE, offers, palette_page
from agent_tui.session.state import SessionState
from agent_tui.text import catalogue
from agent_tui.text.catalogue import LANGUAGES, in_every_language
from agent_tui.text.hebrew_layout import retyped
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.sheet import Sheet
from hub.contract import Presence
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import callback_desk, customers, desk, floor_desk, writing_desk

AWAY = replace(desk.IDLE, me=desk.ME.model_copy(update={"presence": Presence.AWAY}))
TRAINER = floor_desk.ME.model_copy(update={"writes": True})
SOUND = replace(desk.TALKING, sound=ev.SoundChanged("Headset", ("Headset", "Laptop")))


async def look_for(screen: Screen, words: str) -> None:
    """Type into the palette."""
    await screen.press("ctrl+p", *("space" if letter == " " else letter for letter in words))


def found(screen: Screen) -> str:
    return screen.app.screen.query_one("#palette-found", Sheet).text


@pytest.mark.parametrize(
    ("state", "english", "hebrew", "command"),
    [
        (desk.RINGING, "answer", "מענה", do.Answer()),
        (desk.RINGING, "decline", "דחיית", do.HangUp()),
        (desk.TALKING, "hang up", "ניתוק", do.HangUp()),
        (desk.TALKING, "hold", "המתנה", do.ToggleHold()),
        (desk.TALKING, "micro", "מיקרופון", do.ToggleMute()),
        (desk.CONSULTING, "connect", "חיבור הלקוח", do.AttendedTransfer()),
        (desk.CONSULTING, "merge", "איחוד", do.Merge()),
        (desk.MERGED, "part the", "פיצול", do.Part()),
        (desk.CONSULTING, "swap", "החלפה", do.Swap()),
        (desk.MISSED, "missed caller", "חיוג לשיחה", do.CallBack()),
        (desk.MISSED, "as seen", "נצפו", do.ClearMissed()),
        (AWAY, "be ready", "זמינות", do.SetPresence(Presence.READY)),
        (desk.WRAP_UP, "wrap-up", "סיכום", do.FinishWrapUp("k-1")),
        (desk.TALKING, "next step", "השלב הבא", do.TickStep("k-1", "renewal")),
        (desk.RINGING, "silence", "השתקת הצלצול", do.ToggleRing()),
    ],
)
async def test_an_act_is_found_by_words_of_either_language(
    state: SessionState, english: str, hebrew: str, command: do.Command
) -> None:
    for words in (english, hebrew):
        async with showing(state) as screen:
            await look_for(screen, words)
            await screen.press("enter")
            assert screen.asked == [command], words
            assert screen.app.screen is screen.desk


@pytest.mark.parametrize(
    ("state", "words", "title"),
    [
        (desk.TALKING, "transfer", "Transfer to"),
        (desk.IDLE, "dial", "Dial"),
        (desk.TALKING, "keypad", "Keys"),
        (SOUND, "devices", "Talk through"),
        (callback_desk.MOMENTS["agenda"], "promise", "Call a customer back"),
        (desk.IDLE, "all keys", "All keys"),
        (desk.TALKING, "leave", "Leave the desk?"),
    ],
)
async def test_what_asks_for_more_asks_by_the_same_question(
    state: SessionState, words: str, title: str
) -> None:
    async with showing(state) as screen:
        await look_for(screen, words)
        await screen.press("enter")
        assert screen.asked == []
        assert title in screen.everything()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: str(part.id))
async def test_what_is_chosen_in_a_part_leads_to_it(part: object) -> None:
    states = {
        "note": desk.TALKING,
        "outcome": desk.TALKING,
        "script": desk.TALKING,
        "card": desk.SEVERAL,
        "calls": desk.TWO_CALLS,
        "agenda": callback_desk.MOMENTS["agenda"],
    }
    one = next(one for one in PARTS if one is part)
    async with showing(states[one.id]) as screen:
        await look_for(screen, one.meaning.words.text.casefold())
        await screen.press("enter")
        assert screen.app.focused is screen.desk.query_one(f"#{one.id}")


MOMENTS = {
    **desk.MOMENTS,
    **{name: replace(state, me=TRAINER) for name, state in writing_desk.DESK_MOMENTS.items()},
    "floor_listening": replace(floor_desk.LISTENING, me=TRAINER),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_each_act_is_offered_or_says_why_not(name: str) -> None:
    state = MOMENTS[name]
    every = offers(state, "dark")
    never = () if state.me is TRAINER else ("floor", "whatsapp")
    meanings = sum(len(one.meanings) for one in SHORTCUTS if one.id not in (PALETTE, *never))
    looks_and_languages = 3 + len(LANGUAGES)
    assert len({offer.id for offer in every}) == meanings + len(PARTS) + 1 + looks_and_languages
    rows = palette_page(state, "", "dark").rows
    assert [row.key for row in rows if row.key] == [offer.id for offer in every if not offer.why_not]
    assert len(rows) == len(every)


def test_every_line_can_be_found_in_hebrew() -> None:
    for offer in offers(desk.IDLE, "dark"):
        english, hebrew = in_every_language(offer.words)
        assert english != hebrew
        assert offer.found_by(hebrew)
        assert offer.found_by(english.upper())
        assert not offer.found_by("nothing is called that")


def found_keys(words: str, state: SessionState = desk.TALKING) -> list[str]:
    return [row.key for row in palette_page(state, words, "dark").rows if row.key]


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ("צ'אט", "whatsapp 1"),
        ("צ’אט", "whatsapp 1"),
        ("אחמ״ש", "floor 0"),
        ('אחמ"ש', "floor 0"),
        ("מיקרופונ", "mute 0"),
        ("ב־CRM", "customer 0"),
    ],
)
def test_hebrew_is_found_however_its_signs_are_typed(words: str, offer: str) -> None:
    """A keyboard has an apostrophe and a quotation mark where Hebrew has geresh and gershayim."""
    assert offer in found_keys(words, replace(desk.TALKING, me=TRAINER))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("יםךג", "hold"), ("שמד'קר", "answer"), ("bh,ue", "ניתוק"), ("NHERUPUI", "מיקרופון"), ("mt;", "צאף")],
)
def test_words_typed_before_the_layout_was_changed_are_found(typed: str, meant: str) -> None:
    assert retyped(typed) == meant
    assert found_keys(typed) == found_keys(meant)


@pytest.mark.parametrize("words", ["call", "שיחה", "e", "ק"])
def test_what_is_found_as_it_is_typed_is_not_read_in_another_layout(words: str) -> None:
    every = offers(desk.TALKING, "dark")
    found_so = {offer.id for offer in every if offer.found_by(words) and not offer.why_not}
    found_otherwise = {offer.id for offer in every if offer.found_by(retyped(words)) and not offer.why_not}
    assert set(found_keys(words)) == found_so != found_otherwise


ELSEWHERE = [
    ("listen in", "האזנה", "floor 0", FloorScreen),
    ("whisper", "לחישה", "floor 0", FloorScreen),
    ("join", "הצטרפות", "floor 0", FloorScreen),
    ("write agents", "הודעות לנציגים", "floor 0", FloorScreen),
    ("take conversation", "נטילת התכתבות", "whatsapp 1", ConversationsScreen),
    ("give back", "החזרה לתור", "whatsapp 1", ConversationsScreen),
    ("template", "תבנית", "whatsapp 1", ConversationsScreen),
    ("answer whatsapp", "מענה וואטסאפ", "whatsapp 1", ConversationsScreen),
    ("older history", "היסטוריה ישנות", "history 0", HistoryScreen),
    ("search history", "היסטוריה חיפוש", "history 0", HistoryScreen),
    ("ring volume", "עוצמת צלצול", "settings 0", SettingsScreen),
    ("try device", "בדיקת התקן", "settings 0", SettingsScreen),
    ("choose device", "בחירת התקן", "settings 0", SettingsScreen),
]
"""Acts that have their key in a screen of their own, and the line that leads there."""


@pytest.mark.parametrize(("english", "hebrew", "offer", "_screen"), ELSEWHERE)
def test_what_acts_in_a_screen_of_its_own_is_found_in_both_languages(
    english: str, hebrew: str, offer: str, _screen: object
) -> None:
    state = replace(writing_desk.UNREAD, me=TRAINER)
    for words in (english, hebrew):
        assert offer in [row.key for row in palette_page(state, words, "dark").rows], words


@pytest.mark.parametrize("offer", sorted({offer for _english, _hebrew, offer, _screen in ELSEWHERE}))
async def test_its_line_leads_to_that_screen(offer: str) -> None:
    words, kind = next((english, kind) for english, _hebrew, one, kind in ELSEWHERE if one == offer)
    async with showing(replace(writing_desk.UNREAD, me=TRAINER)) as screen:
        await look_for(screen, words)
        await screen.press("enter")
        assert isinstance(screen.app.screen, kind)


async def test_what_does_not_act_now_cannot_be_chosen_and_says_why() -> None:
    async with showing(desk.IDLE) as screen:
        await look_for(screen, "hang up")
        assert "not now: There is no call to end." in " ".join(found(screen).split())
        await screen.press("enter", "escape")
        assert screen.asked == []


async def test_words_that_nothing_has_are_told() -> None:
    async with showing(desk.IDLE) as screen:
        await look_for(screen, "xyzzy")
        assert "Nothing is called that." in found(screen)
        await screen.press("enter")
        assert isinstance(screen.app.screen, Palette)


async def test_the_key_beside_a_line_is_the_one_that_would_do_it() -> None:
    async with showing(desk.CONSULTING) as screen:
        await look_for(screen, "hand on")
        connect, transfer = found(screen).splitlines()[:2]
        assert connect.rstrip().endswith("F5")
        assert not transfer.rstrip().endswith("F5"), "F5 connects now"


async def test_a_ring_takes_nothing_away_from_what_is_typed() -> None:
    async with showing(desk.IDLE) as screen:
        await look_for(screen, "dev")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert "RINGING" in screen.everything()
        await screen.press("i", "c")
        assert screen.app.screen.query_one(BidiLine).text == "devic"
        assert screen.asked == []


async def test_what_can_be_done_follows_the_call_while_the_palette_is_open() -> None:
    async with showing(desk.IDLE) as screen:
        await look_for(screen, "answer the call")
        assert "not now" in found(screen)
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert "not now" not in found(screen)
        await screen.press("enter")
        assert screen.asked == [do.Answer()]


async def ring_given_up_while_it_is_looked_for(screen: Screen) -> None:
    """Answering was marked; now it is hanging up on whom the agent talks with."""
    await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
    await look_for(screen, "ring")
    marked = screen.app.screen.query_one("#palette-found", Sheet)
    assert marked.cursor == "answer 0"
    await screen.hears(ev.CallClosed("call-9", ev.CloseReason.CANCELLED))
    assert marked.cursor == "hang_up 0"


async def test_enter_does_nothing_that_was_marked_only_a_moment_ago_and_by_nobody() -> None:
    async with showing(desk.TALKING) as screen:
        await ring_given_up_while_it_is_looked_for(screen)
        await screen.press("enter")
        screen.passes(UNREAD - 0.1)
        await screen.press("enter")
        assert screen.asked == []
        assert isinstance(screen.app.screen, Palette)
        screen.passes(UNREAD)
        await screen.press("enter")
        assert screen.asked == [do.HangUp()]


@pytest.mark.parametrize("by", [("down", "up"), ("backspace", "g")])
async def test_what_the_agent_marks_anew_is_done_at_once(by: tuple[str, ...]) -> None:
    async with showing(desk.TALKING) as screen:
        await ring_given_up_while_it_is_looked_for(screen)
        await screen.press(*by, "enter")
        assert screen.asked == [do.HangUp()]


async def test_a_click_does_nothing_either_that_came_there_only_a_moment_ago() -> None:
    async with showing(desk.TALKING) as screen:
        await ring_given_up_while_it_is_looked_for(screen)
        await screen.pilot.click("#palette-found", offset=(10, 0))
        assert screen.asked == []
        screen.passes(UNREAD)
        await screen.pilot.click("#palette-found", offset=(10, 0))
        assert screen.asked == [do.HangUp()]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_enter_does_what_is_marked_and_no_key_is_cut(size: tuple[int, int]) -> None:
    async with showing(desk.TALKING, size) as screen:
        await screen.press("ctrl+p")
        first = found(screen).splitlines()[0].rstrip()
        assert first.endswith("F3")
        marked = screen.app.screen.query_one("#palette-found", Sheet)
        assert marked.cursor == "hold 0"
        assert first in screen.everything()
        await screen.press("enter")
        assert screen.asked == [do.ToggleHold()]


async def test_arrows_choose_and_the_line_keeps_the_focus() -> None:
    async with showing(desk.TALKING) as screen:
        await look_for(screen, "call")
        before = screen.app.screen.query_one("#palette-found", Sheet).cursor
        await screen.press("down")
        assert screen.app.screen.query_one("#palette-found", Sheet).cursor != before
        assert screen.app.focused is screen.app.screen.query_one(BidiLine)


async def test_a_hebrew_desk_speaks_hebrew_in_it_and_finds_english() -> None:
    catalogue.use("he")
    state = replace(desk.TALKING, me=desk.ME.model_copy(update={"language": "he"}))
    async with showing(state) as screen:
        await look_for(screen, "hang up")
        assert any("\u05d0" <= letter <= "\u05ea" for letter in found(screen))
        await screen.press("enter")
        assert screen.asked == [do.HangUp()]
