"""A scenario: who takes part, what they do one after the other, and what must be so. Typed, and strict.

Targets are digits alone: a scenario can name no other exchange than the one in the settings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from centre.toml_file import Section, nearest
from hub.contract import LONGEST_COACH_NOTE, CardStatus, ListenMode
from sip.call_state import CallState
from sip.events import CloseReason

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Number: TypeAlias = Annotated[str, Field(pattern=r"^\+?[0-9*#]{1,32}$")]
FullNumber: TypeAlias = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
Keys: TypeAlias = Annotated[str, Field(pattern=r"^[0-9*#]{1,32}$")]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=10_000)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=3600)]
Hertz: TypeAlias = Annotated[int, Field(ge=0, le=3400, multiple_of=100)]
"""A tone; 0 is silence. Whole hundreds, so that 10 ms hold whole periods and no block clicks."""
Decibels: TypeAlias = Annotated[float, Field(ge=-96, le=0)]


class ActorKind(StrEnum):
    """Who can take part in a centre's day."""

    CUSTOMER = "customer"
    AGENT = "agent"
    TRAINER = "trainer"
    WHATSAPP_CUSTOMER = "whatsapp_customer"


class Customer(Section):
    """Calls by the settings' trunk, from one of ``numbers`` (the seed chooses), and says a tone.

    ``rings``: what the centre calls its customers by rings here.
    """

    name: Name
    kind: Literal[ActorKind.CUSTOMER]
    numbers: Annotated[tuple[Number, ...], Field(min_length=1)]
    shown_as: Annotated[str, Field(max_length=64)] = ""
    says: Hertz = 0
    rings: bool = False


class AtDesk(Section):
    """One of the settings' agents, at a desk without a screen."""

    name: Name
    says: Hertz = 0


class Agent(AtDesk):
    """Takes calls."""

    kind: Literal[ActorKind.AGENT]


class Trainer(AtDesk):
    """Listens to agents, and can do all that they can. The hub must know them as trainer or supervisor."""

    kind: Literal[ActorKind.TRAINER]


class WhatsAppCustomer(Section):
    """Writes to the centre and is written to, at one of ``numbers``, which have their country."""

    name: Name
    kind: Literal[ActorKind.WHATSAPP_CUSTOMER]
    numbers: Annotated[tuple[FullNumber, ...], Field(min_length=1)]
    shown_as: Annotated[str, Field(max_length=64)] = ""


Actor: TypeAlias = Annotated[Customer | Agent | Trainer | WhatsAppCustomer, Field(discriminator="kind")]


class Step(Section):
    """What one actor does, or what must be so for them within so many seconds."""

    actor: Name
    within: Annotated[float, Field(gt=0, le=600)] = 10.0


class Call(Step):
    """Dial a number: a customer a queue's, an agent anybody's."""

    do: Literal["call"]
    number: Number


class Press(Step):
    """Press telephone keys in the talk."""

    do: Literal["press"]
    keys: Keys


class Say(Step):
    """Say another tone from now on."""

    do: Literal["say"]
    tone: Hertz


class Plain(Step):
    """What needs no more than its name."""

    do: Literal["hang_up", "answer", "hold", "resume", "ready", "away", "connect", "tick", "wrap_up", "read"]


class Transfer(Step):
    """Hand the customer on without asking."""

    do: Literal["transfer"]
    number: Number


class Note(Step):
    """Write the note of the contact at hand."""

    do: Literal["note"]
    text: Words


class Outcome(Step):
    """Choose how the contact ended, by the centre's code."""

    do: Literal["outcome"]
    code: Annotated[str, Field(min_length=1, max_length=64)]


class Promise(Step):
    """Promise the customer at hand a callback: ``when`` as agents type it, ``mine``: kept for this one."""

    do: Literal["promise"]
    when: Annotated[str, Field(max_length=40, pattern=r"^[^;]*$")] = "now"
    about: Annotated[str, Field(max_length=200, pattern=r"^[^;]*$")] = ""
    mine: bool = False


class Listen(Step):
    """Hear an agent's talk: ``listen`` reaches nobody, ``whisper`` the agent alone, ``barge`` both.

    Whoever listens already goes on so.
    """

    do: Literal["listen", "whisper", "barge"]
    agent: Name


class Coach(Step):
    """Put a line on an agent's desk."""

    do: Literal["coach"]
    agent: Name
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_COACH_NOTE)]


class Write(Step):
    """Write by WhatsApp: a customer to the centre, an agent ``to`` a customer who takes part."""

    do: Literal["write"]
    text: Words
    to: Name | None = None


class GoOver(Step):
    """Go on with the caller at hand by WhatsApp, beside the call."""

    do: Literal["go_over"]


class Wait(Step):
    """Let time pass: ``seconds``, or as many as the seed draws between two."""

    do: Literal["wait"]
    seconds: Seconds | tuple[Seconds, Seconds]


class CallExpected(Step):
    """The next event of this actor's calls that says so; ``reason`` and ``status`` are a customer's."""

    expect: Literal["call"]
    state: CallState
    reason: CloseReason | None = None
    status: int | None = None


class KeyExpected(Step):
    """The other side presses a key."""

    expect: Literal["key"]
    key: Annotated[str, Field(pattern=r"^[0-9*#A-D]$")]


class HubExpected(Step):
    """What the hub itself holds of an agent, and of the contact they had last."""

    expect: Literal["hub"]
    presence: Literal["ready", "away", "offline"] | None = None
    phase: Literal["offered", "talking", "wrap_up", "none"] | None = None
    note: str | None = None
    outcome: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set & {"presence", "phase", "note", "outcome"}:
            raise ValueError("say what the hub must hold: presence, phase, note or outcome")
        return self


