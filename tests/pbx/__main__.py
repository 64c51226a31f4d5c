"""``python -m tests.pbx``: find the tests' Asterisk, or make it, so that no test waits for it."""

from __future__ import annotations

import sys

from tests.pbx.root import NoAsterisk, find_root

try:
    root = find_root()
except NoAsterisk as error:
    sys.exit(str(error))
sys.stdout.write(f"Asterisk {root.version()}\n")
