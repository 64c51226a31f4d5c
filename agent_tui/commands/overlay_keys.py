"""What the keys of the table mean in what lies over the desk: a line for each place and key.

A key has one id wherever it acts, so that ``[keys]`` of the settings moves all that it does together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Meaning, Place
from agent_tui.text.catalogue import Phrase


@dataclass(frozen=True, slots=True)
class OverlayKey:
    """The key of the shortcut ``id`` in one place. ``action`` is that screen's, as Textual names actions."""

    id: str
    place: Place
    action: str
    meanings: tuple[Meaning, ...]


OVERLAY_KEYS: Final = (
    OverlayKey(
        "customer",
        Place.SEARCH,
        "create",
        (Meaning(Phrase("None of them: put a new customer into the CRM"), do.CreateCustomer),),
    ),
    OverlayKey(
        "transfer",
        Place.CONVERSATIONS,
        "template",
        (
            Meaning(Phrase("Have back what was refused"), do.TakeTextBack),
            Meaning(Phrase("Fill a template, or send it again"), do.SendTemplate),
            Meaning(Phrase("Send a file, or send it again"), do.SendFile),
        ),
    ),
    OverlayKey(
        "keys",
        Place.CONVERSATIONS,
        "take",
        (
            Meaning(Phrase("Take the conversation that is read"), do.TakeConversation),
            Meaning(Phrase("Give it back to its queue"), do.LetConversationGo),
        ),
    ),
    OverlayKey("dial", Place.CONVERSATIONS, "call", (Meaning(Phrase("Call the customer"), do.Dial),)),
    OverlayKey(
        "hold",
        Place.CONVERSATIONS,
        "press('hold')",
        (Meaning(Phrase("Put the call on hold, or go on with it"), do.ToggleHold),),
    ),
    OverlayKey(
        "mute",
        Place.CONVERSATIONS,
        "press('mute')",
        (Meaning(Phrase("Shut the microphone, or open it"), do.ToggleMute),),
    ),
    OverlayKey(
        "whatsapp",
        Place.CONVERSATIONS,
        "leave",
        (Meaning(Phrase("Go back to the desk"), do.LeaveConversations),),
    ),
    OverlayKey("dial", Place.HISTORY, "call_back", (Meaning(Phrase("Call the chosen one back"), do.Dial),)),
    OverlayKey(
        "callback",
        Place.HISTORY,
        "promise_callback",
        (Meaning(Phrase("Promise the chosen one a callback"), do.PromiseCallback),),
    ),
    OverlayKey(
        "keys", Place.HISTORY, "seen", (Meaning(Phrase("Mark the missed calls as seen"), do.ClearMissed),)
    ),
    OverlayKey("doctor", Place.DOCTOR, "again", (Meaning(Phrase("Look at everything anew")),)),
    OverlayKey(
        "hold",
        Place.FLOOR,
        "listen('listen')",
        (Meaning(Phrase("Listen to the chosen agent; nobody hears you"), do.Listen),),
    ),
    OverlayKey(
        "mute",
        Place.FLOOR,
        "listen('whisper')",
        (Meaning(Phrase("Whisper: only the chosen agent hears you"), do.Listen),),
    ),
    OverlayKey(
        "transfer",
        Place.FLOOR,
        "listen('barge')",
        (Meaning(Phrase("Join the call: the customer hears you, too"), do.Listen),),
    ),
    OverlayKey(
        "keys",
        Place.FLOOR,
        "write",
        (Meaning(Phrase("Write a line to the chosen agent"), do.WriteCoachNote),),
    ),
)


def of_place(place: Place) -> tuple[OverlayKey, ...]:
    """Those that act there, in their order."""
    return tuple(one for one in OVERLAY_KEYS if one.place is place)
