"""A desk with one hostile text in every place that takes words from outside, by subject."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.adapters import hub_wire
from agent_tui.session.state import Directory, Finding, Notice, SessionState, Severity, Work
from edge.text import clean
from hub.contract import Coach, DirectoryEntry, FoundCustomer, ListeningView, ListenMode, Me, Presence
from sip.audio.devices import Device, Devices, SoundPart
from sip.events import ChosenDevices, MissedCall, SoundChanged, SoundTried
from tests.desk.test_screen_text import hostile
from tests.stubs import callback_desk, desk, floor_desk, past_desk, writing_desk
from tests.stubs.directory import a_colleague
from tests.stubs.history import a_past_call


def at_the_edge(text: str) -> str:
    """As the hub's adapter hands on a text of the hub, whatever the field is."""
    return str(hub_wire._cleaned(text))


def worst(text: str) -> SessionState:
    """``hostile`` with the line breaks of the hub's texts in names and titles, callbacks and missed calls."""
    sent, one = at_the_edge(text), clean(text)
    state = hostile(text)
    assert state.me is not None
    state = replace(
        state,
        me=_may_everything(state.me, sent),
        work=(_named(state.work[0], sent),),
        queues=tuple(queue.model_copy(update={"title": sent}) for queue in state.queues),
        calls=tuple(replace(call, transferring="") for call in state.calls),  # else no question stays open
        notices=(Notice("t", Severity.WARNING, sent),),
    )
    return _with_the_phone(_with_the_floor(_with_customers(state, sent, one), sent, one), one)


def _may_everything(me: Me, sent: str) -> Me:
    may = dict.fromkeys(("calls_back", "writes", "sees_floor", "listens"), True)
    return me.model_copy(
        update={"name": sent, "queues": (sent or "support",), "pause_reasons": (sent,), **may}
    )


def _named(work: Work, sent: str) -> Work:
    assert work.card is not None
    assert work.offer is not None
    named = {"name": sent, "segment": sent, "city": sent}
    cards = tuple(card.model_copy(update=named) for card in work.card.cards)
    return replace(
        work,
        card=work.card.model_copy(update={"cards": cards}),
        offer=work.offer.model_copy(update={"name": sent, "queue_title": sent}),
    )


def _with_customers(state: SessionState, sent: str, one: str) -> SessionState:
    """Those who are promised calls, were talked with before, are searched for, and write."""
    past = a_past_call(name=sent, queue_title=sent, number=one, note=sent, disposition=one)
    found = FoundCustomer(customer=sent or "c", name=sent, city=sent, numbers=(one,))
    return replace(
        state,
        callbacks=(callback_desk.a_callback(name=sent, words=sent, customer="c", made_by="dana"),),
        history=replace(past_desk.FOUND, words=one, calls=(past,)),
        finding=Finding(state.work[0].contact, "key", one, (found,), asking=False),
        writing=writing_desk.hostile(sent),
    )


def _with_the_floor(state: SessionState, sent: str, one: str) -> SessionState:
    """Colleagues, and the one who is listened to."""
    noam = a_colleague("noam", sent, one, "free", presence=Presence.AWAY, reason=sent, since=desk.CLOCK)
    talk = floor_desk.a_call(queue_title=sent, name=sent, number=one)
    coach = Coach(name=sent, contact="k", mode=ListenMode.BARGE)
    agent = floor_desk.an_agent("a", sent, "busy", call=talk, coaches=(coach,))
    return replace(
        state,
        directory=Directory((noam,), (DirectoryEntry(name=sent, number=one, kind="queue"),)),
        floor=floor_desk.looking((agent,), (talk,)).floor,
        listening=ListeningView(agent="a", name=sent, contact="k", mode=ListenMode.BARGE, since=desk.CLOCK),
    )


def _with_the_phone(state: SessionState, one: str) -> SessionState:
    """Missed calls and devices."""
    missed = MissedCall("m1", one, one, "", one, desk.MISSED.missed[0].reason, desk.CLOCK.timestamp())
    return replace(
        state,
        missed=(missed,),
        sound=SoundChanged(one, (one, "Laptop"), ChosenDevices(one, one, f"{one} gone")),
        devices=Devices((Device(one, one),), (Device(one, one),)),
        tried=SoundTried(SoundPart.SPEAKER, -30, over=True, words=one),
    )
