"""Passwords: which are taken, what is stored of them, and what proves them."""

from __future__ import annotations

import re

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from hub.domain import passwords
from hub.domain.passwords import WeakPassword, hashed, proves

GOOD = "correct horse battery"


def test_what_is_stored_is_argon2id_with_a_salt_of_its_own() -> None:
    one, other = hashed(GOOD), hashed(GOOD)
    assert one != other
    assert GOOD not in one
    for kept in (one, other):
        assert kept.startswith("$argon2id$")
        assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
        assert proves(kept, GOOD)
        assert not proves(kept, GOOD + " ")


@pytest.mark.parametrize("length", [0, 11, 129])
def test_what_is_too_short_or_too_long_is_refused_in_words(length: int) -> None:
    with pytest.raises(WeakPassword, match="12 to 128 characters"):
        hashed("x" * length)


def test_the_same_letters_from_another_keyboard_prove_it() -> None:
    assert proves(hashed("caf\u00e9 caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301 cafe\u0301")


def test_nobody_costs_as_much_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    hasher = passwords._HASHER

    class Spy:
        def verify(self, kept: str, password: str) -> bool:
            compared.append(kept)
            return hasher.verify(kept, password)

    monkeypatch.setattr(passwords, "_HASHER", Spy())
    assert not proves(None, GOOD)
    assert not proves(None, "")
    assert [extract_parameters(kept) for kept in compared] == [RFC_9106_LOW_MEMORY] * 2


def test_what_is_no_hash_proves_nothing() -> None:
    for kept in ("", "x", re.sub(r"[^$]*$", "", hashed(GOOD))):
        assert not proves(kept, GOOD)
