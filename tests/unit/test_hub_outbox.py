"""The table of what is to leave the hub: bounded in tries and age, in order, never asked twice unknowing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.outbox import (
    CRM,
    CRM_OLDEST,
    CRM_TRIES,
    MOST_TRIES,
    OLDEST,
    Message,
    State,
    WrongStepError,
    due,
    missed,
    outdated,
    pause,
    sending,
    sent,
    too_old,
)
from hub.ports.messages import MessageError, NotNow, NotReached, PerhapsSent, Refused, Template

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ONE = Message("m1", "whatsapp", "+972505550101", Template("waiting_caller", "he"), "c-1", NOON, NOON)


def test_what_was_sent_is_over_and_has_the_providers_id() -> None:
    done = sent(sending(ONE), "wamid.1")
    assert (done.state, done.provider_id, done.tries, done.ended) == (State.SENT, "wamid.1", 1, True)


@pytest.mark.parametrize("error", [NotNow("many", 130429), NotReached("no line")])
def test_what_was_not_sent_is_tried_again_later(error: MessageError) -> None:
    again = missed(sending(ONE), error, NOON)
    assert (again.state, again.ended, again.code, again.words) == (
        State.WAITING,
        False,
        error.code,
        str(error),
    )
    assert again.at == NOON + timedelta(seconds=pause(1))


def test_the_providers_word_on_when_is_the_least() -> None:
    assert missed(sending(ONE), NotNow("", 4, after=900), NOON).at == NOON + timedelta(seconds=900)
    late = replace(sending(ONE), tries=6)
    assert missed(late, NotNow("", 4, after=10), NOON).at == NOON + timedelta(seconds=pause(6))


def test_pauses_grow_to_half_an_hour() -> None:
    assert [pause(tries) for tries in (1, 2, 3, 4, 5, 6, 16, 10_000)] == [
        4,
        16,
        64,
        256,
        1024,
        1800,
        1800,
        1800,
    ]


def test_what_is_refused_for_good_and_what_nobody_knows_of_is_not_tried_again() -> None:
    refused = missed(sending(ONE), Refused("no such template", 132001), NOON)
    assert (refused.state, refused.code, refused.words) == (State.GIVEN_UP, 132001, "no such template")
    unknown = missed(sending(ONE), PerhapsSent("no answer"), NOON)
    assert (unknown.state, unknown.ended) == (State.UNKNOWN, True)


def test_tries_are_bounded() -> None:
    message, tries = ONE, 0
    while not message.ended:
        message, tries = missed(sending(message), NotNow("later", 2), NOON), tries + 1
    assert (message.state, tries) == (State.GIVEN_UP, MOST_TRIES)


def test_age_is_bounded() -> None:
    assert not too_old(ONE, NOON + OLDEST)
    assert too_old(ONE, NOON + OLDEST + timedelta(seconds=1))
    given_up = outdated(replace(ONE, words="x" * 300))
    assert (given_up.state, given_up.words[:16], len(given_up.words)) == (
        State.GIVEN_UP,
        "not sent in time",
        300,
    )


@pytest.mark.parametrize("state", [one for one in State if one is not State.WAITING])
def test_only_what_waits_is_sent_or_given_up_for_its_age(state: State) -> None:
    for step in (sending, outdated):
        with pytest.raises(WrongStepError):
            step(replace(ONE, state=state))


@pytest.mark.parametrize("state", [one for one in State if one is not State.SENDING])
def test_only_what_was_asked_can_be_answered(state: State) -> None:
    message = replace(ONE, state=state)
    with pytest.raises(WrongStepError):
        sent(message, "wamid.1")
    with pytest.raises(WrongStepError):
        missed(message, Refused("no"), NOON)


def test_each_customers_messages_go_in_order() -> None:
    later = replace(ONE, at=NOON + timedelta(seconds=60))
    second = replace(ONE, id="m2")
    other = replace(ONE, id="m3", recipient="+972505550102")
    assert due((ONE, second, other), NOON) == (ONE, other)
    assert due((later, second, other), NOON) == (other,), "the first has not come, so the second waits"
    assert due((sending(ONE), second, other), NOON) == (other,)
    assert due((second, other), NOON) == (second, other)
    assert due((later,), later.at) == (later,)


def test_what_the_crm_is_to_remember_has_more_patience_than_a_message() -> None:
    note = replace(ONE, channel=CRM, recipient="1001")
    days = NOON + timedelta(days=10)
    assert too_old(ONE, days)
    assert not too_old(note, days)
    assert too_old(note, NOON + CRM_OLDEST + timedelta(seconds=1))
    tired = replace(sending(note), tries=MOST_TRIES)
    assert missed(tired, NotNow("away"), NOON).state is State.WAITING
    assert missed(replace(tired, tries=CRM_TRIES), NotNow("away"), NOON).state is State.GIVEN_UP


def test_customers_of_the_crm_and_numbers_wait_for_each_other_no_more_than_for_anybody() -> None:
    note = replace(ONE, id="m2", channel=CRM)
    assert [one.id for one in due((ONE, note, replace(note, id="m3")), NOON)] == ["m1", "m2"]


CUSTOMER = replace(ONE, id="m2", channel=CRM, recipient="1001", aliases=("tel:+9721", "tel:+9722"))
NUMBER = replace(ONE, id="m1", channel=CRM, recipient="tel:+9722")


def test_a_customer_waits_for_what_their_number_was_told_of_and_the_number_for_the_customer() -> None:
    assert due((NUMBER, CUSTOMER), NOON) == (NUMBER,)
    assert due((CUSTOMER, NUMBER), NOON) == (CUSTOMER,)
    assert due((sending(NUMBER), CUSTOMER), NOON) == ()
    other = replace(NUMBER, recipient="tel:+9723")
    assert due((other, CUSTOMER), NOON) == (other, CUSTOMER)
    assert due((replace(NUMBER, channel="whatsapp"), CUSTOMER), NOON)[1:] == (CUSTOMER,)


def test_two_customers_who_share_a_number_wait_for_each_other_only_by_who_may_be_either() -> None:
    sister = replace(CUSTOMER, id="m3", recipient="1002")
    assert due((CUSTOMER, sister), NOON) == (CUSTOMER, sister)
    assert due((CUSTOMER, NUMBER, sister), NOON) == (CUSTOMER,)


_AS_WHOM = ("1", "2", "tel:1", "tel:2", "tel:3")
_ANSWERS = (
    NotNow("later", 2),
    NotNow("later", 2, after=900),
    NotReached("no line"),
    Refused("no"),
    PerhapsSent("?"),
)
_MESSAGES = st.builds(
    lambda channel, recipient, aliases: replace(ONE, channel=channel, recipient=recipient, aliases=aliases),
    st.sampled_from((CRM, "whatsapp")),
    st.sampled_from(_AS_WHOM),
    st.lists(st.sampled_from(_AS_WHOM[2:]), max_size=2).map(tuple),
)


def _perhaps_one(first: Message, second: Message) -> bool:
    """Whether both may be of the same customer."""
    return first.channel == second.channel and (
        first.recipient in (second.recipient, *second.aliases) or second.recipient in first.aliases
    )


@given(st.lists(_MESSAGES, max_size=12), st.data())
def test_whatever_the_answers_none_goes_before_an_earlier_one_that_may_be_the_same_customers(
    made: list[Message], data: st.DataObject
) -> None:
    """And none waits for anything else."""
    open_ones, now = tuple(replace(one, id=str(place)) for place, one in enumerate(made)), NOON
    for _ in range(3 * len(made)):
        ready = due(open_ones, now)
        assert ready == tuple(
            one
            for place, one in enumerate(open_ones)
            if one.at <= now and not any(_perhaps_one(before, one) for before in open_ones[:place])
        )
        answers = {one.id: data.draw(st.sampled_from((None, *_ANSWERS))) for one in ready}
        asked = [_answered(one, answers[one.id], now) if one.id in answers else one for one in open_ones]
        open_ones = tuple(one for one in asked if not one.ended)
        now += timedelta(seconds=data.draw(st.sampled_from((0, 5, 2000))))


def _answered(message: Message, error: MessageError | None, now: datetime) -> Message:
    asked = sending(message)
    return missed(asked, error, now) if error else sent(asked, "x")
