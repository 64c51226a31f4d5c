"""A sample centre, "Arava Net": customers in two languages, matters, history, scripts, settings.

Everything is invented; numbers lie in ranges nobody is reached at (+972 xx 555 01xx, NANP 555-01xx).
"""

from __future__ import annotations

from pathlib import Path

DIRECTORY = Path(__file__).parent
CUSTOMERS = DIRECTORY / "customers.csv"
MATTERS = DIRECTORY / "matters.csv"
HISTORY = DIRECTORY / "history.csv"
SCRIPTS = DIRECTORY / "scripts"
SETTINGS = DIRECTORY / "hub.toml"
CENTRE = DIRECTORY / "centre.toml"
