"""Why a scenario did not go on."""

from __future__ import annotations


class StepFailed(Exception):
    """What was to be done could not be, or what must be so was not. ``str(error)`` says what was seen."""


class NotReady(StepFailed):
    """An actor did not come up: no registration, no hub, a wrong password."""
