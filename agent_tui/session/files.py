"""Whether a file on the agent's machine passes to a customer, said before it is sent. Pure."""

from __future__ import annotations

from agent_tui.session.writing import ChosenFile
from agent_tui.text.catalogue import Phrase, Told
from hub.contract import FileLimits

_KB, _MB = 1024, 2**20
_NO_KIND = Phrase("Files of this kind do not go through: images and documents do.")
_EMPTY = Phrase("The file is empty.")


def is_image(media_type: str) -> bool:
    """Whether it is shown as an image; anything else that passes is a document."""
    return media_type.startswith("image/")


def unfit(chosen: ChosenFile, limits: FileLimits) -> Told:
    """Why it does not pass; empty where it does."""
    found = chosen.found
    if found is None:
        return chosen.words
    if not found.size:
        return _EMPTY
    image = is_image(found.media_type)
    most = limits.image if image else limits.document
    if found.size <= most:
        return "" if found.media_type else _NO_KIND
    if image:
        return Phrase("An image may have at most {most} MB.", most=most // _MB)
    return Phrase("A document may have at most {most} MB.", most=most // _MB)


def size_of(size: int) -> Phrase:
    """In the unit that people read."""
    if size < _MB:
        return Phrase("{size} kB", size=max(min(size, 1), round(size / _KB)))
    return Phrase("{size} MB", size=f"{size / _MB:.1f}")
