"""The enrolment code: typed by hand it comes back whole, and a slip is told before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.enrolment_code import (
    EnrolmentCode,
    MistypedCode,
    authority_fingerprint,
    fingerprint_text,
    read_fingerprint,
)
from tests.pbx.certificates import make_certificates

CODES = st.builds(
    EnrolmentCode,
    name=st.binary(min_size=3, max_size=3),
    secret=st.binary(min_size=16, max_size=16),
    authority=st.binary(min_size=14, max_size=14),
)


@given(CODES)
def test_what_is_printed_is_read(code: EnrolmentCode) -> None:
    assert EnrolmentCode.read(code.text()) == code
    assert EnrolmentCode.read(code.text().lower().replace("-", "  ") + "\n") == code
    assert EnrolmentCode.read(code.text().replace("O", "0").replace("I", "1").replace("B", "8")) == code


@given(CODES, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_is_a_slip(code: EnrolmentCode, place: int, letter: str) -> None:
    letters = code.text().replace("-", "")
    typed = letters[:place] + letter + letters[place + 1 :]
    if typed == letters:
        return
    try:
        read = EnrolmentCode.read(typed)
    except MistypedCode:
        return
    # two bytes of check: one slip in 65,536 passes, and the hub then knows no such code
    assert read != code


@given(st.text(max_size=80))
def test_any_other_text_is_a_slip(text: str) -> None:
    with pytest.raises(MistypedCode):
        EnrolmentCode.read(text)


@given(st.binary(min_size=14, max_size=14), st.text(max_size=40))
def test_a_fingerprint_that_is_printed_is_read_and_no_other_text(fingerprint: bytes, text: str) -> None:
    printed = fingerprint_text(fingerprint)
    assert len(printed) == 26
    assert read_fingerprint(printed) == read_fingerprint(printed.lower().replace("-", " ")) == fingerprint
    with pytest.raises(MistypedCode):
        read_fingerprint(text)


def test_a_new_code_is_like_no_other_and_shows_no_secret() -> None:
    one, other = EnrolmentCode.new(bytes(14)), EnrolmentCode.new(bytes(14))
    assert one.secret != other.secret
    assert (len(one.secret) * 8, len(one.text().replace("-", ""))) == (128, 56)
    assert repr(one.secret) not in repr(one)


def test_the_fingerprint_is_of_one_authority(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    pem = files.ca.read_text()
    assert authority_fingerprint(pem) == authority_fingerprint(f"\n{pem}\n")
    for other in (files.chain.read_text(), "", "hello", pem.replace("BEGIN", "BEG1N")):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever part of reading PEM says so
            authority_fingerprint(other)
