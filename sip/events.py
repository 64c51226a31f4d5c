"""What a SIP engine reports: frozen plain values, the same from every engine.

Text in these events (names, numbers, reasons) has been cleaned by the engine's adapter with
``edge.text.clean``; it is still to be rendered without markup.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from edge.message import message
from sip.audio.devices import Devices, SoundPart
from sip.capability import Capability

CallId: TypeAlias = str
"""The phone's own id of a call: unique for the life of the phone process, opaque to the desk."""


class RegistrationState(StrEnum):
    """What the registrar last said (RFC 3261 §10)."""

    UNREGISTERED = "unregistered"
    REGISTERING = "registering"
    REGISTERED = "registered"
    REFUSED = "refused"
    """401/403/404: the account is wrong; trying again would only hammer the registrar."""
    UNREACHABLE = "unreachable"
    """No answer, no route, or no trusted TLS: tried again by itself."""
    ELSEWHERE = "elsewhere"
    """No phone of ours registers: the agent talks by a telephone that the exchange rings."""


class CloseReason(StrEnum):
    """Why a call ended, in the field's words; one enum for every engine."""

    NORMAL = "normal"
    """BYE from either side after the call was answered."""
    CANCELLED = "cancelled"
    """The caller gave up before anyone answered."""
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    REJECTED = "rejected"
    """We declined the call."""
    LINES_FULL = "lines_full"
    """The phone declined it by itself: no more calls can be open at once."""
    DECLINED = "declined"
    """The other side declined (603, or 403)."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"
    MEDIA_REFUSED = "media_refused"
    """488: no codec or no encryption in common."""
    MEDIA_LOST = "media_lost"
    """The far end stopped sending sound."""
    TRANSFERRED = "transferred"
    """Our leg ended because the customer was handed on."""
    FAILED = "failed"


class Complaint(StrEnum):
    """What is wrong with the sound of a call, measured over some seconds."""

    GAPS_IN = "gaps_in"
    """Too much of what the other side says is lost on the way."""
    GAPS_OUT = "gaps_out"
    """Too much of what we say is lost on the way."""
    DELAY = "delay"
    JITTER = "jitter"
    POOR = "poor"
    """The estimate of all together (MOS) is low."""


class Missing(StrEnum):
    """Why one side of a talk hears nothing."""

    NOTHING_ARRIVES = "nothing_arrives"
    """No packet with sound reaches us."""
    MICROPHONE_SILENT = "microphone_silent"
    """The microphone gives digital silence: switched off, or no microphone at all."""
    NOT_RECEIVED = "not_received"
    """The far end's reports know nothing of what we send."""


@message
class Party:
    """The other side of a call: what it says of itself, so a hint and never a proof."""

    name: str
    number: str
    uri: str


@message
class RegistrationChanged:
    """The account's standing at the registrar. ``words`` is for the agent, empty when all is well."""

    state: RegistrationState
    status: int | None = None
    words: str = ""


@message
class CallIncoming:
    """An INVITE rings here. ``contact`` is the PBX's ``X-Moked-Contact``, empty when it sent none.

    ``consulted`` is ``X-Moked-Consultation``: the contact that a colleague wants to ask about.
    """

    call: CallId
    party: Party
    contact: str = ""
    consulted: str = ""
    queue: str = ""
    """``X-Moked-Queue``: the queue that the caller waited in."""
    listening: str = ""
    """``X-Moked-Listening``: the secret of whoever asked to hear an agent's talk in this call."""


@message
class CallDialling:
    """We sent an INVITE. ``consults`` is the call that it is about, when it is a consultation."""

    call: CallId
    party: Party
    consults: CallId = ""


@message
class CallProgress:
    """The called side rings (180), or plays sound before it answers (183, early media)."""

    call: CallId
    early_media: bool = False


@message
class CallEstablished:
    """The call was answered, by us or by them."""

    call: CallId


@message
class CallHeld:
    """We put the call on hold (RFC 3264 §8.4)."""

    call: CallId


@message
class CallResumed:
    """We took the call off hold."""

    call: CallId


@message
class CallMuted:
    """The microphone was shut or opened for this call."""

    call: CallId
    muted: bool


@message
class CallMerged:
    """The voice of this call is mixed with that of another, so that three talk; or not any more."""

    call: CallId
    merged: bool


@message
class CallEncrypted:
    """The voice really is encrypted now: the moment a lock may be shown. ``suite`` as the engine names it."""

    call: CallId
    suite: str


@message
class CallTransferring:
    """A REFER is under way (RFC 3515); the call is as it was until it succeeds.

    ``consultation`` is our call with the target, when it is an attended transfer (RFC 3891).
    """

    call: CallId
    target: str
    consultation: CallId = ""


@message
class TransferFailed:
    """The transfer did not happen; the call is as it was. ``status`` is the SIP status that NOTIFY told."""

    call: CallId
    target: str
    status: int | None
    reason: CloseReason


@message
class CallClosed:
    """The call is over. ``words`` is what the other side said, cleaned; ``status`` its SIP status if any."""

    call: CallId
    reason: CloseReason
    status: int | None = None
    words: str = ""


