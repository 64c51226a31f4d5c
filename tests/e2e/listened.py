"""A centre whose trainers may listen in: the run's Asterisk with ``[listening]``, and a hub on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.centre import Centre
from tests.pbx.may_listen import may_listen
from tests.pbx.rig import Asterisk

TRAINER = "1102"
"""A supervisor of it."""


@contextmanager
def listened(asterisk: Asterisk, home: Path) -> Iterator[Centre]:
    """The centre; afterwards the exchange is as it was."""
    file = home / "listened.toml"
    file.write_text(asterisk.centre_file.read_text() + "\n[listening]\n")
    with may_listen(asterisk):
        made = Centre(asterisk, home)
        made.serve(file, 0)
        made.start_hub()
        try:
            yield made
        finally:
            made.stop_hub()
