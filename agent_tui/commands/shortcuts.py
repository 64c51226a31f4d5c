"""The one table of keys: what each is called in the settings, what it asks for, and which key it is.

Bindings, buttons, hints, help and palette are all made from here. ``[keys]`` of the settings puts another
key in a line's place, and ``use`` puts it everywhere at once. No letters: they belong to the note, and
arrive as other letters under a Hebrew layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

from agent_tui.commands import model as do
from agent_tui.text.catalogue import Phrase, name_keys
from agent_tui.text.hebrew_layout import LETTERS

Key: TypeAlias = str
"""A key as Textual names it: ``f2``, ``ctrl+down``."""


class Place(Enum):
    """Where a key acts, as the help tells it."""

    ANYWHERE = Phrase("On the desk and in what lies over it")
    DESK = Phrase("On the desk")
    LIST = Phrase("In a list")
    NOTE = Phrase("In the note")
    OVER = Phrase("In what lies over the desk")
    FORM = Phrase("In a form")
    FILE = Phrase("Where a file is chosen")
    SEARCH = Phrase("Where a customer is looked for")
    CONVERSATIONS = Phrase("In the WhatsApp conversations")
    HISTORY = Phrase("In the history of your calls")
    SETTINGS = Phrase("In the settings")
    DOCTOR = Phrase("In the phone doctor")
    FLOOR = Phrase("On the floor, for trainers")
    KEYPAD = Phrase("On the keypad")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a key asks for. ``command`` is None for what only this screen does.

    ``also`` are other words that somebody may look for.
    """

    words: Phrase
    command: type[do.Command] | None = None
    also: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key by its id: of its meanings the first that is possible is what it does."""

    id: str
    key: Key
    meanings: tuple[Meaning, ...]
    place: Place = Place.DESK

    @property
    def commands(self) -> tuple[type[do.Command], ...]:
        """What it asks for, in its order."""
        return tuple(meaning.command for meaning in self.meanings if meaning.command is not None)


@dataclass(frozen=True, slots=True)
class Part:
    """What is done in a part of the desk by choosing there; ``id`` is that part's."""

    id: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Fixed:
    """Keys that mean the same in every program, and cannot be given away. They ask for ``commands``."""

    keys: tuple[Key, ...]
    words: Phrase
    place: Place
    commands: tuple[type[do.Command], ...] = ()


