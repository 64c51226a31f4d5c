"""What the agent types belongs to the contact it is about: no ring, no answer of the hub takes it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.events import Paste
from textual.widgets.text_area import Edit, EditResult

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.state import NoteState
from agent_tui.widgets.note_pane import LONGEST, NotePane
from hub import contract as hub
from hub.contract import LONGEST_NOTE
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk

FRESH = replace(desk.TALKING, work=(replace(desk.TALKING.work[0], note="", note_state=NoteState.EMPTY),))
OFFER = hub.Offer(
    contact="k-9",
    queue="sales",
    queue_title="Sales",
    number="+12125550101",
    name="Dana Whitfield",
    waited=5,
    offered_at=desk.CLOCK - timedelta(seconds=5),
)


def note(screen: Screen) -> NotePane:
    return screen.desk.query_one("#note", NotePane)


def edits(screen: Screen) -> list[do.EditNote]:
    return [command for command in screen.asked if isinstance(command, do.EditNote)]


async def rings(screen: Screen) -> None:
    card = hub.CardAnswer(
        contact="k-9", number=OFFER.number, status=hub.CardStatus.FOUND, cards=(customers.HEBREW_CARD,)
    )
    await screen.hears(
        hub.OfferedEvent(offer=OFFER, card=card), ev.CallIncoming("call-9", customers.MICHAL, contact="k-9")
    )


async def test_every_key_is_told_with_its_contact() -> None:
    async with showing(FRESH) as screen:
        await screen.press("h", "i")
        assert edits(screen)[-1] == do.EditNote("k-1", "hi")


async def test_a_ring_takes_neither_focus_nor_typing() -> None:
    async with showing(desk.WRAP_UP) as screen:
        await screen.press("!", "a")
        await rings(screen)
        assert "מיכל"[::-1] in screen.sheet("card"), "the card pops at once"
        await screen.press("b")
        assert screen.app.focused is note(screen)
        assert edits(screen)[-1].contact == "k-1"
        assert edits(screen)[-1].text.endswith("weekend.!ab")
        assert "Ruth Ben-Ami" in str(note(screen).border_title)


async def test_the_last_letters_are_told_before_the_wrap_up_is_finished() -> None:
    async with showing(desk.WRAP_UP) as screen:
        note(screen).insert("x")
        screen.desk.press("finish")
        await screen.pilot.pause()
        finish = screen.asked.index(do.FinishWrapUp("k-1"))
        assert any(isinstance(c, do.EditNote) and c.text.endswith("x") for c in screen.asked[:finish])


async def test_letters_not_yet_told_go_to_their_own_contact_when_another_takes_the_field() -> None:
    async with showing(FRESH) as screen:
        pane = note(screen)
        pane.insert("only here")
        pane.show(replace(pane._view, contact="k-9", text="another's"))
        assert pane.text == "another's"
        await screen.pilot.pause()
        assert do.EditNote("k-1", "only here") in screen.asked
        assert not any(edit.contact == "k-9" for edit in edits(screen))


async def test_a_stale_echo_never_changes_what_stands_here() -> None:
    async with showing(FRESH) as screen:
        await screen.press("a", "b", "c")
        await screen.hears(de.NoteTyped("k-1", "a"))
        await screen.press("backspace", "backspace", "backspace")
        await screen.hears(de.NoteTyped("k-1", "abc"))
        assert note(screen).text == ""
        assert edits(screen)[-1] == do.EditNote("k-1", "")


async def test_a_draft_from_the_hub_fills_a_note_nobody_typed_in() -> None:
    async with showing(FRESH) as screen:
        await screen.hears(de.NoteTyped("k-1", "from before the crash"))
        assert note(screen).text == "from before the crash"
        assert edits(screen) == []


async def test_what_is_pasted_is_cleaned() -> None:
    async with showing(FRESH) as screen:
        screen.app.post_message(Paste("one\x1b]0;x\x07\ntwo\u202e"))
        await screen.pilot.pause()
        assert note(screen).text == "one]0;x\ntwo"


@pytest.mark.parametrize(("pasted", "taken"), [(False, "ab"), (True, "a…")])
async def test_a_full_note_shows_no_letter_that_would_be_lost_and_says_so(
    *, pasted: bool, taken: str
) -> None:
    """What the hub takes of a note ends somewhere: what stands here behind it would never be stored."""
    assert LONGEST == LONGEST_NOTE, "what a widget takes, the hub stores"
    full = "x" * (LONGEST - 2)
    work = replace(desk.TALKING.work[0], note=full)
    async with showing(replace(desk.TALKING, work=(work,))) as screen:
        if pasted:
            screen.app.post_message(Paste("abcd"))
            await screen.pilot.pause()
        else:
            await screen.press(*"abcd")
        assert note(screen).text == full + taken
        assert edits(screen)[-1].text == note(screen).text
        await screen.hears(de.NoteTyped("k-1", note(screen).text))
        assert "full" in str(note(screen).border_subtitle)
        await screen.press("shift+left", "shift+left", "shift+left", *"1234")
        assert note(screen).text == full[:-1] + "123", "there is room where something is replaced"


async def test_what_is_undone_and_done_again_is_told() -> None:
    async with showing(FRESH) as screen:
        await screen.press(*"שלום", "ctrl+z")
        assert edits(screen)[-1] == do.EditNote("k-1", note(screen).text)
        assert note(screen).text == ""
        await screen.press("ctrl+y")
        assert edits(screen)[-1] == do.EditNote("k-1", "שלום")


async def test_the_note_says_whether_it_is_safe() -> None:
    async with showing(desk.TALKING) as screen:
        assert "saved" in str(note(screen).border_subtitle)
        await screen.hears(de.NoteTyped("k-1", "more"))
        assert "saving" in str(note(screen).border_subtitle)
        await screen.hears(de.NoteNotSaved("k-1", "no answer"))
        assert "NOT SAVED" in str(note(screen).border_subtitle)


async def test_the_note_opens_with_the_first_ring_and_goes_on_in_the_talk() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("x")
        assert (note(screen).text, edits(screen)) == ("", [])
    async with showing(desk.RINGING) as screen:
        await screen.press("a")
        assert edits(screen) == [do.EditNote("k-1", "a")]
        await screen.hears(ev.CallEstablished("call-1"))
        await screen.press("b")
        assert edits(screen)[-1] == do.EditNote("k-1", "ab")
        assert note(screen).has_focus


async def test_a_ring_that_ends_and_the_next_one_take_nothing_of_what_is_being_typed() -> None:
    async with showing(desk.RINGING) as screen:
        await screen.press("a")
        await screen.hears(de.NoteTyped("k-1", "a"), ev.CallClosed("call-1", ev.CloseReason.CANCELLED))
        await screen.press("b")
        await rings(screen)
        await screen.press("c")
        assert edits(screen)[-1] == do.EditNote("k-1", "abc")
        assert {edit.contact for edit in edits(screen)} == {"k-1"}
        assert (note(screen).text, note(screen).has_focus) == ("abc", True)
        await screen.press("f12")
        assert do.FinishWrapUp("k-1") in screen.asked


async def test_what_is_typed_behind_the_tab_key_does_not_reach_the_note() -> None:
    async with showing(desk.WRAP_UP) as screen:
        before = note(screen).text
        await screen.at_once("tab", "enter")
        assert note(screen).text == before
        assert any(isinstance(command, do.ChooseDisposition) for command in screen.asked)


async def test_each_key_is_told_before_the_next_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when they come faster than they are taken: a desk that is killed then has lost none of them."""
    async with showing(desk.TALKING) as screen:
        behind: list[bool] = []
        edit = NotePane.edit

        def watched(pane: NotePane, change: Edit) -> EditResult:
            result = edit(pane, change)
            told = screen.asked[-1] if screen.asked else None
            behind.append(not isinstance(told, do.EditNote) or told.text != pane.text)
            return result

        monkeypatch.setattr(NotePane, "edit", watched)
        await screen.at_once(*"a" * 200)
        assert len(behind) == 200
        assert not any(behind)