@message
class DtmfReceived:
    """The other side pressed a key: one of ``0-9*#A-D`` (RFC 4733 §3.2)."""

    call: CallId
    digit: str


@message
class Overall:
    """How a call has sounded from its start: MOS on average and at its worst, loss in percent of all packets,
    the worst jitter and round trip in milliseconds.
    """

    mos: float
    least_mos: float
    loss_in: float
    loss_out: float
    most_jitter: float
    most_rtt: float


@message
class CallQuality:
    """How the call sounds since the last report of the far end (RTCP, RFC 3550 §6.4), once in some seconds.

    ``mos`` is an estimate, 1 to 4.4; ``loss_in`` and ``loss_out`` are percent of the packets to us and
    from us; ``jitter`` (the worse direction) and ``rtt`` are milliseconds. ``complaints`` is what has been
    wrong over the last five reports.
    """

    call: CallId
    mos: float
    loss_in: float
    loss_out: float
    jitter: float
    rtt: float
    overall: Overall
    complaints: tuple[Complaint, ...] = ()


@message
class SoundLost:
    """For three seconds one side has heard nothing, for this reason."""

    call: CallId
    missing: Missing


@message
class SoundBack:
    """What was missing is there again."""

    call: CallId
    missing: Missing


@message
class MissedCall:
    """A call that rang here and nobody took or declined. ``at`` is when it ended, seconds since 1970."""

    call: CallId
    name: str
    number: str
    contact: str
    queue: str
    reason: CloseReason
    at: float


@message
class MissedCalls:
    """All calls that were missed and not called back or looked at since, the newest last."""

    calls: tuple[MissedCall, ...]


@message
class DialledCall:
    """A call that was dialled here and is over. ``at`` is when it was dialled, seconds since 1970; ``talked``
    in seconds, None when nobody answered. ``consulted``: a colleague was asked about another call.
    """

    call: CallId
    name: str
    number: str
    reason: CloseReason
    at: float
    talked: float | None = None
    consulted: bool = False


@message
class DialledCalls:
    """The calls that were dialled since the phone started, the last of them, the newest last."""

    calls: tuple[DialledCall, ...]


@message
class AudioLevels:
    """Loudness of the last fifth of a second in dBFS (RMS), −96 for silence. Frequent: never replayed."""

    call: CallId
    microphone: float
    speaker: float


@message
class AudioFault:
    """Sound is not as it should be: no device, device gone. ``words`` says what and what to do.

    Empty words: all is well again.
    """

    words: str


@message
class ChosenDevices:
    """What the set that is used names, each by name or part of it, empty for the system's own choice (and for
    the ringer: where calls are heard). ``ring_volume``: 0 to 100.
    """

    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    ring_volume: int = 70


@message
class SoundChanged:
    """Which of the sets of devices that the agent set up is used, and all there are.

    ``chosen``: its devices; None from a phone of before, which has none to choose one by one.
    """

    profile: str
    profiles: tuple[str, ...]
    chosen: ChosenDevices | None = None


@message
class DevicesSeen:
    """What is plugged in now: told to who asks, the first of them where there are very many."""

    devices: Devices


@message
class SoundTried:
    """A trial of a device goes on: how loud the microphone was, in dBFS, in the last fifth of a second; or
    it is over, and ``words`` tell what was wrong with the device, if anything. Frequent: never replayed.
    """

    part: SoundPart
    microphone: float
    over: bool = False
    words: str = ""


@message
class RingSilenced:
    """Whether a call that comes in rings without a sound; it comes all the same."""

    silent: bool


@message
class DtmfSent:
    """The other side was sent these keys; the phone tells it once they are on their way."""

    call: CallId
    digits: str


CallEvent: TypeAlias = (
    CallIncoming
    | CallDialling
    | CallProgress
    | CallEstablished
    | CallHeld
    | CallResumed
    | CallMuted
    | CallMerged
    | CallEncrypted
    | CallTransferring
    | TransferFailed
    | CallClosed
    | DtmfReceived
    | DtmfSent
    | CallQuality
    | SoundLost
    | SoundBack
)
PhoneEvent: TypeAlias = RegistrationChanged | CallEvent | AudioLevels | AudioFault | SoundChanged
"""What an engine reports, as it happens."""


@message
class Retold:
    """What happened to a call ``age`` seconds before a desk was told: it attached only now."""

    event: CallEvent
    age: float


@message
class EngineCapabilities:
    """What the phone's engine can do; told to each desk before anything that a desk acts on."""

    declared: Capability


@message
class TakenAway:
    """Another desk of this user has the phone from now on; nothing more comes over this line."""


@message
class TakenOver:
    """Another desk had the phone until this one attached, and was told so."""


PhoneReport: TypeAlias = (
    PhoneEvent
    | RingSilenced
    | DevicesSeen
    | SoundTried
    | Retold
    | EngineCapabilities
    | MissedCalls
    | DialledCalls
    | TakenAway
    | TakenOver
)
"""What a phone reports to a desk."""