SHORTCUTS: Final = (
    Shortcut(
        "answer",
        "f2",
        (Meaning(Phrase("Answer the call that rings"), do.Answer, Phrase("take pick up")),),
        Place.ANYWHERE,
    ),
    Shortcut(
        "hold",
        "f3",
        (Meaning(Phrase("Put the call on hold, or go on with it"), do.ToggleHold, Phrase("resume wait")),),
    ),
    Shortcut(
        "mute",
        "f4",
        (Meaning(Phrase("Shut the microphone, or open it"), do.ToggleMute, Phrase("mute unmute")),),
    ),
    Shortcut(
        "transfer",
        "f5",
        (
            Meaning(
                Phrase("Connect the customer with the colleague"),
                do.AttendedTransfer,
                Phrase("attended transfer hand on"),
            ),
            Meaning(
                Phrase("Transfer the call, by number or name"), do.Transfer, Phrase("blind hand on forward")
            ),
            Meaning(Phrase("Call the newest missed caller back"), do.CallBack, Phrase("return call")),
        ),
    ),
    Shortcut(
        "keys",
        "f6",
        (
            Meaning(
                Phrase("Send telephone keys in the call"), do.SendKeys, Phrase("keypad dtmf digits tones")
            ),
            Meaning(Phrase("Mark the missed calls as seen"), do.ClearMissed, Phrase("clear")),
        ),
    ),
    Shortcut(
        "dial",
        "f7",
        (
            Meaning(Phrase("Part the three, and go on with one"), do.Part, Phrase("split conference")),
            Meaning(Phrase("Merge the calls, so that three talk"), do.Merge, Phrase("conference join")),
            Meaning(
                Phrase("Call, by number or name; in a talk, ask a colleague"),
                do.Dial,
                Phrase("dial consult phone"),
            ),
        ),
    ),
    Shortcut(
        "hang_up",
        "f8",
        (
            Meaning(
                Phrase("Hang up, or decline the call that rings"),
                do.HangUp,
                Phrase("end disconnect cancel reject back"),
            ),
        ),
        Place.ANYWHERE,
    ),
    Shortcut(
        "presence",
        "f9",
        (
            Meaning(Phrase("Be ready for calls, or away"), do.SetPresence, Phrase("pause break available")),
            Meaning(Phrase("Log in to the hub again"), do.LogIn, Phrase("enrol enroll code password")),
        ),
    ),
    Shortcut(
        "swap",
        "f10",
        (Meaning(Phrase("Go over to the other call"), do.Swap, Phrase("swap switch toggle")),),
    ),
    Shortcut(
        "doctor",
        "f11",
        (
            Meaning(
                Phrase("See what calls need here, and what is wrong: the phone doctor"),
                None,
                Phrase("doctor check diagnose test network"),
            ),
        ),
    ),
    Shortcut(
        "finish",
        "f12",
        (
            Meaning(
                Phrase("Finish the wrap-up: store note and outcome"),
                do.FinishWrapUp,
                Phrase("save done close"),
            ),
        ),
    ),
    Shortcut(
        "next_step",
        "ctrl+down",
        (Meaning(Phrase("Tick the script's next step"), do.TickStep, Phrase("done check")),),
    ),
    Shortcut(
        "sound",
        "ctrl+o",
        (Meaning(Phrase("Talk through other devices"), do.UseSound, Phrase("sound headset microphone")),),
    ),
    Shortcut(
        "ring",
        "ctrl+g",
        (Meaning(Phrase("Silence the ring, or let it be heard"), do.ToggleRing, Phrase("quiet disturb")),),
    ),
    Shortcut(
        "callback",
        "ctrl+r",
        (Meaning(Phrase("Promise a customer a callback"), do.PromiseCallback, Phrase("call back later")),),
    ),
    Shortcut(
        "customer",
        "ctrl+n",
        (
            Meaning(
                Phrase("Find the customer in the CRM, and link them to this contact"),
                do.FindCustomer,
                Phrase("customer link search unknown who"),
            ),
            Meaning(
                Phrase("Put a new customer into the CRM, and link them"),
                do.CreateCustomer,
                Phrase("create add customer"),
            ),
        ),
    ),
    Shortcut(
        "history",
        "ctrl+f",
        (Meaning(Phrase("Look through your own calls"), None, Phrase("history search older missed")),),
    ),
    Shortcut(
        "whatsapp",
        "ctrl+t",
        (
            Meaning(
                Phrase("Go on with the caller by WhatsApp"),
                do.WriteToCaller,
                Phrase("message chat write text"),
            ),
            Meaning(
                Phrase("Read and answer WhatsApp messages"),
                do.WatchConversations,
                Phrase("conversation conversations chat unread take give back template send"),
            ),
        ),
    ),
    Shortcut(
        "settings",
        "ctrl+s",
        (
            Meaning(
                Phrase("Change language, colours, sound and keys"),
                None,
                Phrase("settings options preferences shortcuts choose try device devices ring volume"),
            ),
        ),
    ),
    Shortcut(
        "floor",
        "ctrl+l",
        (
            Meaning(
                Phrase("Trainers: see the floor, listen in, write to agents"),
                do.WatchFloor,
                Phrase("trainer supervisor coach listen whisper join barge listening line"),
            ),
        ),
    ),
    Shortcut("palette", "ctrl+p", (Meaning(Phrase("Find a command by its words")),), Place.ANYWHERE),
    Shortcut(
        "help", "f1", (Meaning(Phrase("See all keys"), None, Phrase("help shortcuts")),), Place.ANYWHERE
    ),
    Shortcut(
        "quit",
        "ctrl+q",
        (Meaning(Phrase("Leave the desk"), None, Phrase("quit exit close")),),
        Place.ANYWHERE,
    ),
)

PARTS: Final = (
    Part("note", Meaning(Phrase("Write the note"), do.EditNote, Phrase("text"))),
    Part("outcome", Meaning(Phrase("Choose how the contact ended"), do.ChooseDisposition, Phrase("outcome"))),
    Part("script", Meaning(Phrase("Take down an answer in the script"), do.AnswerStep, Phrase("guide"))),
    Part("card", Meaning(Phrase("Choose which customer it is"), do.ChooseCustomer, Phrase("card"))),
    Part("calls", Meaning(Phrase("Choose the call that the keys act on"), do.SelectCall, Phrase("switch"))),
    Part("agenda", Meaning(Phrase("Take a callback back"), do.CancelCallback, Phrase("cancel agenda"))),
)

BY_ID: Final[Mapping[str, Shortcut]] = MappingProxyType({one.id: one for one in SHORTCUTS})

DISMISS: Final = Meaning(Phrase("Take the newest notice away, else go back to the note"), do.DismissNotice)

