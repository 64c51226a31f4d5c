"""The devices on the settings screen: what the arrows and Enter ask of the phone there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.preferences import Change
from agent_tui.screens.keyboard import reason
from agent_tui.screens.views.sound import sound_rows, stepped_device, with_device
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Told
from agent_tui.widgets.cells import Row
from sip.audio.devices import SoundPart
from sip.events import ChosenDevices


class DeviceChoice:
    """``send`` takes what is for the phone. What was chosen and the phone has not told yet is kept here, so
    that quick steps are steps on.
    """

    def __init__(self, send: Callable[[do.Command], None]) -> None:
        self._send = send
        self._wanted: ChosenDevices | None = None
        self._tried = False

    def rows(self, state: SessionState) -> tuple[Row, ...]:
        """The rows of the devices; none where there is nothing to choose."""
        chosen = self._chosen(state)
        return sound_rows(state, chosen) if chosen is not None else ()

    def follow(self, before: SessionState, now: SessionState) -> None:
        """The phone told what it uses, or that something did not work: that holds."""
        if before.sound is not now.sound or before.notices is not now.notices:
            self._wanted = None

    def look(self, state: SessionState) -> None:
        """Have the phone see what is plugged in."""
        if do.FindDevices in possible(state):
            self._send(do.FindDevices())

    def step(self, state: SessionState, part: SoundPart, by: int) -> Change | None:
        """What is to be written for the device before or behind; the phone is told by ``take``."""
        chosen = self._chosen(state)
        if chosen is None or state.sound is None:
            return None
        device = stepped_device(state, chosen, part, by)
        return Change("audio", part, device or None, state.sound.profile)

    def take(self, state: SessionState, change: Change) -> None:
        """What of ``change`` is the phone's, it does at once."""
        chosen = self._chosen(state)
        if chosen is None or change.table != "audio":
            return
        if change.profile:
            part, device = SoundPart(change.name), str(change.value or "")
            self._wanted = with_device(chosen, part, device)
            self._send(do.ChooseDevice(part, device))
        elif isinstance(change.value, int):
            self._wanted = replace(chosen, ring_volume=change.value)
            self._send(do.SetRingVolume(change.value))

    def try_out(self, state: SessionState, part: SoundPart) -> Told:
        """Try it, or end that; why it cannot be tried, if it cannot."""
        if do.TrySound not in possible(state):
            return reason(state, do.TrySound)
        self._tried = True
        self._send(do.TrySound(None if _goes_on(state) is part else part))
        return ""

    def leave(self, state: SessionState) -> None:
        """What was begun here ends."""
        if self._tried and do.TrySound in possible(state):
            self._send(do.TrySound(None))

    def _chosen(self, state: SessionState) -> ChosenDevices | None:
        if do.ChooseDevice not in possible(state) or state.sound is None:
            return None
        return self._wanted or state.sound.chosen


def _goes_on(state: SessionState) -> SoundPart | None:
    """The device that is being tried."""
    return state.tried.part if state.tried is not None and not state.tried.over else None
