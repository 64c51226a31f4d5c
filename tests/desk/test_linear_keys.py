"""The linear desk names no key of the screen: its own word for the act stands in every sentence instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import agent_tui
from agent_tui.commands.shortcuts import BY_ID, FIXED, SHORTCUTS, label
from agent_tui.linear.acts import ACTS, name_acts
from agent_tui.linear.vocabulary import BY_SPELLING, WORDS
from agent_tui.session.state import SessionState
from agent_tui.text import catalogue
from agent_tui.text.catalogue import KEY, Phrase, ngettext
from hub import contract as c
from hub.contract import Presence
from tests.desk.test_linear import talking
from tests.desk.test_linear_acts import asked
from tests.stubs import callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk
from tests.stubs.conversations import a_conversation, a_message
from tools.catalogue import messages

A_KEY: Final = re.compile(rf"{KEY.pattern}|\b(?:Tab|Esc|Enter|PgUp|PgDn)\b|[↑↓←→]")
SAID: Final = ("agent_tui/session/", "agent_tui/commands/", "agent_tui/pumps/", "agent_tui/text/others.py")
"""Where notices and refusals are worded."""
MOMENTS: Final = [
    one
    for module in (callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk)
    for one in vars(module).values()
    if isinstance(one, SessionState)
]


@pytest.fixture(params=catalogue.LANGUAGES)
def _named(request: pytest.FixtureRequest) -> None:
    """In each language, with the acts named as the linear desk names them."""
    catalogue.use(request.param)
    name_acts()


def typed(state: SessionState) -> Iterator[str]:
    """All that is said when each word is typed alone, but the help, which tells all that can be typed."""
    for word in WORDS:
        if "help" not in word.spellings:
            yield from asked(state, (word.spellings[0],))[1]


@pytest.mark.usefixtures("_named")
def test_no_word_has_a_key_named() -> None:
    assert len(MOMENTS) > 40
    for state in MOMENTS:
        assert not [line for line in typed(state) if A_KEY.search(line)]


@pytest.mark.usefixtures("_named")
def test_no_notice_and_no_refusal_has_a_key_named() -> None:
    said = [one for one in messages() if one.file.startswith(SAID)]
    assert len(said) > 200
    for one in said:
        for count in (1, 2, 3):
            told = (
                ngettext(one.text, one.many, count)
                if one.many
                else str(Phrase(one.text, context=one.context))
            )
            assert not A_KEY.search(told)


def test_each_key_of_the_table_has_a_word_here() -> None:
    assert set(BY_ID) <= set(ACTS)
    assert set(ACTS.values()) <= set(BY_SPELLING)


def test_each_way_has_a_word_here_and_a_key_on_the_screen() -> None:
    fixed = (key for one in FIXED for key in one.keys)
    keys = {label(key) for key in (*(one.key for one in SHORTCUTS), *fixed)}
    ways = [
        found.groups()
        for path in sorted(Path(agent_tui.__file__).parent.rglob("*.py"))
        for found in re.finditer(r'By\("([^"]*)", ([^)]*)\)', path.read_text(encoding="utf-8"))
    ]
    assert len(ways) > 8
    for act, told_keys in ways:
        assert act in ACTS
        assert set(re.findall(r'"([^"]+)"', told_keys)) <= keys


async def test_what_is_still_to_be_chosen_is_told_with_its_word_in_the_language_of_the_desk() -> None:
    async with talking() as talk:
        call = await talk.desk.talk("k-1")
        talk.desk.phone.closes(call)
        await talk.hears("Wrap-up of")
        await talk.says("finish", '"outcome" leads to the outcomes. Then "finish" finishes.')
        await talk.says("language he")
        refused = await talk.says("סיום", '"תוצאה"', '"סיום"')
        assert not A_KEY.search(refused)


async def test_notices_that_lead_somewhere_name_the_word_for_it() -> None:
    async with talking() as talk:
        message = a_message("m-9", "Hello", desk.CLOCK)
        talk.desk.hub.tell(c.ConversationEvent(conversation=a_conversation("c-1", unread=1), message=message))
        await talk.hears('writes by WhatsApp. "whatsapp" reads it.')
        away = c.PresenceSetEvent(presence=Presence.AWAY, by="Omer", words="Team talk.")
        talk.desk.hub.tell(away)
        await talk.hears('Choose Ready by "ready" when you can take calls.')
