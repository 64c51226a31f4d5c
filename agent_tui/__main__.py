"""``python -m agent_tui`` is the command ``moked``."""

from __future__ import annotations

import sys

from agent_tui.cli import main

sys.exit(main())
