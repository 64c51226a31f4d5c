"""Templates on the desk: read before they are sent, filled wholly, and to none who has not agreed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.choice import Choice
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.template_form import TemplateForm
from agent_tui.session.templates import known
from agent_tui.session.writing_events import TextNotSent, TextSending
from agent_tui.widgets.sheet import Sheet
from hub.contract import TemplateToSend
from tests.desk.screen import Screen, showing
from tests.stubs import desk, writing_desk
from tests.stubs.writing_desk import CLOSED, CLOSED_WITH_TEMPLATES, NEVER_ASKED, READING, TEMPLATES

SIZES = [(80, 24), (120, 40), (160, 45)]
ASKED = TemplateToSend(template="go_on.en_US", parameters=("[red]Gal[/red] Stern", "Dana Levi"))


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#template-{name}", Sheet).text


def sent(screen: Screen) -> list[do.SendTemplate]:
    return [one for one in screen.asked if isinstance(one, do.SendTemplate)]


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_read_as_the_customer_will_before_it_goes(size: tuple[int, int]) -> None:
    async with showing(CLOSED_WITH_TEMPLATES, size) as screen:
        await screen.press("ctrl+t", "f5")
        assert isinstance(screen.app.screen, TemplateForm)
        shown = " ".join(part(screen, "preview").split())
        assert "Hello [red]Gal[/red] Stern, this is Dana Levi. Please answer here" in shown
        assert sent(screen) == []
        await screen.press("enter")
        (one,) = sent(screen)
        assert (one.conversation, one.asked) == ("v-4", ASKED)
        assert one.text.startswith("Hello [red]Gal[/red] Stern")
        assert isinstance(screen.app.screen, ConversationsScreen)


async def test_none_goes_while_a_place_is_empty() -> None:
    writing = NEVER_ASKED.writing
    unnamed = writing.conversations[4].model_copy(update={"name": "", "can": writing_desk.can(-1)})
    state = replace(
        NEVER_ASKED, writing=replace(writing, conversations=(*writing.conversations[:4], unnamed))
    )
    async with showing(state) as screen:
        await screen.press("ctrl+t", "f5", "enter")
        assert "Each place needs something." in part(screen, "told")
        assert "{{1}}" in part(screen, "preview")
        await screen.press(*"Bart")
        assert "Hello Bart, this is Dana Levi." in " ".join(part(screen, "preview").split())
        assert "Enter sends it." in part(screen, "told")
        await screen.press("enter")
        assert [one.asked.parameters for one in sent(screen)] == [("Bart", "Dana Levi")]


async def test_who_never_asked_has_to_agree_first() -> None:
    async with showing(NEVER_ASKED) as screen:
        await screen.press("ctrl+t", "f5", "tab", "tab", "tab")
        assert "Ask them" in " ".join(part(screen, "told").split())
        screen.app.screen.query_one("#template-1").focus()
        await screen.press("enter")
        assert sent(screen) == []
        screen.app.screen.query_one("#template-yes").focus()
        await screen.press("enter")
        assert sent(screen) == []
        await screen.press("enter")
        assert [one.asked.agreed for one in sent(screen)] == [True]


async def test_of_several_one_is_chosen() -> None:
    state = replace(
        CLOSED_WITH_TEMPLATES, writing=replace(CLOSED_WITH_TEMPLATES.writing, templates=TEMPLATES)
    )
    async with showing(state) as screen:
        await screen.press("ctrl+t", "f5")
        assert isinstance(screen.app.screen, Choice)
        await screen.press("down", "enter", "enter")
        assert [one.asked.template for one in sent(screen)] == ["other.he"]


async def test_there_is_none_while_text_goes_or_where_the_centre_has_none() -> None:
    open_now = replace(READING, writing=replace(READING.writing, templates=TEMPLATES, sending=()))
    for state in (open_now, CLOSED):
        async with showing(state) as screen:
            await screen.press("ctrl+t")
            assert isinstance(screen.app.screen, ConversationsScreen)
            assert "template" not in screen.app.screen.query_one("#written-keys", Sheet).text
            await screen.press("f5")
            assert not isinstance(screen.app.screen, TemplateForm)


async def test_one_that_may_be_there_is_sent_again_under_its_key() -> None:
    async with showing(CLOSED_WITH_TEMPLATES) as screen:
        await screen.press("ctrl+t")
        await screen.hears(
            TextSending("key-1", "v-4", "Hello", ASKED), TextNotSent("key-1", "no answer", refused=False)
        )
        await screen.press("f5")
        assert sent(screen) == [do.SendTemplate("v-4", ASKED, "Hello", "key-1")]


async def test_a_refused_one_is_taken_away_and_filled_anew() -> None:
    async with showing(CLOSED_WITH_TEMPLATES) as screen:
        await screen.press("ctrl+t")
        await screen.hears(
            TextSending("key-1", "v-4", "Hello", ASKED), TextNotSent("key-1", "too many", refused=True)
        )
        assert "too many" in screen.everything()
        await screen.press("f5")
        assert (sent(screen), screen.asked[-1]) == ([], do.TakeTextBack("key-1"))


def test_facts_of_another_caller_fill_nothing() -> None:
    template = writing_desk.a_template(parameters=("name", "plan"))
    state = replace(desk.TALKING, me=writing_desk.ME)
    other = known(template, writing_desk.CONVERSATIONS[1], state)
    assert other == ("נועה כהן", "")
    assert known(template, writing_desk.RUTH, state) == ("Ruth Ben-Ami", "Fibre 1000")
