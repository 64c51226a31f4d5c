"""Which requests carry files: they may be larger than all others, and take longer."""

from __future__ import annotations

import re
from typing import Final

LARGEST_FILE: Final = 16 * 2**20
"""Bytes of the largest file that passes (``hub.ports.messages``)."""
FILE_WITHIN: Final = 150.0
"""Seconds for one: it goes on to WhatsApp, or comes from there, before the request is answered."""
_SENT = re.compile(r"/v1/conversations/[0-9a-z]{1,32}/files")
_FETCHED = re.compile(r"/v1/conversations/[0-9a-z]{1,32}/file")


def brings_file(method: str, path: str) -> bool:
    """Whether a request has a file as its body."""
    return method == "POST" and _SENT.fullmatch(path) is not None


def fetches_file(method: str, path: str) -> bool:
    """Whether a request is answered by a file."""
    return method == "GET" and _FETCHED.fullmatch(path) is not None
