"""Files that pass between customers and agents: what one is by its content, and a name that is safe anywhere.

What is told of a file (its name's ending, a media type) is told by whoever sent it. Its first bytes say what
programs will take it for: the magic numbers of PNG (ISO/IEC 15948, 5.2), JPEG (ITU-T T.81, B.1.1.3), PDF
(ISO 32000-1, 7.5.2), ZIP (APPNOTE 4.3.7) and OLE compound files (MS-CFB 2.2).
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from edge.text import clean

LONGEST_NAME: Final = 120
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OLE: Final = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_OPEN_XML: Final = {
    b"word/document.xml": f"{_OFFICE}.wordprocessingml.document",
    b"xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet",
    b"ppt/presentation.xml": f"{_OFFICE}.presentationml.presentation",
}
_MACROS: Final = b"vbaProject.bin"
_TEXT: Final = "text/plain"
SUFFIXES: Final = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/pdf": (".pdf",),
    _TEXT: (".txt", ".csv", ".log"),
    **{kind: (suffix,) for suffix, kind in _OLE.items()},
    **dict(zip(_OPEN_XML.values(), ((".docx",), (".xlsx",), (".pptx",)), strict=True)),
}
"""The kinds of files that pass, with the endings that a name of each may have."""
_NOT_IN_TEXT: Final = bytes({*range(32), 127} - set(b"\t\n\v\f\r"))
_NEVER_IN_NAMES: Final = dict.fromkeys(map(ord, '/\\:*?"<>|'), "_")
"""Separators, and what Windows takes in no name
(https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file).
"""
_NUMBERED = (f"{device}{number}" for device in ("com", "lpt") for number in range(10))
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul", *_NUMBERED})


def media_type_of(data: bytes, name: str) -> str:
    """What ``data`` is, of the kinds that pass; empty: none of them. The ``name`` only tells apart what
    begins alike.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE.get(_suffix(name), "")
    if data.startswith(b"PK\x03\x04"):
        return _of_zip(data)
    return _TEXT if data and data.translate(None, _NOT_IN_TEXT) == data else ""


def is_what_it_says(data: bytes, media_type: str) -> bool:
    """Whether ``data`` can be of this kind."""
    return any(media_type_of(data, f"x{suffix}") == media_type for suffix in SUFFIXES.get(media_type, ()))


def safe_name(name: str, media_type: str) -> str:
    """One that is no path, hides nothing, and ends as its kind does: ``invoice.exe`` is text, so it becomes
    ``invoice.exe.txt``.
    """
    kept = clean(name, limit=LONGEST_NAME * 2).translate(_NEVER_IN_NAMES).strip(". ")
    endings = SUFFIXES.get(media_type, (".bin",))
    ending = _suffix(kept)
    stem = kept[: -len(ending)] if ending in endings else kept
    ending = ending if ending in endings else endings[0]
    stem = stem[: LONGEST_NAME - len(ending)].strip(". ") or "file"
    taken = stem.partition(".")[0].strip().lower() in _DEVICES
    return f"{'_' if taken else ''}{stem}{ending}"


def _of_zip(data: bytes) -> str:
    """By its parts, whose names stand uncompressed in it. Those that carry programs do not pass."""
    if b"[Content_Types].xml" not in data or _MACROS in data:
        return ""
    return next((kind for part, kind in _OPEN_XML.items() if part in data), "")


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
