"""The commander: takes commands from the screen, has each carried out once, and tells what went wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, Key, NotNow
from agent_tui.commands.callbacks import CallbackCommands
from agent_tui.commands.calls import CallCommands
from agent_tui.commands.conversations import ConversationCommands
from agent_tui.commands.customers import CustomerCommands
from agent_tui.commands.files import FileCommands
from agent_tui.commands.floor import FloorCommands
from agent_tui.commands.history import HistoryCommands
from agent_tui.commands.presence import PresenceCommands
from agent_tui.commands.sound import SoundCommands
from agent_tui.commands.targets import BadTarget
from agent_tui.commands.work import EDITS
from agent_tui.ports import HubError, HubPort, LocalFiles, PhonePort
from agent_tui.session.events import CommandFailed
from agent_tui.session.select import possible
from agent_tui.session.store import Store, Surviving, nothing_survived
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import said
from sip.errors import PhoneError

_MOST_WAITING = 64

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

_FAILED = Phrase("It did not work. Try again.")

_Maker: TypeAlias = Callable[[Any], Act]


class Commander:
    """Callable with a command, at any time, from the event loop. ``run`` must live for acts to happen.

    What acts on a call is fixed at the press: a call that ends a moment later is not mistaken for the next.
    """

    def __init__(
        self,
        store: Store,
        phone: PhonePort,
        hub: HubPort,
        *,
        files: LocalFiles | None = None,
        surviving: Surviving = nothing_survived,
    ) -> None:
        """``files`` None: this machine is not the agent's own, and none of its files is read or written."""
        calls, presence = CallCommands(store, phone), PresenceCommands(store, hub)
        callbacks, history = CallbackCommands(store, hub), HistoryCommands(store, hub)
        floor, customers = FloorCommands(store, phone, hub), CustomerCommands(store, hub.customers)
        sound = SoundCommands(store, phone)
        written, filed = ConversationCommands(store, hub), FileCommands(store, hub.conversations, files)
        self._store = store
        self._surviving = surviving
        self._makers: dict[type[do.Command], _Maker] = {
            do.Answer: calls.answer,
            do.HangUp: calls.hang_up,
            do.ToggleHold: calls.toggle_hold,
            do.ToggleMute: calls.toggle_mute,
            do.Swap: calls.swap,
            do.Transfer: calls.transfer,
            do.AttendedTransfer: calls.attended_transfer,
            do.Merge: calls.merge,
            do.Part: calls.part,
            do.SendKeys: calls.send_keys,
            do.Dial: calls.dial,
            do.UseSound: sound.use,
            do.FindDevices: sound.find,
            do.ChooseDevice: sound.choose,
            do.SetRingVolume: sound.set_volume,
            do.TrySound: sound.try_out,
            do.ToggleRing: sound.toggle_ring,
            do.CallBack: calls.call_back,
            do.ClearMissed: calls.clear_missed,
            do.SearchHistory: history.search,
            do.OlderHistory: history.older,
            do.FindCustomer: customers.find,
            do.LinkCustomer: customers.link,
            do.CreateCustomer: customers.create,
            do.WatchFloor: floor.watch,
            do.Listen: floor.listen,
            do.WriteCoachNote: floor.write,
            do.PromiseCallback: callbacks.promise,
            do.CancelCallback: callbacks.cancel,
            do.WatchConversations: written.watch,
            do.WriteToCaller: written.write_to_caller,
            do.ReadConversation: written.read,
            do.TakeConversation: written.take,
            do.LetConversationGo: written.let_go,
            do.SeeConversation: written.see,
            do.SayText: written.say,
            do.SendTemplate: written.send_template,
            do.LookAtFile: filed.look,
            do.SendFile: filed.send,
            do.SaveFile: filed.save,
            do.SetPresence: presence.set_presence,
        }
        self._waiting: asyncio.Queue[Act] = asyncio.Queue(_MOST_WAITING)
        self._under_way: Counter[Key] = Counter()
        self._turns: dict[Key, asyncio.Lock] = {}

    def __call__(self, command: do.Command) -> None:
        """Carry out ``command``, or say in a notice why not. Returns at once."""
        with self._surviving(type(command).__name__):
            try:
                self._take(command)
            except (NotNow, BadTarget) as error:
                self._store.dispatch(CommandFailed(error.words))

    async def run(self) -> None:
        """Carry out acts side by side. Ends only when cancelled, and its acts with it."""
        async with asyncio.TaskGroup() as group:
            while True:
                act = await self._waiting.get()
                group.create_task(self._carry_out(act))

    def _take(self, command: do.Command) -> None:
        kind = type(command)
        state = self._store.state
        if kind in EDITS:
            self._store.dispatch(EDITS[kind](state, command))
        elif self._waiting.full():
            raise NotNow(Phrase("Too much is under way. Wait a moment and press again."))
        elif kind in possible(state):
            self._queue(self._makers[kind](command))
        else:
            raise NotNow(_NOT_POSSIBLE[kind])

    def _queue(self, act: Act) -> None:
        if self._under_way[act.key] and not act.queues:
            return
        self._under_way[act.key] += 1
        self._waiting.put_nowait(act)

    async def _carry_out(self, act: Act) -> None:
        with self._surviving(f"the act {act.key[0]}"):
            await self._run(act)

    async def _run(self, act: Act) -> None:
        try:
            async with self._turns.setdefault(act.key, asyncio.Lock()), asyncio.timeout(act.within):
                await act.run()
        except HubError as error:
            self._store.dispatch(CommandFailed(error.words or _FAILED))
        except PhoneError as error:
            self._store.dispatch(CommandFailed(said(str(error)) or _FAILED))
        except TimeoutError:
            self._store.dispatch(
                CommandFailed(Phrase("No answer in time. See how things stand and try again."))
            )
        finally:
            self._done(act.key)

    def _done(self, key: Key) -> None:
        self._under_way[key] -= 1
        if not self._under_way[key]:
            del self._under_way[key]
            self._turns.pop(key, None)


def why_not(command: type[do.Command]) -> Phrase:
    """Why a command that is not possible now is not, for the agent."""
    return _NOT_POSSIBLE[command]
