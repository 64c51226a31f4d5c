"""The desk at known moments: states for pictures and for tests that look at the screen.

Times stand still: ``NOW`` on the desk's clock, ``CLOCK`` on the wall. Each state is one that the reducer
can reach.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from agent_tui.session.reduce import reduce
from agent_tui.session.state import (
    Call,
    Link,
    NoteState,
    Notice,
    Phase,
    SessionState,
    Severity,
    Work,
)
from agent_tui.text.catalogue import Phrase
from hub import contract as hub
from sip.audio.devices import Device, Devices, SoundPart
from sip.call_state import CallState
from sip.capability import Capability
from sip.events import (
    CallQuality,
    ChosenDevices,
    CloseReason,
    Complaint,
    MissedCall,
    Missing,
    Overall,
    Party,
    RegistrationChanged,
    RegistrationState,
    SoundChanged,
    SoundLost,
    SoundTried,
)
from tests.stubs.customers import (
    ENGLISH_CARD,
    ENGLISH_SCRIPT,
    HEBREW_CARD,
    HEBREW_SCRIPT,
    MICHAL,
    RUTH,
    found,
)
from tests.stubs.directory import DIRECTORY

NOW = 5_000.0
CLOCK = datetime(2026, 5, 28, 14, 36, tzinfo=timezone(timedelta(hours=3)))

ME = hub.Me(
    agent="dana",
    name="Dana Levi",
    extension="1001",
    presence=hub.Presence.READY,
    queues=("support", "sales"),
    members=(
        hub.MemberView(queue="support", state="free", paused=False),
        hub.MemberView(queue="sales", state="free", paused=False),
    ),
    dispositions=(
        hub.Disposition(code="solved", label="Solved"),
        hub.Disposition(code="sold", label="Renewed or sold"),
        hub.Disposition(code="follow_up", label="Needs follow-up"),
        hub.Disposition(code="complaint", label="Complaint"),
        hub.Disposition(code="wrong_number", label="Wrong number"),
    ),
    pause_reasons=("Lunch", "Break", "Training"),
)

QUEUES = (
    hub.QueueFigures(
        queue="support",
        title="Support",
        waiting=3,
        longest_wait=102,
        agents_ready=2,
        agents_busy=5,
        service_level_seconds=20,
        today=hub.QueueCounts(
            offered=131,
            answered=118,
            abandoned=10,
            service_level=84.7,
            average_wait=17,
            average_talk=241,
        ),
    ),
    hub.QueueFigures(
        queue="sales",
        title="Sales and renewals",
        waiting=1,
        longest_wait=12,
        agents_ready=1,
        agents_busy=3,
        service_level_seconds=20,
        today=hub.QueueCounts(
            offered=58,
            answered=54,
            abandoned=3,
            service_level=92.6,
            average_wait=9,
            average_talk=312,
        ),
    ),
    hub.QueueFigures(
        queue="billing",
        title="Billing",
        waiting=0,
        longest_wait=0,
        agents_ready=2,
        agents_busy=0,
        service_level_seconds=30,
    ),
)

OWN = hub.AgentFigures(
    agent="dana",
    today=hub.AgentCounts(
        offered=15,
        answered=14,
        average_talk=190,
        average_hold=24,
        average_wrap_up=38,
        average_handling=252,
    ),
    occupancy=81.3,
)


IDLE = SessionState(
    now=NOW,
    registration=RegistrationChanged(RegistrationState.REGISTERED),
    phone=Link.UP,
    capabilities=~Capability(0),
    hub=Link.UP,
    pbx=Link.UP,
    me=ME,
    presence_since=NOW - 724,
    queues=QUEUES,
    own=OWN,
    directory=DIRECTORY,
)


def _offer(contact: str, name: str, number: str, waited: float = 72, queue: str = "Support") -> hub.Offer:
    return hub.Offer(
        contact=contact,
        queue=queue.lower(),
        queue_title=queue,
        number=number,
        name=name,
        waited=waited,
        offered_at=CLOCK.astimezone(UTC),
        writable=True,
    )


def _members(state: str, *, paused: bool = False, reason: str = "") -> hub.Me:
    members = tuple(
        hub.MemberView.model_validate(
            {"queue": one.queue, "state": state, "paused": paused, "reason": reason}
        )
        for one in ME.members
    )
    return ME.model_copy(update={"members": members})


_RUTH_CALL = Call("call-1", RUTH, "k-1", CallState.INCOMING, NOW - 4, outgoing=False)
_RUTH_WORK = Work(
    "k-1",
    _offer("k-1", "Ruth Ben-Ami", RUTH.number),
    Phase.OFFERED,
    NOW - 4,
    card=found("k-1", ENGLISH_CARD),
    script=ENGLISH_SCRIPT,
    script_due=False,
    progress=hub.ScriptProgress(script="support", revision="1"),
)

RINGING = replace(
    IDLE,
    me=_members("ringing"),
    calls=(_RUTH_CALL,),
    active="call-1",
    work=(_RUTH_WORK,),
)

RINGING_SILENTLY = replace(RINGING, rings_silently=True)

_TALK_CALL = replace(
    _RUTH_CALL, state=CallState.ESTABLISHED, since=NOW - 207, answered=NOW - 207, encryption="SRTP AES_CM_128"
)
_TALK_WORK = replace(
    _RUTH_WORK,
    phase=Phase.TALKING,
    since=NOW - 207,
    progress=hub.ScriptProgress(
        script="support", revision="1", done=("greet", "verify", "listen"), answers={"verify": "Verified"}
    ),
    note="Router still restarts at night, about 02:00.\nWants the new one before the weekend.",
    note_state=NoteState.SAVED,
)
TALKING = replace(IDLE, me=_members("busy"), calls=(_TALK_CALL,), active="call-1", work=(_TALK_WORK,))

HELD_MUTED = replace(
    TALKING,
    me=_members("on_hold"),
    calls=(replace(_TALK_CALL, state=CallState.HELD, since=NOW - 31, muted=True, keys_sent="12#"),),
)

TWO_CALLS = replace(
    TALKING,
    calls=(
        replace(_TALK_CALL, transferring=""),
        Call(
            "call-2",
            MICHAL,
            "k-2",
            CallState.INCOMING,
            NOW - 6,
            outgoing=False,
        ),
    ),
    work=(
        _TALK_WORK,
        Work(
            "k-2",
            _offer("k-2", MICHAL.name, MICHAL.number, 21, "Sales"),
            Phase.OFFERED,
            NOW - 6,
            card=found("k-2", HEBREW_CARD),
        ),
    ),
)

MISSED = replace(
    IDLE,
    missed=tuple(
        MissedCall(
            call=f"m{n}",
            name=name,
            number=number,
            contact="",
            queue=queue,
            reason=CloseReason.CANCELLED,
            at=(CLOCK - timedelta(hours=ago)).timestamp(),
        )
        for n, (name, number, queue, ago) in enumerate(
            (
                ("", "", "support", 30),
                (RUTH.name, RUTH.number, "sales", 3),
                (MICHAL.name, MICHAL.number, "support", 2),
                ("Noam Katz", "1002", "", 1),
            )
        )
    ),
)

NOTED = replace(
    MISSED,
    work=(
        replace(
            _RUTH_WORK,
            phase=Phase.MISSED,
            since=NOW - 40,
            note="Heard a child, then silence.",
            note_state=NoteState.TYPED,
        ),
    ),
)
"""A ring that was noted of, and that nobody took."""

_NOAM_CALL = Call(
    "call-2",
    Party("Noam Katz", "1002", "sip:1002@centre.example"),
    "",
    CallState.ESTABLISHED,
    NOW - 31,
    outgoing=True,
    answered=NOW - 31,
    encryption="SRTP AES_CM_128",
    consults="call-1",
)
CONSULTING = replace(
    TALKING,
    calls=(replace(_TALK_CALL, state=CallState.HELD, since=NOW - 44), _NOAM_CALL),
    active="call-2",
)
MERGED = replace(
    TALKING, calls=(replace(_TALK_CALL, merged=True), replace(_NOAM_CALL, merged=True)), active="call-2"
)

WRAP_UP = replace(
    IDLE,
    me=_members("free", paused=True, reason="wrap-up"),
    work=(
        replace(
            _TALK_WORK,
            phase=Phase.WRAP_UP,
            since=NOW - 42,
            note_state=NoteState.TYPED,
            disposition="follow_up",
        ),
    ),
)

HUB_DOWN = replace(
    IDLE,
    hub=Link.DOWN,
    pbx=Link.DOWN,
    calls=(_RUTH_CALL,),
    active="call-1",
    work=(Work("k-1", None, Phase.OFFERED, NOW - 4),),
    notices=(
        Notice("audio", Severity.INFO, "The headset was taken out; sound goes to the built-in speaker now."),
        Notice(
            "hub",
            Severity.WARNING,
            Phrase("The hub does not answer: calls still ring; cards, notes, scripts and figures wait."),
        ),
    ),
)

_OVERALL = Overall(mos=4.1, least_mos=2.9, loss_in=2.0, loss_out=0.4, most_jitter=31.0, most_rtt=512.0)
GOOD_LINE = replace(
    TALKING, calls=(replace(_TALK_CALL, quality=CallQuality("call-1", 4.36, 0.0, 0.4, 2.1, 38.0, _OVERALL)),)
)
BAD_LINE = reduce(
    reduce(
        GOOD_LINE,
        CallQuality("call-1", 2.9, 7.5, 0.0, 44.4, 512.0, _OVERALL, (Complaint.GAPS_IN, Complaint.DELAY)),
        NOW,
    ),
    SoundLost("call-1", Missing.MICROPHONE_SILENT),
    NOW,
)

_SIBLINGS = (
    ENGLISH_CARD,
    ENGLISH_CARD.model_copy(
        update={"customer": "C-2013", "name": "Jonathan Ben-Ami", "segment": "", "city": "Haifa"}
    ),
    HEBREW_CARD.model_copy(update={"segment": "silver"}),
)
SEVERAL = replace(
    RINGING,
    work=(
        replace(
            _RUTH_WORK,
            card=hub.CardAnswer(
                contact="k-1", number=RUTH.number, status=hub.CardStatus.SEVERAL, cards=_SIBLINGS
            ),
        ),
    ),
)

HEBREW = replace(
    TALKING,
    calls=(replace(_TALK_CALL, party=MICHAL, contact="k-2"),),
    work=(
        replace(
            _TALK_WORK,
            contact="k-2",
            offer=_offer("k-2", MICHAL.name, MICHAL.number),
            card=found("k-2", HEBREW_CARD),
            script=HEBREW_SCRIPT,
            progress=hub.ScriptProgress(script="support-he", revision="1", done=("greet", "verify")),
            note="הלקוחה מבקשת השוואת מחיר מול ACME (50%).\nלחזור אליה עד 31/05 בשעה 10:00.",
        ),
    ),
)

PORTABLE = Capability.HOLD | Capability.BLIND_TRANSFER | Capability.DTMF | Capability.SECOND_CALL
"""What an engine can do that neither joins nor mixes calls, nor encrypts."""


def _consulting_on_portable(talk: SessionState) -> SessionState:
    """A colleague is asked about the customer of ``talk``, on a phone with such an engine."""
    first = replace(talk.calls[0], state=CallState.HELD, since=NOW - 44, encryption="")
    return replace(
        talk,
        capabilities=PORTABLE,
        calls=(first, replace(_NOAM_CALL, encryption="")),
        active=_NOAM_CALL.id,
    )


PORTABLE_CONSULTING = _consulting_on_portable(TALKING)
PORTABLE_HEBREW = _consulting_on_portable(HEBREW)

_HEADSET = Device("Jabra Evolve2 65", "Jabra Evolve2 65")
DEVICES = Devices(
    (_HEADSET, Device("Built-in microphone", "Built-in microphone", default=True)),
    (_HEADSET, Device("Built-in speakers", "Built-in speakers", default=True)),
)
CHOOSING = replace(
    IDLE,
    sound=SoundChanged("Headset", ("Headset", "Laptop"), ChosenDevices("Jabra", "Poly Blackwire 3320", "")),
    devices=DEVICES,
    tried=SoundTried(SoundPart.MICROPHONE, -30.0),
)
"""Devices are being chosen: the headset's microphone hears, its old speaker is not plugged in."""

MOMENTS = {
    "idle": IDLE,
    "ringing": RINGING,
    "ringing_silently": RINGING_SILENTLY,
    "talking": TALKING,
    "held_muted": HELD_MUTED,
    "good_line": GOOD_LINE,
    "bad_line": BAD_LINE,
    "two_calls": TWO_CALLS,
    "consulting": CONSULTING,
    "merged": MERGED,
    "missed": MISSED,
    "noted": NOTED,
    "wrap_up": WRAP_UP,
    "hub_down": HUB_DOWN,
    "several_cards": SEVERAL,
    "hebrew": HEBREW,
    "portable": PORTABLE_CONSULTING,
    "portable_hebrew": PORTABLE_HEBREW,
}
"""Every moment by name, for pictures and snapshots."""
