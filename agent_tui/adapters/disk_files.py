"""``agent_tui.ports.LocalFiles``: the files of the user whose desk it is.

What is saved is a new file that nobody else can read and nothing executes, in the directory for downloads,
and never in the place of another (``O_EXCL``). What is sent is a regular file: a pipe would never end, and a
device may do something when it is read.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

import platformdirs

from agent_tui.ports import LocalFileError
from agent_tui.session.writing import LocalFile
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import reason
from edge.files import media_type_of, safe_name
from edge.text import clean

_LONGEST_LOOK: Final = 16 * 2**20
"""Bytes: what a document is stands anywhere in it. Larger ones do not pass anyway."""
_MOST_OF_A_NAME: Final = 1000
_LONGEST_NAME: Final = 255
"""Characters that a name can have: ``NAME_MAX`` bytes of POSIX systems."""
_NO_FILE: Final = Phrase("There is no file of this name.")
_NO_PERMISSION: Final = Phrase("You may not read this file.")
_NOT_REGULAR: Final = Phrase("This is a directory or a device, and no file.")
_GROWN: Final = Phrase("The file is larger than this centre sends.")


def downloads() -> Path:
    """The user's directory for downloads."""
    return platformdirs.user_downloads_path()


class DiskFiles:
    """``place`` tells where what is saved goes."""

    def __init__(self, place: Callable[[], Path] = downloads) -> None:
        self._place = place

    def look(self, path: str) -> LocalFile:
        """The port's ``look``."""
        where = _meant(path)
        with _opened(where) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(_LONGEST_LOOK)
        return LocalFile(clean(where.name, limit=120), size, media_type_of(data, where.name))

    def read(self, path: str, most: int) -> bytes:
        """The port's ``read``."""
        with _opened(_meant(path)) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise LocalFileError(_GROWN)
        return data

    def save(self, name: str, media_type: str, data: bytes) -> str:
        """The port's ``save``."""
        place = self._place()
        try:
            place.mkdir(parents=True, exist_ok=True)
            for path in _names(place, safe_name(name, media_type)):
                if _written(path, data):
                    return str(path)
        except OSError as error:
            raise LocalFileError(_why(error)) from error
        raise LocalFileError(Phrase("There are too many files of this name already."))


def _meant(path: str) -> Path:
    """As it was typed, or as terminals write what is dropped on them, whichever lies there."""
    try:
        meant = [Path(one).expanduser() for one in _readings(path.strip())]
    except (ValueError, RuntimeError) as error:
        raise LocalFileError(_NO_FILE) from error
    whole = [one for one in meant if one.is_absolute()]
    if not whole:
        raise LocalFileError(Phrase("Type the whole path of the file, from / or ~."))
    return next((found for one in whole if (found := _lying(one)) is not None), whole[0])


def _lying(path: Path) -> Path | None:
    """What lies there. A pasted path was made one clean line: a name may have had other spaces, such as
    macOS has in those of screenshots, or marks of direction.
    """
    found = Path(path.anchor)
    for part in path.parts[1:]:
        exact = found / part
        alike = [exact] if os.path.lexists(exact) else _alike(exact)
        if len(alike) != 1:
            return None
        found = alike[0]
    return found


def _alike(path: Path) -> list[Path]:
    """What lies beside it under a name that reads the same."""
    try:
        return [one for one in path.parent.iterdir() if _reads(one.name) == _reads(path.name)]
    except (OSError, ValueError):
        return []


def _reads(name: str) -> str:
    return clean(name, limit=_LONGEST_NAME)


def _readings(text: str) -> Iterator[str]:
    """As it stands, and as a word of a shell: quoted or escaped. Either may be an address."""
    yield _path_in(text)
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation that does not end
        return
    if len(words) == 1:
        yield _path_in(words[0])


def _path_in(text: str) -> str:
    return unquote(urlsplit(text).path) if text.startswith("file://") else text


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file, to be read. ``O_NONBLOCK``: a pipe would wait for a writer before it can be told."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise LocalFileError(_NOT_REGULAR)
        with os.fdopen(descriptor, "rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise LocalFileError(_NO_FILE) from error
    except PermissionError as error:
        raise LocalFileError(_NO_PERMISSION) from error
    except OSError as error:
        raise LocalFileError(_unreadable(error)) from error


def _unreadable(error: OSError) -> Phrase:
    return Phrase("It cannot be read: {why}", why=reason(error) or type(error).__name__)


def _written(path: Path, data: bytes) -> bool:
    """Whether it is there now; False where something of this name is. What is half written goes again."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def _names(place: Path, name: str) -> Iterator[Path]:
    """``photo.jpg``, ``photo (2).jpg`` and so on."""
    first = place / name
    yield first
    for number in range(2, _MOST_OF_A_NAME):
        yield first.with_stem(f"{first.stem} ({number})")


def _why(error: OSError) -> Phrase:
    if error.errno == errno.ENOSPC:
        return Phrase("The disk is full.")
    return Phrase("It cannot be written: {why}", why=reason(error) or type(error).__name__)
