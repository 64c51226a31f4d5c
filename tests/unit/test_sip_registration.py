"""The table of a registration, and the pauses between its tries."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.events import RegistrationState
from sip.registration import LONGEST_PAUSE, TABLE, Signal, Standing, advance, pause

REGISTERED = Standing(RegistrationState.REGISTERED)
_signals = st.lists(st.sampled_from(Signal))
_counts = st.integers(1, 4)


def after(signals: Sequence[Signal], registrars: int, standing: Standing | None = None) -> Standing:
    standing = standing or Standing()
    for signal in signals:
        standing = advance(standing, signal, registrars)
    return standing


@given(_signals, _counts)
def test_no_way_leads_out_of_a_refusal_but_the_desks_word(signals: list[Signal], registrars: int) -> None:
    refused = advance(REGISTERED, Signal.REFUSED, registrars)
    quiet = [signal for signal in signals if signal not in (Signal.ASKED, Signal.LEFT)]
    assert after(quiet, registrars, refused).state is RegistrationState.REFUSED


@given(_signals, _counts)
def test_a_registrar_is_always_one_of_the_order(signals: list[Signal], registrars: int) -> None:
    assert 0 <= after(signals, registrars).registrar < registrars


@given(_signals, _counts)
def test_registered_is_only_who_was_accepted(signals: list[Signal], registrars: int) -> None:
    standing = after(signals, registrars)
    told = [signal for signal in signals if signal is not Signal.ASKED]
    if standing.state is RegistrationState.REGISTERED:
        assert told[-1] is Signal.ACCEPTED


def test_every_state_knows_the_desks_no() -> None:
    for signals in TABLE.values():
        assert signals[Signal.LEFT] is RegistrationState.UNREGISTERED


def test_a_registrar_that_does_not_answer_hands_on_to_the_next() -> None:
    asked = advance(Standing(), Signal.ASKED, 3)
    second = advance(asked, Signal.FAILED, 3)
    assert second == Standing(RegistrationState.REGISTERING, registrar=1)
    assert pause(second, 1.0) == 0
    third = advance(second, Signal.FAILED, 3)
    assert third.registrar == 2
    none = advance(third, Signal.FAILED, 3)
    assert none == Standing(RegistrationState.UNREACHABLE, rounds=1)
    assert pause(none, 1.0) > 0


def test_a_doubt_begins_with_the_first_registrar() -> None:
    second = Standing(RegistrationState.REGISTERED, registrar=1)
    assert advance(second, Signal.DOUBTED, 2) == Standing(RegistrationState.REGISTERING)


def test_the_pauses_grow_and_stop_growing() -> None:
    standing = advance(Standing(), Signal.ASKED)
    pauses: list[float] = []
    for _ in range(6):
        standing = advance(standing, Signal.FAILED)
        pauses.append(pause(standing, 1.0))
    assert pauses == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_registration_that_stood_starts_over_with_short_pauses() -> None:
    standing = after([Signal.ASKED, *[Signal.FAILED] * 5, Signal.ACCEPTED, Signal.FAILED], 1)
    assert pause(standing, 1.0) == 0.5


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_pause_is_spread_over_its_later_half(rounds: int, chance: float) -> None:
    waits = pause(Standing(RegistrationState.UNREACHABLE, rounds=rounds), chance)
    full = min(0.5 * 2 ** min(rounds - 1, 10), LONGEST_PAUSE)
    assert full / 2 <= waits <= full


@pytest.mark.parametrize("state", sorted(TABLE))
def test_asking_again_changes_nothing_that_is_under_way(state: RegistrationState) -> None:
    standing = Standing(state, rounds=3)
    fresh = state in (RegistrationState.UNREGISTERED, RegistrationState.REFUSED)
    assert advance(standing, Signal.ASKED) == (Standing(RegistrationState.REGISTERING) if fresh else standing)
