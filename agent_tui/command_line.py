"""How the commands that agents type are read: what is wrong there is told in their language by us."""

from __future__ import annotations

import argparse
from typing import NoReturn


class NotUnderstood(Exception):
    """The command line is not of this command's language."""


class Parser(argparse.ArgumentParser):
    """Says nothing by itself: help and errors are ours. An option is known by its whole name alone."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=command, add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raises ``NotUnderstood``."""
        raise NotUnderstood(message)
