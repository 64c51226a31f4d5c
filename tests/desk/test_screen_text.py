"""Text from outside, over the whole screen: shown literally or cleaned, and nothing of it acts.

Pilot reads composed strings. That the terminal's bytes hold nothing of it is proved in a pty, in
``tests/e2e``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from agent_tui.app import MokedApp
from agent_tui.session.state import NoteState, Notice, SessionState, Severity, Work
from agent_tui.widgets.note_pane import NotePane
from edge.text import clean
from hub import contract as hub
from sip.events import Party
from tests.desk.screen import Screen, showing
from tests.stubs import desk

CORPUS = {
    "click": "[@click=app.quit]x[/]",
    "unbalanced": "[/red]",
    "half a tag": "Hello [/] [b",
    "window title": "\x1b]0;x\x07",
    "clipboard": "\x1b]52;c;eA==\x07x",
    "colour": "\x1b[31mred\x1b[0m",
    "c1": "\x9b31mX\x9d0;t\x9c",
    "override": "052\u202e7654321",
    "isolate": "\u2067052\u2066x",
    "variable": "$primary [$error]x",
    "link": "[link=file:///etc/passwd]x[/link]",
    "long": "A" * 4_000,
    "long words": "word " * 900,
    "zalgo": "a" + "\u0301" * 60 + "b",
    "emoji": "👨\u200d👩\u200d👧x",
    "flag": "🇮🇱x❤\ufe0f",
    "pictures": "❤\ufe0f\u200d🔥☎\ufe0f 👍🏽 1\ufe0f\u20e3 " * 6,
    "wide": "漢字漢字漢字",
    "hebrew brackets": "כהן (יוסי) [/b]",
    "lines": "a\nb\r\nc\td",
}
NARROW, NORMAL = (80, 24), (120, 40)
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class Watched(MokedApp):
    """A desk that counts attempts to make it act."""

    acted = 0

    async def action_quit(self) -> None:
        self.acted += 1


def hostile(text: str) -> SessionState:
    """The talking desk with ``text`` in every place that takes words from outside, as the edge cleans it."""
    one, many = clean(text), clean(text, limit=2_000, multiline=True)
    call = replace(
        desk.TALKING.calls[0], party=Party(one, one, one), encryption=one, transferring=one, keys_sent=one
    )
    return replace(
        desk.TALKING,
        me=_agent(one),
        calls=(call,),
        work=(_work(one, many),),
        queues=tuple(queue.model_copy(update={"title": one}) for queue in desk.QUEUES),
        notices=(Notice("t", Severity.WARNING, one),),
        coaches=(hub.Coach(name=one, contact="k-1", mode=hub.ListenMode.WHISPER),),
    )


def _agent(one: str) -> hub.Me:
    return desk.ME.model_copy(
        update={
            "name": one,
            "extension": one,
            "reason": one,
            "presence": hub.Presence.AWAY,
            "dispositions": (hub.Disposition(code="d", label=one),),
            "pause_reasons": (one,),
            "members": (hub.MemberView(queue="support", state="free", paused=True, reason=one),),
        }
    )


def _work(one: str, many: str) -> Work:
    offer = hub.Offer(
        contact="k-1", queue=one, queue_title=one, number=one, name=one, waited=1, offered_at=desk.CLOCK
    )
    found = hub.CardAnswer(contact="k-1", number=one, status=hub.CardStatus.FOUND, cards=(_card(one, many),))
    return replace(
        desk.TALKING.work[0],
        offer=offer,
        card=found,
        script=_script(one, many),
        progress=hub.ScriptProgress(script="s", revision="1", answers={"a": one}),
        note=many,
        note_state=NoteState.SAVED,
        disposition="d",
    )


def _card(one: str, many: str) -> hub.Card:
    return hub.Card(
        customer=one,
        name=one,
        numbers=(one, "1"),
        segment=one,
        city=one,
        fields=(hub.CardField(label=one, value=one),),
        matters=(hub.Matter(reference=one, title=many, opened=desk.CLOCK, status=one),),
        history=(hub.PastContact(at=desk.CLOCK, channel=one, summary=many, agent=one),),
        facts={"fact": one},
    )


def _script(one: str, many: str) -> hub.Script:
    first = hub.Step(id="a", title=one + " {fact}", text=many, answers=(one or "x",))
    steps = first, hub.Step(id="b", title=one)
    return hub.Script(id="s", title=one, language="en", revision="1", steps=steps)


def no_markup_acts(screen: Screen) -> None:
    """No cell of the screen carries an action or a link, and every line is as wide as the screen, beside
    an overlay, too, and whether its characters are counted together or one by one.
    """
    width, height = screen.app.size
    strips = screen.app.screen._compositor.render_strips()
    assert len(strips) == height
    for strip in strips:
        assert sum(cell_len(segment.text) for segment in strip) == width
        assert sum(cell_len(char) for segment in strip for char in segment.text) == width
        for segment in strip:
            assert not any(unicodedata.category(char) == "Cc" for char in segment.text)
            meta: dict[str, Any] = segment.style.meta if segment.style is not None else {}
            assert "@click" not in meta
            assert segment.style is None or segment.style.link is None


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, NARROW) for name in CORPUS),
        *((name, NORMAL) for name in ("click", "long", "hebrew brackets")),
    ],
)
async def test_hostile_text_is_shown_and_does_nothing(name: str, size: tuple[int, int]) -> None:
    async with showing(hostile(CORPUS[name]), size, app=Watched) as screen:
        shown = screen.everything()
        assert not [char for char in shown if char != "\n" and (ord(char) < 32 or 127 <= ord(char) < 160)]
        assert not _STEERING.intersection(shown)
        no_markup_acts(screen)
        await screen.press("f5")
        no_markup_acts(screen)
        await screen.press("escape")
        for y in range(1, size[1] - 4, 6):
            await screen.pilot.click(offset=(size[0] // 6, y))
        assert isinstance(screen.app, Watched)
        assert screen.app.acted == 0


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("click", "[@click=app.quit]x[/]"),
        ("unbalanced", "[/red]"),
        ("variable", "$primary [$error]x"),
        ("window title", "]0;x"),
    ],
)
async def test_brackets_and_dollars_are_text(name: str, literal: str) -> None:
    async with showing(hostile(CORPUS[name]), (160, 60)) as screen:
        for part in ("status", "card", "script", "queues", "notices", "calls", "outcome"):
            assert literal in screen.sheet(part), part
        assert literal in screen.desk.query_one("#note", NotePane).render_line(0).text


async def test_titles_in_borders_are_text() -> None:
    async with showing(hostile("[@click=app.quit]x[/]"), (160, 60)) as screen:
        assert "Script: [@click=app.quit]x[/]" in screen.everything()
        assert "Note · [@click=app.quit]x[/]" in screen.everything()


async def test_a_hostile_reason_is_text_in_the_choice() -> None:
    state = hostile("[@click=app.quit]x[/]")
    assert state.me is not None
    ready = replace(state, me=state.me.model_copy(update={"presence": hub.Presence.READY}))
    async with showing(ready) as screen:
        await screen.press("f9")
        assert "[@click=app.quit]x[/]" in screen.everything()
        no_markup_acts(screen)


async def test_a_cut_is_seen() -> None:
    async with showing(hostile("A" * 4_000), NARROW) as screen:
        for part in ("status", "card", "queues", "calls", "outcome"):
            lines = screen.sheet(part).splitlines()
            assert any("…" in line for line in lines), part
