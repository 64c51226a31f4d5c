"""One small file of each kind that passes between customers and agents, and some that must not."""

from __future__ import annotations

from hub.ports.messages import KINDS

PDF = b"%PDF-1.7 \x00\xff of this run"
JPEG = b"\xff\xd8\xff\xe0 of this run"
HTML = b"<!DOCTYPE html><html><body>Sorry</body></html>"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 of this run"
_ZIP = b"PK\x03\x04\x14 [Content_Types].xml PK\x03\x04\x14 "
DOCX = _ZIP + b"word/document.xml"
XLSM = _ZIP + b"xl/workbook.xml PK\x03\x04\x14 xl/vbaProject.bin"
_NAMES = {
    "photo.jpg": JPEG,
    "drawing.png": b"\x89PNG\r\n\x1a\n of this run",
    "invoice.pdf": PDF,
    "notes.txt": "שלום\r\n".encode(),
    "letter.doc": _OLE,
    "sums.xls": _OLE,
    "talk.ppt": _OLE,
    "letter.docx": DOCX,
    "sums.xlsx": _ZIP + b"xl/workbook.xml",
    "talk.pptx": _ZIP + b"ppt/presentation.xml",
}
FILES = tuple((name, data, kind) for (name, data), kind in zip(_NAMES.items(), KINDS, strict=True))
"""Name, content, media type."""
