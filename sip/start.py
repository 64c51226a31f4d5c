"""Starting the phone process, so that it outlives who starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

_START_TIMEOUT = 30.0
_SECRETS = ("MOKED_SIP_PASSWORD", "MOKED_HUB_TOKEN")
"""What the desk may have in its environment and the phone is told over the socket, or not at all."""
READY = b"ready"
"""What a phone says on its standard output once desks can attach."""
ALREADY_RUNS = 75
"""The exit status of a phone that finds another at its place: another desk started it in the same moment."""
NO_ENGINE = 78
"""The exit status of a phone whose engine this machine does not have."""
_NOT_STARTED = 69
_LONGEST_WORD = 64

if sys.platform == "win32":
    _ON_ITS_OWN: dict[str, Any] = {
        "creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    }
else:
    _ON_ITS_OWN: dict[str, Any] = {"start_new_session": True}
"""So that neither the end of the desk nor its terminal's ends the phone."""


def start(arguments: Sequence[str]) -> int:
    """Start the phone and wait until it serves; 0 when it does, else its exit status."""
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module, arguments from the settings
            [sys.executable, "-m", "sip", *arguments],
            env={name: value for name, value in os.environ.items() if name not in _SECRETS},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_ON_ITS_OWN,
        )
    except OSError:
        return _NOT_STARTED
    too_late = threading.Timer(_START_TIMEOUT, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        with process.stdout as told:
            ready = told.readline(_LONGEST_WORD).strip() == READY
        return 0 if ready else process.wait()
    finally:
        too_late.cancel()
