"""Where benches run: a home of their own, and the real Asterisk, both gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from tests.e2e.centre import Centre
from tests.e2e.processes import moked_env
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk
from tests.pbx.root import find_root


class Place:
    """What a bench stands on, made when it is first asked for."""

    def __init__(self, root: Path, exits: ExitStack) -> None:
        self._root = root
        self._exits = exits

    def home(self, name: str) -> Path:
        """An empty directory."""
        made = self._root / name
        made.mkdir()
        return made

    @cached_property
    def env(self) -> dict[str, str]:
        """The surroundings of a process that is compared with ours: the same as ours has."""
        return moked_env(self.home("beside"))

    @cached_property
    def asterisk(self) -> Asterisk:
        """The run's Asterisk."""
        return self._exits.enter_context(Asterisk(find_root()))

    @cached_property
    def console(self) -> Console:
        """The hand that makes customers call."""
        return Console(self.asterisk)

    @cached_property
    def centre(self) -> Centre:
        """The centre's hub on the run's Asterisk."""
        made = Centre(self.asterisk, self.home("centre"))
        self._exits.callback(made.stop_hub)
        made.start_hub()
        return made


@contextmanager
def place() -> Iterator[Place]:
    """A place for one run. The name of its directory is short, since a Unix socket's path is (unix(7))."""
    directory = Path(tempfile.mkdtemp(prefix="mb-"))
    before = os.environ.get("MOKED_RUNTIME_DIR")
    os.environ["MOKED_RUNTIME_DIR"] = str(directory / "run")
    try:
        with ExitStack() as exits:
            yield Place(directory, exits)
    finally:
        if before is None:
            del os.environ["MOKED_RUNTIME_DIR"]
        else:
            os.environ["MOKED_RUNTIME_DIR"] = before
        shutil.rmtree(directory, ignore_errors=True)
