"""Which requests may be as large, and take as long, as a file: those that carry one, and no others."""

from __future__ import annotations

import pytest

from hub.file_paths import brings_file, fetches_file

ONE = "/v1/conversations/0a1b"


@pytest.mark.parametrize(
    ("method", "path", "brings", "fetches"),
    [
        ("POST", f"{ONE}/files", True, False),
        ("GET", f"{ONE}/file", False, True),
        ("PUT", f"{ONE}/files", False, False),
        ("GET", f"{ONE}/files", False, False),
        ("POST", f"{ONE}/file", False, False),
        ("POST", f"{ONE}/messages", False, False),
        ("POST", f"{ONE}/files/", False, False),
        ("POST", f"{ONE}/files/more", False, False),
        ("POST", f"{ONE}/messages/files", False, False),
        ("GET", f"{ONE}/file\n", False, False),
        ("POST", f"/v1/conversations/{'a' * 32}/files", True, False),
        ("POST", f"/v1/conversations/{'a' * 33}/files", False, False),
        ("POST", "/v1/conversations//files", False, False),
        ("POST", "/v1/contacts/0a1b/files", False, False),
        ("POST", f"/more{ONE}/files", False, False),
    ],
)
def test_a_file_goes_by_two_paths_alone(method: str, path: str, brings: bool, fetches: bool) -> None:
    assert (brings_file(method, path), fetches_file(method, path)) == (brings, fetches)
