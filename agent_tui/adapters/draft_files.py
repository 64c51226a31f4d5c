"""Drafts as files: one for each contact, or each conversation, in a directory that only this user can open.

The directory lies in the user's runtime directory, which is memory where the system has one
(``XDG_RUNTIME_DIR``), so that what customers said is on no disk at home. A file is replaced whole, and goes
with what it belongs to. What a killed desk left waits for its agent over a weekend or an illness, and goes
after two weeks, as long as the hub tries to bring a note into the CRM.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from agent_tui.ports import DraftsError
from agent_tui.session.kept import Kept
from edge.runtime import NotPrivateError, private_directory

_KEPT_FOR = 14 * 24 * 3600.0
_MOST = 64
_LARGEST = 1_000_000
_HALF_WRITTEN = ".new"


KeptT = TypeVar("KeptT", bound=Kept)


class DraftFiles(Generic[KeptT]):
    """``agent_tui.ports.Drafts`` of ``kind`` in ``directory``, which is made when it is first needed."""

    def __init__(self, directory: Path, kind: type[KeptT]) -> None:
        self._directory = directory
        self._kind = kind

    def load(self) -> tuple[KeptT, ...]:
        """Every draft that can be read; what cannot, or is too old, is removed."""
        try:
            return tuple(self._found(private_directory(self._directory)))
        except (OSError, NotPrivateError) as error:
            raise DraftsError(str(error)) from error

    def keep(self, draft: KeptT) -> None:
        """Write ``draft`` in the place of the last one about the same."""
        path = self._path(draft.about)
        new = path.with_suffix(_HALF_WRITTEN)
        try:
            private_directory(self._directory)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(draft.model_dump_json())
            new.replace(path)
        except (OSError, NotPrivateError) as error:
            raise DraftsError(str(error)) from error

    def drop(self, about: str) -> None:
        """Remove the draft about this, if there is one."""
        try:
            self._path(about).unlink(missing_ok=True)
        except OSError as error:
            raise DraftsError(str(error)) from error

    def _path(self, about: str) -> Path:
        """The id comes from outside, so it names no file itself."""
        return self._directory / f"{hashlib.sha256(about.encode(errors='replace')).hexdigest()}.json"

    def _found(self, directory: Path) -> Iterator[KeptT]:
        for path in sorted(directory.iterdir())[:_MOST]:
            draft = _read(path, self._kind)
            if draft is None:
                path.unlink(missing_ok=True)
            else:
                yield draft


def _read(path: Path, kind: type[KeptT]) -> KeptT | None:
    about = path.lstat()
    if path.suffix == _HALF_WRITTEN or time.time() - about.st_mtime > _KEPT_FOR or about.st_size > _LARGEST:
        return None
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        return None
