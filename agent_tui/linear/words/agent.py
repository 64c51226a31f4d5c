"""Words about the agent: ready or away, how things stand, what was told, leaving."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.linear.hand import Hand
from agent_tui.linear.words import settings
from agent_tui.screens.quit_question import reasons_to_stay
from agent_tui.screens.views.doctor import phone_findings
from agent_tui.screens.views.findings import finding_lines
from agent_tui.screens.views.notices import notices_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.status import status_bar
from agent_tui.session import select
from agent_tui.session.odds import at_odds
from agent_tui.text.catalogue import _
from hub.contract import Presence


def ready(hand: Hand, _rest: str) -> None:
    """As asked for; said once more where the exchange has it otherwise. Who is ready hears how they stand."""
    if select.chosen_presence(hand.state) is Presence.READY:
        status(hand, "")
    hand.send(do.SetPresence(Presence.READY))


def away(hand: Hand, reason: str) -> None:
    """With the number of a reason, or 0 for none; without one the reasons are read out."""
    me = hand.state.me
    reasons = me.pause_reasons if me is not None else ()
    if reason == "0" or not reasons:
        hand.send(do.SetPresence(Presence.AWAY))
    elif reason.isdecimal() and int(reason) <= len(reasons):
        hand.send(do.SetPresence(Presence.AWAY, reasons[int(reason) - 1]))
    elif reason in reasons:
        hand.send(do.SetPresence(Presence.AWAY, reason))
    else:
        hand.say(_("Type away and a number:"))
        for number, told in enumerate((_("without a reason"), *reasons)):
            hand.say(f"{number}: {told}")


def presence(hand: Hand, rest: str) -> None:
    """The one key for both; where the hub does not know this desk it leads to enrolment, as on the screen."""
    state = hand.state
    if do.LogIn in select.possible(state):
        settings.enrol(hand, rest)
    elif state.me is not None and at_odds(state):
        hand.send(do.SetPresence(state.me.presence, state.me.reason))
    elif select.chosen_presence(state) is Presence.READY:
        away(hand, rest)
    else:
        ready(hand, rest)


def status(hand: Hand, _rest: str) -> None:
    """The top line."""
    hand.read(status_bar(hand.state, hand.now))


def queues(hand: Hand, _rest: str) -> None:
    """Who waits, who is there."""
    hand.read(queues_page(hand.state, roomy=True))


def sound(hand: Hand, number: str) -> None:
    """Talk through other devices."""
    sound = hand.state.sound
    profiles = sound.profiles if sound is not None else ()
    if number.isdecimal() and 0 < int(number) <= len(profiles):
        hand.send(do.UseSound(profiles[int(number) - 1]))
        return
    if not profiles:
        hand.say(_("There is nothing to choose from."))
    for place, name in enumerate(profiles, 1):
        hand.say(f"{place}: {name}")


def doctor(hand: Hand, _rest: str) -> None:
    """What the running phone says of the line; the rest is looked at by ``moked doctor``."""
    for finding in phone_findings(hand.state):
        for line in finding_lines(finding):
            hand.say(line)


def notices(hand: Hand, _rest: str) -> None:
    """What was told and is not read yet."""
    hand.read(notices_page(hand.state))


def dismiss(hand: Hand, _rest: str) -> None:
    """The newest notice was read."""
    told = hand.state.notices
    if told:
        hand.dismissed = told[-1].topic
        hand.send(do.DismissNotice(hand.dismissed))
    else:
        hand.say(_("There is no notice."))


def leave(hand: Hand, _rest: str) -> None:
    """Leave; said twice where something would be missed."""
    reasons = reasons_to_stay(hand.state)
    if hand.warned or not reasons:
        hand.leave()
        return
    hand.warned = True
    for reason in reasons:
        hand.say(str(reason))
    hand.say(_("Type quit once more to leave all the same."))
