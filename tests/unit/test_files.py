"""What a file is by its content, and what it may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.files import LONGEST_NAME, SUFFIXES, is_what_it_says, media_type_of, safe_name
from hub.ports.messages import KINDS
from tests.stubs.some_files import DOCX, FILES, HTML, XLSM


def test_every_kind_that_passes_is_known_by_its_content() -> None:
    assert {kind for _, _, kind in FILES} == SUFFIXES.keys() == KINDS.keys()


@pytest.mark.parametrize(("name", "data", "kind"), FILES, ids=lambda one: one if isinstance(one, str) else "")
def test_the_content_decides_and_not_the_name(name: str, data: bytes, kind: str) -> None:
    assert media_type_of(data, name) == kind
    assert is_what_it_says(data, kind)
    assert safe_name(name, kind) == name
    if not kind.startswith("application/m") and not kind.startswith("application/vnd.ms"):
        assert media_type_of(data, "invoice.exe") == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"GIF89a\x00",
        b"PK\x03\x04 a.exe",
        XLSM,
        b"\x00" * 9,
        b"\xd0\xcf\x11\xe0",
    ],
)
def test_what_is_none_of_them_does_not_pass(data: bytes) -> None:
    assert media_type_of(data, "picture.png") == ""


def test_a_page_is_no_picture_and_a_text_at_most() -> None:
    assert media_type_of(HTML, "photo.jpg") == "text/plain"
    assert not is_what_it_says(HTML, "image/jpeg")
    assert not is_what_it_says(DOCX, "application/pdf")
    assert is_what_it_says("שלום".encode("cp1255"), "text/plain"), "Windows writes Hebrew so"


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../.bashrc", "text/plain", "_.._.bashrc.txt"),
        ("C:\\Users\\x.jpg", "image/jpeg", "C__Users_x.jpg"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"),
        ("photo\u202egpj.exe", "image/png", "photogpj.exe.png"),
        ("חשבונית 7.PDF", "application/pdf", "חשבונית 7.pdf"),
        ("", "image/png", "file.png"),
        ("con.jpg", "image/jpeg", "_con.jpg"),
        (".desktop", "text/plain", "desktop.txt"),
    ],
)
def test_a_name_is_no_path_and_ends_as_its_kind_does(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind) == safe


@given(st.text(max_size=400), st.sampled_from(sorted(SUFFIXES)))
def test_no_name_leads_anywhere_else(name: str, kind: str) -> None:
    safe = safe_name(name, kind)
    assert 0 < len(safe) <= LONGEST_NAME + 1
    assert not set(safe) & set('/\\:*?"<>|\x00\n')
    assert not safe.startswith(".")
    assert safe.endswith(SUFFIXES[kind])
    assert safe_name(safe, kind) == safe
