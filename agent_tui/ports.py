"""What the desk needs of the world: phone, hub and doctor. Their adapters lie in ``agent_tui.adapters``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol, TypeVar

from agent_tui.session.findings import Finding
from agent_tui.session.kept import Kept
from agent_tui.session.writing import LocalFile
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.explained import Explained
from hub.contract import (
    CallbackRequest,
    CallbackView,
    CardAnswer,
    CoachNote,
    ContactRecord,
    Conversation,
    CustomerNew,
    CustomersFound,
    FloorView,
    HistoryPage,
    HistoryRequest,
    HubEvent,
    ListeningView,
    ListenMode,
    ListenRequest,
    Me,
    NoteDraft,
    Presence,
    Script,
    ScriptProgress,
    Snapshot,
    TemplateToSend,
    Thread,
    WrapUp,
    Written,
)
from sip.audio.devices import SoundPart
from sip.events import CallId, PhoneReport


class HubError(Exception):
    """The hub did not do it. ``words`` are for the agent: what happened and what to do next."""

    def __init__(self, words: Told = "") -> None:
        super().__init__(str(words))
        self.words = words


class HubUnreachable(HubError):
    """No answer from the hub in time; the same request may be sent again."""


class HubRefused(HubError):
    """The hub said no: wrong token, not this agent's contact, not allowed."""


class HubKnowsUsNot(HubRefused):
    """The hub knows no such device: its token was taken back, or has ended. To be enrolled again."""


class DoctorGone(Explained):
    """The doctor did not look at everything. ``parts`` say why."""


class DoctorPort(Protocol):
    """The phone doctor, as an open desk uses it."""

    def examine(self, *, sound: bool, size: tuple[int, int]) -> AsyncGenerator[Finding | Told]:
        """Each finding as it comes, and meanwhile what the agent is to do: speak, be quiet.

        ``sound``: the devices, too; ``size``: columns and lines of the terminal. Raises ``DoctorGone``.
        """
        ...


class DraftsError(Exception):
    """A draft could not be read, written or removed. ``str(error)`` says why."""


KeptT = TypeVar("KeptT", bound=Kept)


class Drafts(Protocol[KeptT]):
    """What the agent did, beyond the life of one desk: of each contact or conversation one draft.

    Everything raises ``DraftsError``, and returns once it is done: what is kept survives a kill from then on.
    """

    def load(self) -> tuple[KeptT, ...]: ...
    def keep(self, draft: KeptT) -> None: ...
    def drop(self, about: str) -> None: ...


class CallsPort(Protocol):
    """The calls of a phone. Everything raises ``sip.errors.PhoneError``."""

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Call a number; ``consults`` is the open call that it is about."""
        ...

    async def answer(self, call: CallId) -> None: ...
    async def hangup(self, call: CallId) -> None: ...
    async def hold(self, call: CallId) -> None: ...
    async def resume(self, call: CallId) -> None: ...
    async def mute(self, call: CallId, muted: bool) -> None: ...
    async def transfer(self, call: CallId, target: str) -> None: ...
    async def attended_transfer(self, call: CallId, consultation: CallId) -> None: ...
    async def merge(self, call: CallId, other: CallId) -> None: ...
    async def part(self, call: CallId) -> None: ...
    async def send_dtmf(self, call: CallId, digits: str) -> None: ...
    async def forget_missed(self, call: CallId = "") -> None:
        """Take one missed call off the phone's list, or all."""
        ...


class SoundPort(Protocol):
    """What a phone talks and rings through. Everything raises ``sip.errors.PhoneError``."""

    async def use(self, profile: str) -> None:
        """Talk and ring through another set of devices from now on, in a call too."""
        ...

    async def find(self) -> None:
        """Have the phone tell, by ``DevicesSeen``, what is plugged in."""
        ...

    async def choose(self, part: SoundPart, device: str) -> None:
        """Use another device in the set that is used, from now on, in a call too; empty: the system's."""
        ...

    async def set_ring_volume(self, volume: int) -> None:
        """Ring as loud from now on, 0 to 100."""
        ...

    async def try_out(self, part: SoundPart | None) -> None:
        """Play a tone or a ring through a device, or hear its microphone; None ends it. Not in a call."""
        ...

    async def silence_ring(self, silent: bool) -> None:
        """Have calls that come in ring without a sound, or heard again; they come all the same."""
        ...


class Attached(Protocol):
    """A phone that was reached. Everything raises ``sip.errors.PhoneError``."""

    @property
    def calls(self) -> CallsPort:
        """What can be done with its calls."""
        ...

    @property
    def sound(self) -> SoundPort:
        """What it talks and rings through."""
        ...

    def events(self) -> AsyncIterator[PhoneReport]:
        """What the phone reports; begins with events that tell how it stands now.

        Ends with ``PhoneGone`` when the phone is lost.
        """
        ...

    async def refresh(self) -> None:
        """Have the phone register anew now: the exchange says that it cannot reach it."""
        ...


class PhonePort(Attached, Protocol):
    """The phone, as the desk uses it. Before an ``attach`` everything else raises ``PhoneGone``."""

    async def attach(self) -> None:
        """Reach the phone, starting it where none runs, and have it register the agent's account."""
        ...


