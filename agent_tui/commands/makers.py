"""Which act each command becomes, by subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from agent_tui.commands import model as do
from agent_tui.commands.act import Act
from agent_tui.commands.callbacks import CallbackCommands
from agent_tui.commands.calls import CallCommands
from agent_tui.commands.conversations import ConversationCommands
from agent_tui.commands.customers import CustomerCommands
from agent_tui.commands.files import FileCommands
from agent_tui.commands.floor import FloorCommands
from agent_tui.commands.history import HistoryCommands
from agent_tui.commands.presence import PresenceCommands
from agent_tui.commands.sound import SoundCommands
from agent_tui.ports import HubPort, LocalFiles, PhonePort
from agent_tui.session.store import Store

Maker: TypeAlias = Callable[[Any], Act]
"""Makes an act of a command of its kind."""

Makers: TypeAlias = dict[type[do.Command], Maker]


def makers(store: Store, phone: PhonePort, hub: HubPort, files: LocalFiles | None) -> Makers:
    """Of all that is carried out beside the screen; what edits the state alone is in ``work.EDITS``."""
    return {
        **_calls(CallCommands(store, phone)),
        **_sound(SoundCommands(store, phone)),
        **_contacts(store, hub),
        **_floor(FloorCommands(store, phone, hub)),
        **_callbacks(CallbackCommands(store, hub)),
        **_written(ConversationCommands(store, hub)),
        **_files(FileCommands(store, hub.conversations, files)),
        do.SetPresence: PresenceCommands(store, hub).set_presence,
    }


def _calls(calls: CallCommands) -> Makers:
    return {
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
        do.CallBack: calls.call_back,
        do.ClearMissed: calls.clear_missed,
    }


def _sound(sound: SoundCommands) -> Makers:
    return {
        do.UseSound: sound.use,
        do.FindDevices: sound.find,
        do.ChooseDevice: sound.choose,
        do.SetRingVolume: sound.set_volume,
        do.TrySound: sound.try_out,
        do.ToggleRing: sound.toggle_ring,
    }


def _contacts(store: Store, hub: HubPort) -> Makers:
    history, customers = HistoryCommands(store, hub), CustomerCommands(store, hub.customers)
    return {
        do.SearchHistory: history.search,
        do.OlderHistory: history.older,
        do.FindCustomer: customers.find,
        do.LinkCustomer: customers.link,
        do.CreateCustomer: customers.create,
    }


def _floor(floor: FloorCommands) -> Makers:
    return {
        do.WatchFloor: floor.watch,
        do.Listen: floor.listen,
        do.WriteCoachNote: floor.write,
    }


def _callbacks(callbacks: CallbackCommands) -> Makers:
    return {
        do.PromiseCallback: callbacks.promise,
        do.CancelCallback: callbacks.cancel,
    }


def _written(written: ConversationCommands) -> Makers:
    return {
        do.WatchConversations: written.watch,
        do.WriteToCaller: written.write_to_caller,
        do.ReadConversation: written.read,
        do.TakeConversation: written.take,
        do.LetConversationGo: written.let_go,
        do.SeeConversation: written.see,
        do.SayText: written.say,
        do.SendTemplate: written.send_template,
    }


def _files(files: FileCommands) -> Makers:
    return {
        do.LookAtFile: files.look,
        do.SendFile: files.send,
        do.SaveFile: files.save,
    }