FIXED: Final = (
    Fixed(("tab", "shift+tab"), Phrase("Go to the next part, or back"), Place.DESK),
    Fixed(("escape",), DISMISS.words, Place.DESK),
    Fixed(("up", "down"), Phrase("Choose a row"), Place.LIST),
    Fixed(("pageup", "pagedown"), Phrase("Turn a page"), Place.LIST),
    Fixed(("enter", "space"), Phrase("Take the chosen row"), Place.LIST),
    Fixed(("ctrl+x", "ctrl+c", "ctrl+v"), Phrase("Cut, copy, paste"), Place.NOTE),
    Fixed(("ctrl+z", "ctrl+y"), Phrase("Undo, redo"), Place.NOTE),
    Fixed(("escape",), Phrase("Close it without an answer"), Place.OVER),
    Fixed(("enter",), Phrase("Go on with what was typed or chosen"), Place.OVER),
    Fixed(("tab", "shift+tab"), Phrase("Go to the next field, or back"), Place.FORM),
    Fixed(("enter",), Phrase("Send it; what is missing is said"), Place.FORM),
    Fixed(
        ("enter",),
        Phrase("Look at the file; once more, send it"),
        Place.FILE,
        (do.LookAtFile, do.SendFile),
    ),
    Fixed(("enter",), Phrase("It is them: link the contact to them"), Place.SEARCH, (do.LinkCustomer,)),
    Fixed(("tab", "shift+tab"), Phrase("Go to the next part, or back"), Place.CONVERSATIONS),
    Fixed(("pageup", "pagedown"), Phrase("Scroll in what was said"), Place.CONVERSATIONS),
    Fixed(
        ("enter",),
        Phrase("Read the chosen conversation; in the box send the answer, at a file save it"),
        Place.CONVERSATIONS,
        (do.ReadConversation, do.SayText, do.SaveFile),
    ),
    Fixed(("enter",), Phrase("Read the note, or older calls"), Place.HISTORY, (do.OlderHistory,)),
    Fixed(("left", "right"), Phrase("Change it"), Place.SETTINGS, (do.ChooseDevice, do.SetRingVolume)),
    Fixed(
        ("enter",),
        Phrase("Try the device, or give the act another key"),
        Place.SETTINGS,
        (do.TrySound,),
    ),
    Fixed(("0…9", "*", "#"), Phrase("Send this telephone key at once"), Place.KEYPAD),
)

_LABELS: Final = MappingProxyType(
    {
        "up": "↑",
        "down": "↓",
        "left": "←",
        "right": "→",
        "pageup": "PgUp",
        "pagedown": "PgDn",
        "escape": "Esc",
    }
)
_WORDS: Final = MappingProxyType({key: word for key, word in _LABELS.items() if word.isascii()})
DOUBTFUL: Final = "ctrl+slash"
"""What may be meant for Ctrl+Q: on that key of a Hebrew layout stands a slash, and some terminals name that.
Other layouts have one, too, so it only asks whether to leave.
"""


@dataclass(slots=True)
class _InUse:
    """The keys of this process: a desk has one screen and one agent."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    arrows: bool = True
    words: Mapping[str, str] = field(default_factory=dict)


_now = _InUse()


def use(keys: Mapping[str, Key]) -> None:
    """From now on these ids have these keys, and all others their usual ones."""
    _now.keys = dict(keys)
    _tell_messages()


def draw_arrows(drawn: bool) -> None:
    """Whether ``Ctrl+↓`` is called so, or ``Ctrl+Down``: in ASCII an arrow is a letter, and Ctrl+V pastes."""
    _now.arrows = drawn
    _tell_messages()


def say_words(words: Mapping[str, str]) -> None:
    """Where words are typed and no keys pressed: messages say these in the keys' place, by the id of the key
    or the act of a ``By``.
    """
    _now.words = dict(words)
    _tell_messages()


def _tell_messages() -> None:
    usual = {one.id: _spelt(one.key, _LABELS) for one in SHORTCUTS}
    now = {key: _now.words.get(name, named(name)) for name, key in usual.items()}
    name_keys({**_now.words, **{key: name for key, name in now.items() if name != key}})


def key_of(shortcut: str) -> Key:
    """The key that this id has now."""
    return _now.keys.get(shortcut, BY_ID[shortcut].key)


def named(shortcut: str) -> str:
    """That key as the screen says it: ``F2``, ``Ctrl+↓``."""
    return label(key_of(shortcut))


def label(key: Key) -> str:
    """A key as the screen says it."""
    return _spelt(key, _LABELS if _now.arrows else _WORDS)


def _spelt(key: Key, names: Mapping[str, str]) -> str:
    return "+".join(names.get(part, part.capitalize()) for part in key.split("+"))


def sent_as(key: Key) -> str:
    """All that a terminal may send for ``key``, with commas.

    A terminal that tells keys by the kitty protocol names the letter of the present layout; others send the
    control character whichever layout it is.
    """
    name = key.removeprefix("ctrl+")
    if name == key or name not in LETTERS:
        return key
    return f"{key},ctrl+{LETTERS[name]}"


def pressed(key: Key) -> Key:
    """The key that was meant by what a terminal sent: one of a Hebrew layout by its Latin letter."""
    latin = {f"ctrl+{hebrew}": f"ctrl+{name}" for name, hebrew in LETTERS.items()}
    return latin.get(key, key)


def keymap() -> dict[str, str]:
    """For Textual: what is sent for each id."""
    return {one.id: sent_as(key_of(one.id)) for one in SHORTCUTS}