class CardExpected(Step):
    """The card on the agent's desk."""

    expect: Literal["card"]
    name: str | None = None
    status: CardStatus | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.name is None and self.status is None:
            raise ValueError("say what the card must be: name or status")
        return self


class QueueExpected(Step):
    """A figure of a queue, as the agent's desk is told it."""

    expect: Literal["queue"]
    queue: Annotated[str, Field(min_length=1, max_length=80)]
    figure: Literal[
        "waiting",
        "agents_ready",
        "agents_busy",
        "callbacks",
        "offered",
        "answered",
        "abandoned",
        "called_back",
    ]
    equals: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.equals is self.at_least is self.at_most is None:
            raise ValueError("say what the figure must be: equals, at_least or at_most")
        return self


class SoundExpected(Step):
    """What this actor hears from now on, for ``seconds`` in a row. One of the four is given."""

    expect: Literal["sound"]
    tone: Annotated[int, Field(ge=100, le=3400, multiple_of=100)] | None = None
    without_tone: Annotated[int, Field(ge=100, le=3400, multiple_of=100)] | None = None
    louder_than: Decibels | None = None
    silence: Literal[True] | None = None
    seconds: Annotated[float, Field(ge=0.5, le=20)] = 1.0

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = self.model_fields_set & {"tone", "without_tone", "louder_than", "silence"}
        if len(given) != 1:
            raise ValueError("give one of tone, without_tone, louder_than and silence")
        return self


class MessageExpected(Step):
    """The next message at a WhatsApp customer's in which ``text`` is; ``template``: by that template."""

    expect: Literal["message"]
    text: Annotated[str, Field(max_length=4096)] = ""
    template: Annotated[str, Field(max_length=512)] | None = None


class ShownExpected(Step):
    """Words on the agent's desk, as it would show them."""

    expect: Literal["shown"]
    text: Annotated[str, Field(min_length=1, max_length=200)]


ACTS: dict[str, type[Step]] = {
    "call": Call,
    "press": Press,
    "say": Say,
    "transfer": Transfer,
    "note": Note,
    "outcome": Outcome,
    "promise": Promise,
    "coach": Coach,
    "write": Write,
    "go_over": GoOver,
    "wait": Wait,
    **{mode.value: Listen for mode in ListenMode},
}
PLAIN = ("hang_up", "answer", "hold", "resume", "ready", "away", "connect", "tick", "wrap_up", "read")
EXPECTATIONS: dict[str, type[Step]] = {
    "call": CallExpected,
    "key": KeyExpected,
    "hub": HubExpected,
    "card": CardExpected,
    "queue": QueueExpected,
    "sound": SoundExpected,
    "shown": ShownExpected,
    "message": MessageExpected,
}


class NoSuchStep(Step):
    """What is no step: says which there are."""

    do: str | None = None
    expect: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _refused(cls, given: Any) -> Any:
        if not isinstance(given, dict) or ("do" in given) == ("expect" in given):
            raise ValueError("a step has either do or expect")
        key = "do" if "do" in given else "expect"
        known = [*ACTS, *PLAIN] if key == "do" else [*EXPECTATIONS]
        word = str(given[key])
        raise ValueError(f"{key} = {word!r} is not known{nearest(word, known) or f'; there are {known}'}")


def _kind_of_step(given: Any) -> str:
    if not isinstance(given, dict) or ("do" in given) == ("expect" in given):
        return "NoSuchStep"
    word = given.get("do", given.get("expect"))
    if "do" in given and word in PLAIN:
        return "Plain"
    kinds = ACTS if "do" in given else EXPECTATIONS
    return kinds[word].__name__ if isinstance(word, str) and word in kinds else "NoSuchStep"


OneStep: TypeAlias = Annotated[
    Annotated[Call, Tag("Call")]
    | Annotated[Press, Tag("Press")]
    | Annotated[Say, Tag("Say")]
    | Annotated[Plain, Tag("Plain")]
    | Annotated[Transfer, Tag("Transfer")]
    | Annotated[Note, Tag("Note")]
    | Annotated[Outcome, Tag("Outcome")]
    | Annotated[Promise, Tag("Promise")]
    | Annotated[Listen, Tag("Listen")]
    | Annotated[Coach, Tag("Coach")]
    | Annotated[Write, Tag("Write")]
    | Annotated[GoOver, Tag("GoOver")]
    | Annotated[Wait, Tag("Wait")]
    | Annotated[CallExpected, Tag("CallExpected")]
    | Annotated[KeyExpected, Tag("KeyExpected")]
    | Annotated[HubExpected, Tag("HubExpected")]
    | Annotated[CardExpected, Tag("CardExpected")]
    | Annotated[QueueExpected, Tag("QueueExpected")]
    | Annotated[SoundExpected, Tag("SoundExpected")]
    | Annotated[ShownExpected, Tag("ShownExpected")]
    | Annotated[MessageExpected, Tag("MessageExpected")]
    | Annotated[NoSuchStep, Tag("NoSuchStep")],
    Discriminator(_kind_of_step),
]


class Scenario(Section):
    """One file: its steps are taken one after the other."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    actors: Annotated[tuple[Actor, ...], Field(min_length=1, max_length=16)]
    steps: Annotated[tuple[OneStep, ...], Field(min_length=1, max_length=500)]