class CustomersPort(Protocol):
    """Who a contact is with, where the agent says it. Everything raises ``HubError``."""

    async def find(self, contact: str, words: str) -> CustomersFound:
        """Some of the CRM's customers with this name, telephone number or customer number."""
        ...

    async def link(self, contact: str, customer: str) -> CardAnswer:
        """From here on the contact is this customer's; refused where the CRM does not have them."""
        ...

    async def create(self, contact: str, customer: CustomerNew, key: str) -> CardAnswer:
        """Put them into the CRM, once for ``key``, and link them; refused where the CRM takes nobody new."""
        ...


class ConversationPort(Protocol):
    """Written conversations, as the desk uses them. Everything raises ``HubError``."""

    async def all(self) -> tuple[Conversation, ...]:
        """The agent's own, and those of their queues that are nobody's, the last to change first."""
        ...

    async def thread(self, conversation: str) -> Thread: ...
    async def of_contact(self, contact: str) -> Conversation:
        """The one with a contact's caller, which is the agent's from then on; nothing is sent by it."""
        ...

    async def take(self, conversation: str) -> Conversation:
        """Make it the agent's; refused where a colleague has it."""
        ...

    async def let_go(self, conversation: str) -> None: ...
    async def seen(self, conversation: str, message: str) -> None:
        """It has been read up to this message of the customer's."""
        ...

    async def say(self, conversation: str, text: str, key: str) -> Written:
        """Send a text, once for ``key``; refused where WhatsApp would take only a template."""
        ...

    async def send_template(self, conversation: str, asked: TemplateToSend, key: str) -> Written:
        """Send an approved message, once for ``key``; refused before the customer agreed to be written to."""
        ...

    async def send_file(self, conversation: str, name: str, data: bytes, key: str) -> Written:
        """Send a file, once for ``key``; refused for what does not pass."""
        ...

    async def file(self, conversation: str, message: str) -> bytes:
        """The file of a message."""
        ...


class LocalFileError(Exception):
    """A file of this machine cannot be read or written. ``words`` are for the agent."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(str(words))
        self.words = words


class LocalFiles(Protocol):
    """Files on the agent's own machine. Everything raises ``LocalFileError``, and may take its time."""

    def look(self, path: str) -> LocalFile:
        """What lies at a path as it was typed, or dropped on the terminal."""
        ...

    def read(self, path: str, most: int) -> bytes:
        """All of it, where that is no more than ``most`` bytes."""
        ...

    def save(self, name: str, media_type: str, data: bytes) -> str:
        """Write a new file into the directory for downloads, under this name or one like it; where it is."""
        ...


class FloorPort(Protocol):
    """The agents as those who train them see and hear them. Everything raises ``HubError``."""

    async def view(self) -> FloorView:
        """How all agents stand, and who waits."""
        ...

    async def listen(self, agent: str, asked: ListenRequest) -> ListeningView:
        """Have this agent's own phone rung, to hear the talk of ``agent``."""
        ...

    async def turn_listening(self, mode: ListenMode) -> ListeningView: ...
    async def write_coach_note(self, agent: str, note: CoachNote) -> None:
        """Put a line on the desk of ``agent``; refused where none is open."""
        ...


class CallbacksPort(Protocol):
    """Calls that customers are promised. Everything raises ``HubError``."""

    async def promise(self, asked: CallbackRequest, key: str) -> CallbackView:
        """Promise a callback, once for ``key``; refused where one stands, or none may be made."""
        ...

    async def cancel(self, callback: str) -> None:
        """Take a callback back: nobody is called. Refused while the customer is being called."""
        ...


class HubPort(Protocol):
    """The hub, as the desk uses it. Everything raises ``HubError``."""

    @property
    def customers(self) -> CustomersPort:
        """Where customers are looked for."""
        ...

    @property
    def conversations(self) -> ConversationPort:
        """What is said in writing."""
        ...

    @property
    def callbacks(self) -> CallbacksPort:
        """Where customers are promised calls."""
        ...

    @property
    def floor(self) -> FloorPort:
        """Where trainers see and hear the agents."""
        ...

    def events(self, cursor: str) -> AsyncIterator[HubEvent]:
        """Events after ``cursor``; ends with ``HubUnreachable`` when the line breaks."""
        ...

    async def snapshot(self) -> Snapshot: ...
    async def set_presence(self, presence: Presence, reason: str) -> Me: ...
    async def card(self, contact: str) -> CardAnswer: ...
    async def script(self, contact: str, language: str) -> Script:
        """The script of the contact's queue, in ``language`` where there is one; refused without any."""
        ...

    async def save_progress(self, contact: str, progress: ScriptProgress) -> None: ...
    async def save_note(self, contact: str, note: NoteDraft) -> None: ...
    async def wrap_up(self, contact: str, wrap_up: WrapUp, key: str) -> ContactRecord:
        """Store the wrap-up; ``key`` makes it happen once, however often it is sent."""
        ...

    async def history(self, asked: HistoryRequest) -> HistoryPage:
        """A page of the agent's own contacts of before, the newest first."""
        ...
