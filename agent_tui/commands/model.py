"""What the agent can ask for. Screens make commands from keys and clicks; handlers carry them out."""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from hub.contract import CallbackRequest, ListenMode, Presence, TemplateToSend
from sip.audio.devices import SoundPart
from sip.events import CallId


@message
class Answer:
    """Answer the call that rings; the one being talked in is put on hold first."""


@message
class HangUp:
    """End the active call; while it rings here, decline it. After a consultation the first call goes on."""


@message
class ToggleHold:
    """Hold the active call, or take it off hold."""


@message
class ToggleMute:
    """Shut or open the microphone in the active call."""


@message
class Swap:
    """Hold the active call and go on with the other one."""


@message
class SelectCall:
    """Make a call the active one."""

    call: CallId


@message
class Transfer:
    """Blind transfer of the active call to a number."""

    target: str


@message
class AttendedTransfer:
    """Join the customer with the colleague who was asked, and leave both calls."""


@message
class Merge:
    """Talk in both calls at once: three hear each other."""


@message
class Part:
    """Go on with the active one of two merged calls; the other is held."""


@message
class SendKeys:
    """Send ``0-9*#`` in the active call."""

    digits: str


@message
class Dial:
    """Call a number."""

    number: str


@message
class CallBack:
    """Call the newest missed caller, who is then missed no longer."""


@message
class ClearMissed:
    """The agent has seen the missed calls."""


@message
class SearchHistory:
    """Look through the agent's own contacts of before for ``words``; ``key`` names this one search."""

    words: str
    key: str


@message
class OlderHistory:
    """Read the next page of what was found."""


@message
class LeaveHistory:
    """Nothing of it is needed any more."""


@message
class FindCustomer:
    """Look in the CRM for who a contact is with, by ``words``; ``key`` names this one search."""

    contact: str
    words: str
    key: str


@message
class LinkCustomer:
    """The contact is with this customer."""

    contact: str
    customer: str


@message
class CreateCustomer:
    """Put whom a contact is with into the CRM, and link them; under the same ``key`` it is still one."""

    contact: str
    name: str
    number: str
    key: str


@message
class LeaveCustomers:
    """Nothing of what was found is needed any more."""


@message
class WatchFloor:
    """Ask how the floor stands now."""


@message
class LeaveFloor:
    """Nothing of it is needed any more."""


@message
class Listen:
    """Hear an agent's talk, and be heard as ``mode`` says; who hears them already goes on otherwise."""

    agent: str
    mode: ListenMode


@message
class WriteCoachNote:
    """Put a line on the desk of an agent, whose name is ``name``."""

    agent: str
    name: str
    text: str


@message
class PromiseCallback:
    """Have a customer called back; sent again under the same ``key`` it is still one."""

    asked: CallbackRequest
    key: str


@message
class CancelCallback:
    """Take a callback back."""

    callback: str


@message
class WriteToCaller:
    """Go on with the caller of a contact by WhatsApp, beside the call."""

    contact: str


@message
class WatchConversations:
    """See which written conversations there are."""


@message
class ReadConversation:
    """Read what was said in one."""

    conversation: str


@message
class LeaveConversations:
    """Nothing of them is read any more."""


@message
class TakeConversation:
    """Make one that is nobody's the agent's own."""

    conversation: str


@message
class LetConversationGo:
    """Give one back to its queue."""

    conversation: str


@message
class SeeConversation:
    """It has been read up to this message."""

    conversation: str
    message: str


@message
class SayText:
    """Send a text to the customer; sent again under the same ``key`` it is still one."""

    conversation: str
    text: str
    key: str


@message
class LookAtFile:
    """See what lies at a path, before it is sent."""

    path: str


@message
class LeaveFile:
    """Nothing of it is sent."""


@message
class SendFile:
    """Send what lies at ``path``, which is called ``name``; under the same ``key`` it is still one."""

    conversation: str
    path: str
    name: str
    key: str


@message
class SaveFile:
    """Save the file of a message in the user's directory for downloads."""

    conversation: str
    message: str


@message
class SendTemplate:
    """Send an approved message, which reads as ``text``; under the same ``key`` it is still one."""

    conversation: str
    asked: TemplateToSend
    text: str
    key: str


@message
class TakeTextBack:
    """Have a text that the hub refused to write it otherwise."""

    key: str


@message
class EditAnswer:
    """An answer as it now stands on the screen. It is named, so that it reaches no other one."""

    conversation: str
    text: str


@message
class SetPresence:
    """Choose to be ready or away."""

    presence: Presence
    reason: str = ""


@message
class LogIn:
    """Enrol this device at the hub again, which knows it no more; the desk itself does it."""


@message
class UseSound:
    """Talk and ring through another set of devices."""

    profile: str


@message
class FindDevices:
    """Have the phone look what is plugged in."""


@message
class ChooseDevice:
    """Use another device in the set that is talked through; empty: the system's own choice."""

    part: SoundPart
    device: str


@message
class SetRingVolume:
    """Ring as loud from now on, 0 to 100."""

    volume: int


@message
class TrySound:
    """Hear a device, or be heard by it; None ends what is being tried."""

    part: SoundPart | None


@message
class ToggleRing:
    """Have calls ring without a sound, bell and ring tone alike, or heard again. They come all the same."""


@message
class TickStep:
    """Mark a script step done, or not done."""

    contact: str
    step: str


@message
class AnswerStep:
    """Choose the customer's answer at a script step; it opens and closes branches."""

    contact: str
    step: str
    answer: str


@message
class EditNote:
    """A contact's note as it now stands on the screen.

    The contact is named, so that a ring in the middle of a word never moves the text to another customer.
    """

    contact: str
    text: str


@message
class ChooseCustomer:
    """Of several cards, take this customer's."""

    contact: str
    customer: str


@message
class ChooseDisposition:
    """How this contact ended."""

    contact: str
    code: str


@message
class FinishWrapUp:
    """Store note and disposition; nothing is owed for this contact any more."""

    contact: str


@message
class DismissNotice:
    """The agent read it."""

    topic: str


Command: TypeAlias = (
    Answer
    | HangUp
    | ToggleHold
    | ToggleMute
    | Swap
    | SelectCall
    | Transfer
    | AttendedTransfer
    | Merge
    | Part
    | SendKeys
    | Dial
    | CallBack
    | ClearMissed
    | SearchHistory
    | OlderHistory
    | LeaveHistory
    | FindCustomer
    | LinkCustomer
    | CreateCustomer
    | LeaveCustomers
    | WatchFloor
    | LeaveFloor
    | Listen
    | WriteCoachNote
    | PromiseCallback
    | CancelCallback
    | WriteToCaller
    | WatchConversations
    | ReadConversation
    | LeaveConversations
    | TakeConversation
    | LetConversationGo
    | SeeConversation
    | SayText
    | SendTemplate
    | LookAtFile
    | LeaveFile
    | SendFile
    | SaveFile
    | TakeTextBack
    | EditAnswer
    | SetPresence
    | LogIn
    | UseSound
    | FindDevices
    | ChooseDevice
    | SetRingVolume
    | TrySound
    | ToggleRing
    | TickStep
    | AnswerStep
    | EditNote
    | ChooseCustomer
    | ChooseDisposition
    | FinishWrapUp
    | DismissNotice
)
