"""What each part of the desk says in each state: pages are plain values, read here without a screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.card import card_page
from agent_tui.screens.views.note import note_view, outcome_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.script import script_page
from agent_tui.screens.words import number, timer
from agent_tui.session.state import Phase, SessionState
from agent_tui.text.bidi import visual_text
from agent_tui.text.catalogue import Phrase, use
from agent_tui.text.local import day, day_time, near_day_time
from agent_tui.widgets.cells import Page, lay_out
from hub import contract as hub
from sip.call_state import CallState
from sip.events import AudioLevels
from tests.desk.screen import showing
from tests.stubs import desk
from tests.stubs.customers import ENGLISH_CARD, found

MONEY = hub.FieldKind.MONEY


def said(page: Page, width: int = 200) -> str:
    lines = ["".join(text for text, _ in line).rstrip() for row in page.rows for line in lay_out(row, width)]
    return "\n".join([page.title, *lines, page.subtitle])


def card(state: SessionState, width: int = 60) -> str:
    return said(card_page(state, desk.CLOCK), width)


def with_card(answer: hub.CardAnswer) -> SessionState:
    return replace(desk.RINGING, work=(replace(desk.RINGING.work[0], card=answer),))


def test_the_handling_time_is_shown_with_its_parts() -> None:
    told = said(queues_page(desk.IDLE, roomy=True))
    assert "04:12 handling" in told
    assert "03:10 talk +00:24 hold +00:38 wrap" in told
    assert desk.IDLE.own is not None
    nothing = replace(desk.IDLE, own=desk.IDLE.own.model_copy(update={"today": hub.AgentCounts()}))
    assert "hold" not in said(queues_page(nothing, roomy=True))


def test_the_card_tells_who_why_and_how_long() -> None:
    told = card(desk.RINGING)
    for words in ("Ruth Ben-Ami", "gold", "Ra'anana", "+972 50-555-0121 ◀ calling", "Fibre 1000", "Support"):
        assert words in told
    assert "waiting 01:16" in told, "72 seconds in the queue and 4 of ringing"
    assert "waited 01:12" in card(desk.TALKING)
    assert "A-1234 · waiting for stock · 12\u00a0May" in told
    assert "26\u00a0May 14:30 · call · Rina" in told


@pytest.mark.parametrize(
    ("status_", "words"),
    [
        (hub.CardStatus.PENDING, "Looking the caller up"),
        (hub.CardStatus.UNKNOWN, "Not known to the CRM"),
        (hub.CardStatus.PRIVATE, "No number came with the call"),
        (hub.CardStatus.CRM_DOWN, "The CRM does not answer"),
    ],
)
def test_without_a_card_it_says_why(status_: hub.CardStatus, words: str) -> None:
    told = card(
        with_card(hub.CardAnswer(contact="k-1", number="+972505550121", status=status_, words="hub's own"))
    )
    assert words in told
    assert "hub's own" in told
    assert ("+972 50-555-0121" in told) is (status_ is not hub.CardStatus.PRIVATE)
    assert "Ruth" not in told


def test_what_is_missing_on_a_card_is_said_on_it() -> None:
    part = ENGLISH_CARD.model_copy(update={"matters": (), "missing": "open matters: The CRM [b]broke"})
    told = card(with_card(found("k-1", part)))
    assert "▲ open matters: The CRM [b]broke" in told
    assert "Ruth Ben-Ami" in told
    assert "▲" not in card(with_card(found("k-1", ENGLISH_CARD)))


PREMIUM = hub.SegmentTitle(values=("gold", "silver"), title="לקוח מועדף")


@pytest.mark.parametrize(("state", "word"), [(desk.RINGING, "gold"), (desk.SEVERAL, "silver")])
def test_a_segment_is_shown_as_the_centre_calls_it(state: SessionState, word: str) -> None:
    titled = replace(state, me=desk.ME.model_copy(update={"segments": (PREMIUM,)}))
    assert visual_text(PREMIUM.title) in card(titled)
    assert word in card(state)
    assert word not in card(titled)
    other = PREMIUM.model_copy(update={"values": ("bronze",)})
    assert word in card(replace(state, me=desk.ME.model_copy(update={"segments": (other,)})))
    assert word in card(replace(state, me=None))


def test_several_cards_can_each_be_chosen() -> None:
    page = card_page(desk.SEVERAL, desk.CLOCK)
    assert [row.key for row in page.rows if row.key] == ["C-2012", "C-2013", "C-1003"]
    chosen = replace(desk.SEVERAL, work=(replace(desk.SEVERAL.work[0], customer="C-2013"),))
    assert "Jonathan Ben-Ami" in card(chosen)
    assert not any(row.key for row in card_page(chosen, desk.CLOCK).rows)


@pytest.mark.parametrize(
    ("label", "value", "shown"),
    [
        ("Chose", "My [red]order", ("Chose", "My [red]order")),
        ("הוקש", "48190 · זוהה", ("שקוה", "ההוז · 48190")),
    ],
)
def test_what_the_caller_did_before_is_told_with_the_offer(
    label: str, value: str, shown: tuple[str, str]
) -> None:
    """Hebrew as a terminal paints it, from left to right."""
    work = desk.RINGING.work[0]
    assert work.offer is not None
    facts = (hub.CardField(label=label, value=value),)
    offer = work.offer.model_copy(update={"facts": facts})
    told = card(replace(desk.RINGING, work=(replace(work, offer=offer, card=None),)))
    assert [words for words in shown if words not in told] == []


def test_a_ring_without_the_hub_says_who_is_missing() -> None:
    assert "The hub does not answer: no card" in card(desk.HUB_DOWN)
    assert "The hub does not answer: no script" in said(script_page(desk.HUB_DOWN))
    direct = replace(desk.RINGING, work=(), calls=(replace(desk.RINGING.calls[0], contact=""),))
    assert "no queue" in card(direct)
    assert "+972 50-555-0121" in said(calls_page(direct))


def test_a_hebrew_value_turns_nothing_round_that_is_not_its_own() -> None:
    told = card(desk.HEBREW)
    assert visual_text("מיכל אורן") in told
    assert f"{visual_text('ירושלים')} · speaks Hebrew" in told
    assert f"A-1234 · {visual_text('ממתין למלאי')} · 12\u00a0May" in told
    assert "+972 50-555-0103 ◀ calling" in told


def test_script_steps_carry_signs_and_the_answer_taken_down() -> None:
    told = said(script_page(desk.TALKING))
    for words in (
        "✔ 1 Greet",
        "Verified",
        "▶ 4 The plan ends on 31 May",
        "“I see that Fibre 1000",
        "○ Later",
        "○ 5",
    ):
        assert words in told
    assert "3 of 6" in told
    assert "‹renewal›" in said(script_page(desk.SEVERAL)), "an unknown fact is a visible gap"


def test_queues_show_the_service_level_with_its_formula() -> None:
    for roomy in (True, False):
        told = said(queues_page(desk.IDLE, roomy=roomy))
        assert "85%" in told
        assert "answered in time ÷ answered" in told
        assert "–" in told, "no level before the first answer"
    blocks = said(queues_page(desk.IDLE, roomy=True))
    for words in (
        "3 waiting 01:42",
        "118 answered",
        "10 abandoned",
        "SL 20 s",
        "00:17 mean wait",
        "2 ready",
        "5 busy",
    ):
        assert words in blocks


def test_callbacks_are_shown_where_there_are_any() -> None:
    assert "to call" not in said(queues_page(desk.IDLE, roomy=True))
    first, *others = desk.IDLE.queues
    for callbacks, done in ((2, 0), (0, 5)):
        today = first.today.model_copy(update={"called_back": done})
        changed = first.model_copy(update={"callbacks": callbacks, "today": today})
        told = said(queues_page(replace(desk.IDLE, queues=(changed, *others)), roomy=True))
        assert f"{callbacks} to call" in told
        assert f"{done} called back" in told


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (desk.RINGING, ["RINGING", "00:04", "Ruth Ben-Ami", "Support"]),
        (desk.TALKING, ["TALKING", "03:27", "SRTP AES_CM_128"]),
        (desk.HELD_MUTED, ["ON HOLD", "MUTED", "keys 12#"]),
        (desk.WRAP_UP, ["WRAP-UP", "00:42", "F12 stores it"]),
        (desk.IDLE, ["No call"]),
        (
            replace(desk.TALKING, calls=(replace(desk.TALKING.calls[0], transferring="1002"),)),
            ["→ transferring to 1002"],
        ),
    ],
)
def test_calls_tell_how_they_stand(state: SessionState, words: list[str]) -> None:
    for one in words:
        assert one in said(calls_page(state))


@pytest.mark.parametrize(
    ("microphone", "speaker", "told"),
    [(-96, -96, "mic · ear ·"), (-25, -12, "mic ▆ ear █"), (0, -48, "mic █ ear ▂")],
)
def test_a_talk_shows_how_loud_both_sides_are(microphone: float, speaker: float, told: str) -> None:
    levels = {"call-1": AudioLevels("call-1", microphone, speaker)}
    assert told in said(calls_page(desk.TALKING, None, levels))
    assert "mic" not in said(calls_page(desk.HELD_MUTED, None, levels))


async def test_levels_are_painted_with_the_next_tick() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.hears(AudioLevels("call-1", -25, -12))
        screen.app.painting.turn()
        await screen.pilot.pause()
        assert "mic ▆ ear █" in screen.sheet("calls")


def test_only_the_call_that_keys_act_on_is_marked() -> None:
    marked = [line for line in said(calls_page(desk.TWO_CALLS)).splitlines() if "▶" in line]
    assert len(marked) == 1
    assert "Ruth" in marked[0]
    swapped = replace(desk.TWO_CALLS, active="call-2")
    assert "RINGING" in next(line for line in said(calls_page(swapped)).splitlines() if "▶" in line)


def test_an_outgoing_call_says_whether_it_rings_there() -> None:
    out = replace(desk.TALKING.calls[0], state=CallState.DIALLING, outgoing=True, answered=None)
    for state, words in ((CallState.DIALLING, "DIALLING"), (CallState.RINGING, "RINGS THERE")):
        assert words in said(calls_page(replace(desk.TALKING, calls=(replace(out, state=state),))))


def test_note_and_outcome_stay_with_the_talk_when_another_rings() -> None:
    rung = replace(
        desk.WRAP_UP, work=(*desk.WRAP_UP.work, replace(desk.TWO_CALLS.work[1], phase=Phase.OFFERED))
    )
    assert rung.shown is not None
    assert rung.shown.contact == "k-2"
    assert note_view(rung).contact == "k-1"
    assert "◉ Needs follow-up" in said(outcome_page(rung))
    assert note_view(desk.RINGING).contact == "k-1"
    assert outcome_page(desk.RINGING).rows == ()


def test_a_wrap_up_on_its_way_takes_no_more_writing() -> None:
    stored = replace(desk.WRAP_UP, work=(replace(desk.WRAP_UP.work[0], finishing=True),))
    assert not note_view(stored).writable
    assert "STORING" in said(calls_page(stored))


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "00:00"), (-3, "00:00"), (59.9, "00:59"), (102, "01:42"), (3_723, "1:02:03")]
)
def test_timers(seconds: float, told: str) -> None:
    assert timer(seconds) == told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("+972505550121", "+972 50-555-0121"),
        ("+97235550101", "+972 3-555-0101"),
        ("+12125550101", "+1 212 555 0101"),
        ("1002", "1002"),
        ("+4930123456", "+4930123456"),
        ("+972505550121x", "+972505550121x"),
    ],
)
def test_numbers_are_grouped_where_the_plan_is_known(raw: str, told: str) -> None:
    assert number(raw) == told


def test_days_are_told_in_the_agents_own_zone() -> None:
    late = desk.CLOCK.replace(hour=0, minute=30)
    assert day(late, desk.CLOCK) == "today"
    assert day_time(late, desk.CLOCK) == "today 00:30"
    assert day(late.replace(year=2024), desk.CLOCK) == "28\u00a0May\u00a02024"


def test_a_moment_that_the_hub_tells_in_utc_is_on_the_agents_own_day() -> None:
    past_midnight = (desk.CLOCK + timedelta(days=1)).replace(hour=0, minute=30).astimezone(UTC)
    assert past_midnight.date() == desk.CLOCK.date(), "there it is the day before still"
    assert near_day_time(past_midnight, desk.CLOCK) == "tomorrow 00:30"
    assert day_time(past_midnight, desk.CLOCK + timedelta(days=1)) == "today 00:30"


@pytest.mark.parametrize(
    ("field", "english", "hebrew"),
    [
        (hub.CardField(label="x", value="-1234.5", kind=MONEY, currency="ILS"), "-₪1,234.50", "₪ 1,234.50-"),
        (hub.CardField(label="x", value="3", kind=MONEY, currency="JPY"), "JP¥3", "¥ 3"),
        (hub.CardField(label="x", value="12500.25", kind=hub.FieldKind.NUMBER), "12,500.25", "12,500.25"),
        (
            hub.CardField(label="x", value="2026-11-28", kind=hub.FieldKind.DATE),
            "28 Nov 2026",
            visual_text("28 בנוב׳ 2026"),
        ),
        (hub.CardField(label="x", value="soon", kind=MONEY, currency="ILS"), "soon ILS", "soon ILS"),
        (hub.CardField(label="x", value="2026-13-01", kind=hub.FieldKind.DATE), "2026-13-01", "2026-13-01"),
        (hub.CardField(label="x", value="2026-11-28"), "2026-11-28", "2026-11-28"),
    ],
)
def test_money_figures_and_dates_are_written_as_the_language_does(
    field: hub.CardField, english: str, hebrew: str
) -> None:
    one = ENGLISH_CARD.model_copy(update={"fields": (field,)})
    assert english in card(with_card(found("k-1", one))).replace("\u00a0", " ")
    use("he")
    assert hebrew in card(with_card(found("k-1", one))).replace("\u00a0", " ")


def test_figures_in_sentences_are_written_as_the_language_does() -> None:
    phrase = Phrase("{loss:g} % of {rtt:.0f} ms", loss=1.25, rtt=1234.5)
    assert str(phrase) == "1.25 % of 1,234 ms"


def test_a_customer_of_ones_own_is_said_to_be_that() -> None:
    def of(agent: str) -> str:
        work = desk.TALKING.shown
        assert work is not None
        assert work.card is not None
        cards = tuple(one.model_copy(update={"personal_agent": agent}) for one in work.card.cards)
        answer = work.card.model_copy(update={"cards": cards})
        return card(replace(desk.TALKING, work=(replace(work, card=answer),)))

    assert "★ your customer" in of(desk.ME.agent)
    assert "your customer" not in of("somebody-else")
    assert "your customer" not in of("")
