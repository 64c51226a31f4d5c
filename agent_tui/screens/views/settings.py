"""The settings as rows: what each is now, and what a step to either side makes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agent_tui.commands.shortcuts import BY_ID, SHORTCUTS, Key, Shortcut, key_of, label, named
from agent_tui.config_keys import read_key
from agent_tui.preferences import LOUDEST, Change, Preferences
from agent_tui.screens.views.help import either
from agent_tui.screens.views.pointing import pointing
from agent_tui.screens.words import LANGUAGES, THEMES
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.widgets.cells import Cell, Page, Row, Tone

LANGUAGE, THEME, VOLUME, DOCTOR, KEY = "language", "theme", "volume", "doctor", "key "
"""The keys of the rows; ``KEY`` stands before the id of an act."""

_STEP: Final = 10
_NAMES: Final = 16
_KEYS: Final = 16
HOLDS_HERE: Final = Phrase("It holds until you leave: this desk has no settings file of yours.")
"""Where nothing is written: in a browser."""
_BY_THE_HUB: Final = Phrase("as your centre has it")


def settings_page(now: Preferences, sound: Sequence[Row] = (), *, rings_here: bool) -> Page:
    """Each setting with its value, the devices' rows, then each act with its key. A desk that does not ring
    has no volume.
    """
    language = LANGUAGES.get(now.language, _BY_THE_HUB)
    return Page(
        (
            _setting(LANGUAGE, Phrase("Language"), str(language)),
            _setting(THEME, Phrase("Colours"), str(THEMES[now.theme])),
            *((_setting(VOLUME, Phrase("Ring volume"), f"{now.ring_volume} %"),) if rings_here else ()),
            *sound,
            _leading(DOCTOR, Phrase("Phone doctor"), Phrase("Enter looks at what calls need here")),
            Row(),
            Row((Cell(str(Phrase("Keys")), Tone.TITLE, grow=True),)),
            *(row for one in SHORTCUTS for row in _act(one)),
        )
    )


def stepped(now: Preferences, row: str, by: int) -> Change | None:
    """What a step on this row changes; None where there is nothing to step through, or no further."""
    if row == LANGUAGE:
        return Change("desk", "language", _next(("", *LANGUAGES), now.language, by) or None)
    if row == THEME:
        return Change("desk", "theme", _next(tuple(THEMES), now.theme, by))
    volume = max(0, min(LOUDEST, (now.ring_volume // _STEP + by) * _STEP))
    if row == VOLUME and volume != now.ring_volume:
        return Change("audio", "ring_volume", volume)
    return None


def given(act: str, pressed: Key) -> Change | Phrase:
    """The key that was pressed for ``act``; or, where it cannot have it, why not and whose it is."""
    try:
        key = read_key(pressed)
    except ValueError:
        return Phrase(
            "{key} cannot be given to an act: take F1 to F12, Insert, or Ctrl with {up}, {down} "
            "or one of b f g l n o p q r s t.",
            key=label(pressed),
            up=label("up"),
            down=label("down"),
        )
    owner = next((one for one in SHORTCUTS if one.id != act and key_of(one.id) == key), None)
    if owner is not None:
        return Phrase(
            "{key} is taken by another act: {words}. Give that one another key first.",
            key=label(key),
            words=owner.meanings[0].words,
        )
    return Change("keys", act, key)


def asked_for(act: str) -> Phrase:
    """What a new key is asked for."""
    return Phrase("Press the new key for: {words}", words=BY_ID[act].meanings[0].words)


def kept(change: Change, *, phone_took_it: bool) -> Phrase:
    """That it is in the file, and from when on it holds."""
    if change.table == "audio" and not phone_took_it:
        return Phrase(
            "✔ Written to your settings. The phone takes it at its next start: "
            "it ends a while after you leave."
        )
    return Phrase("✔ Written to your settings; it holds from now on.")


def not_kept(why: str) -> Phrase:
    """That it is not in the file."""
    return Phrase("This is not kept: {why}", why=why)


def told_row(told: Told) -> Page:
    """What became of the last change."""
    return Page((Row((Cell(str(told), Tone.WARN, grow=True, wraps=True),)),) if told else ())


def _setting(row: str, name: Phrase, value: str) -> Row:
    return Row((Cell(str(name), width=_NAMES), Cell(f"‹ {value} ›", Tone.STRONG, grow=True)), key=row)


def _leading(row: str, name: Phrase, told: Phrase) -> Row:
    """What leads to another screen."""
    return Row(
        (Cell(str(name), width=_NAMES), Cell(f"{pointing('▸')} {told}", Tone.STRONG, grow=True, wraps=True)),
        key=row,
    )


def _act(act: Shortcut) -> Iterator[Row]:
    """All that its key does, as the help says it: the first alone may be the rarest."""
    key = named(act.id)
    for meaning in act.meanings:
        yield Row(
            (
                Cell(key, Tone.STRONG, width=_KEYS),
                Cell(str(either(meaning, first=bool(key))), grow=True, wraps=True),
            ),
            key=KEY + act.id,
        )
        key = ""


def _next(options: Sequence[str], now: str, by: int) -> str:
    return options[(options.index(now) + by) % len(options)]
