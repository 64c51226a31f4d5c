"""Words about what the settings keep: language, ring volume, each device by itself."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.linear.hand import Hand
from agent_tui.preferences import LOUDEST, Change
from agent_tui.screens.views.sound import SOUND, part_of, sound_rows, stepped_device, with_device
from agent_tui.screens.words import LANGUAGES
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.cells import Page
from sip.events import ChosenDevices


def language(hand: Hand, name: str) -> None:
    """Speak it from now on; without a name, hear which there are."""
    if name.lower() in LANGUAGES:
        hand.keep(Change("desk", "language", name.lower()))
        return
    hand.say(_("Type language and one of:"))
    for code, told in LANGUAGES.items():
        hand.say(f"{code}: {told}")


def volume(hand: Hand, typed: str) -> None:
    """Ring as loud."""
    if not typed.isdecimal() or int(typed) > LOUDEST:
        hand.say(str(Phrase("Type volume and a number from 0 to {loudest}.", loudest=LOUDEST)))
        return
    if do.SetRingVolume in select.possible(hand.state):
        hand.send(do.SetRingVolume(int(typed)))
    hand.keep(Change("audio", "ring_volume", int(typed)))


def devices(hand: Hand, number: str) -> None:
    """The next microphone, speaker or ringer of those that are plugged in; without a number, hear them."""
    state = hand.state
    chosen = _chosen(state)
    if chosen is None or state.sound is None:
        hand.say(_("There is nothing to choose from."))
        return
    hand.send(do.FindDevices())
    part = part_of(hand.chosen(Page(sound_rows(state, chosen)), number) or "")
    if part is None:
        return
    device = stepped_device(state, chosen, part, 1)
    hand.send(do.ChooseDevice(part, device))
    rows = sound_rows(state, with_device(chosen, part, device))
    hand.say(next(pages.said(row) for row in rows if row.key == SOUND + part))
    hand.keep(Change("audio", part, device or None, state.sound.profile))


def try_out(hand: Hand, number: str) -> None:
    """Hear a device, or be heard by it; the same once more ends it."""
    chosen = _chosen(hand.state)
    if chosen is None or do.TrySound not in select.possible(hand.state):
        hand.say(_("No device can be tried now."))
        return
    part = part_of(hand.chosen(Page(sound_rows(hand.state, chosen)), number) or "")
    if part is None:
        return
    tried = hand.state.tried
    goes_on = tried is not None and not tried.over and tried.part is part
    hand.send(do.TrySound(None if goes_on else part))


def enrol(hand: Hand, _rest: str) -> None:
    """Enrolment asks line by line as well, in a program of its own."""
    hand.say(str(Phrase("Type quit, then run: {command}", command="moked enroll URL")))


def _chosen(state: SessionState) -> ChosenDevices | None:
    if state.sound is None or do.ChooseDevice not in select.possible(state):
        return None
    return state.sound.chosen
