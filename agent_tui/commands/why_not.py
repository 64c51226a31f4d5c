"""Why a command cannot act as things stand, in words for the agent."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.text.catalogue import Phrase

_NO_DEVICES = Phrase("The phone is not there at the moment, or has no devices to choose from.")
_OF_CONVERSATIONS: tuple[type[do.Command], ...] = (
    do.ReadConversation,
    do.TakeConversation,
    do.LetConversationGo,
    do.SeeConversation,
    do.SayText,
    do.SendTemplate,
)
_NO_FILES = Phrase(
    "Files are not sent or saved here: the hub is away or sends none, or this desk is in a browser."
)

_NOT_POSSIBLE: dict[type[do.Command], Phrase] = {
    do.Answer: Phrase("No call waits to be answered. A call being dialled must end first."),
    do.HangUp: Phrase("There is no call to end."),
    do.ToggleHold: Phrase("There is no call to hold."),
    do.ToggleMute: Phrase("There is no talk to mute."),
    do.Swap: Phrase("There is no other call to go on with."),
    do.Transfer: Phrase("There is no talk to hand on."),
    do.AttendedTransfer: Phrase(
        "Nobody was asked who could take the customer, or this phone cannot connect them."
    ),
    do.Merge: Phrase("There are no two talks to merge, or this phone cannot mix two calls."),
    do.Part: Phrase("No calls are merged."),
    do.SendKeys: Phrase("There is no talk to send keys in."),
    do.Dial: Phrase("Another call must end before a new one can be dialled."),
    do.UseSound: Phrase(
        "There are no other devices to choose from: the settings name them under [[audio.profile]]."
    ),
    do.LogIn: Phrase("The hub knows this device, or a call is open."),
    do.FindDevices: _NO_DEVICES,
    do.ChooseDevice: _NO_DEVICES,
    do.SetRingVolume: _NO_DEVICES,
    do.TrySound: Phrase("Devices are tried between calls: in a talk you hear them."),
    do.ToggleRing: Phrase("The phone is not there at the moment."),
    do.CallBack: Phrase("Nobody with a number was missed, or a call is open."),
    do.ClearMissed: Phrase("No call was missed, or a call is open."),
    do.SearchHistory: Phrase("The hub is away, and the history with it."),
    do.OlderHistory: Phrase("There is nothing older to read."),
    do.FindCustomer: Phrase("There is no talk or wrap-up to link a customer to, or the hub is away."),
    do.LinkCustomer: Phrase("There is no talk or wrap-up to link a customer to, or the hub is away."),
    do.CreateCustomer: Phrase(
        "There is no talk or wrap-up to link a customer to, or this centre's CRM takes nobody new from here."
    ),
    do.WatchFloor: Phrase("The floor is for trainers and supervisors, and the hub must be there."),
    do.Listen: Phrase(
        "Nobody can listen in here now: the hub or the phone is away, or your role does not allow it."
    ),
    do.WriteCoachNote: Phrase("The floor is for trainers and supervisors, and the hub must be there."),
    do.PromiseCallback: Phrase("This centre calls nobody back, or you serve no queue of it."),
    do.CancelCallback: Phrase("There is no callback to take back."),
    do.WriteToCaller: Phrase("You talk with nobody whose number messages reach, or the hub is away."),
    do.WatchConversations: Phrase("This centre does not write by WhatsApp."),
    **dict.fromkeys(_OF_CONVERSATIONS, Phrase("The hub is away, and the conversations with it.")),
    **dict.fromkeys((do.LookAtFile, do.SendFile, do.SaveFile), _NO_FILES),
    do.SetPresence: Phrase("The hub does not answer, so the exchange cannot be told."),
    do.FinishWrapUp: Phrase("No wrap-up is owed."),
    do.TickStep: Phrase("No script is open."),
    do.AnswerStep: Phrase("No script is open."),
    do.EditNote: Phrase("The note opens with the ring."),
    do.ChooseDisposition: Phrase("No contact is being worked on."),
    do.ChooseCustomer: Phrase("There are no several customers to choose from."),
    do.SelectCall: Phrase("There is no call."),
    do.DismissNotice: Phrase("There is no notice."),
}


def why_not(command: type[do.Command]) -> Phrase:
    """Why a command that is not possible now is not, for the agent."""
    return _NOT_POSSIBLE[command]
