"""What is talked and rung through as rows: each device, those it could be, how its trial goes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agent_tui.screens.views.calls import level_bar
from agent_tui.screens.views.pointing import pointing
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told, _
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Row, Tone
from sip.audio.devices import Device, Devices, SoundPart, named
from sip.events import ChosenDevices, SoundTried

SOUND: Final = "sound "
"""Before a part of the sound in a row's key."""

_NAMES: Final = 16
_PARTS: Final = {
    SoundPart.MICROPHONE: Phrase("Microphone"),
    SoundPart.SPEAKER: Phrase("Speaker"),
    SoundPart.RINGER: Phrase("Ringer"),
}
_SYSTEM = Phrase("the system's own choice")
_AS_CALLS = Phrase("where you hear calls")
_NONE = Devices()


def sound_rows(state: SessionState, chosen: ChosenDevices) -> tuple[Row, ...]:
    """A row for each device of the set that is used, which is named where there are several."""
    rows = [_device(part, state, chosen) for part in SoundPart]
    sound, tried = state.sound, state.tried
    if sound is not None and len(sound.profiles) > 1:
        title = str(Phrase("Devices of: {name}", name=sound.profile))
        rows.insert(0, Row((Cell(title, Tone.TITLE, grow=True),)))
    if tried is not None and tried.words:
        told = Cell(f"▲ {_PARTS[tried.part]}: {said(tried.words)}", Tone.WARN, grow=True, wraps=True)
        rows.append(Row((told,)))
    return tuple(rows)


def part_of(row: str) -> SoundPart | None:
    """The device that a row is about, if it is about one."""
    return SoundPart(row.removeprefix(SOUND)) if row.startswith(SOUND) else None


def stepped_device(state: SessionState, chosen: ChosenDevices, part: SoundPart, by: int) -> str:
    """What the device before or behind the one of ``part`` is chosen by; empty for none in particular."""
    now, there = chosen_for(chosen, part), _plugged_in(state, part)
    keys = ["", *(device.key for device in there)]
    here = _present(there, now)
    if now and here is None:
        keys.append(now)
    return keys[(keys.index(now if here is None else here.key) + by) % len(keys)]


def chosen_for(chosen: ChosenDevices, part: SoundPart) -> str:
    """What ``part`` is chosen by."""
    match part:
        case SoundPart.MICROPHONE:
            return chosen.microphone
        case SoundPart.SPEAKER:
            return chosen.speaker
        case SoundPart.RINGER:
            return chosen.ringer


def with_device(chosen: ChosenDevices, part: SoundPart, device: str) -> ChosenDevices:
    """The same with another device."""
    match part:
        case SoundPart.MICROPHONE:
            return replace(chosen, microphone=device)
        case SoundPart.SPEAKER:
            return replace(chosen, speaker=device)
        case SoundPart.RINGER:
            return replace(chosen, ringer=device)


def _device(part: SoundPart, state: SessionState, chosen: ChosenDevices) -> Row:
    value, tone = _value(part, state, chosen_for(chosen, part))
    cells = [
        Cell(str(_PARTS[part]), width=_NAMES),
        Cell(f"‹ {value} ›", tone, grow=True, wraps=True),
    ]
    trial = _trial(part, state.tried)
    if trial:
        cells.append(Cell(trial, Tone.GOOD))
    return Row(tuple(cells), key=SOUND + part)


def _value(part: SoundPart, state: SessionState, now: str) -> tuple[Told, Tone]:
    if not now:
        return (_AS_CALLS if part is SoundPart.RINGER else _SYSTEM), Tone.STRONG
    here = _present(_plugged_in(state, part), now)
    if here is not None:
        return here.name, Tone.STRONG
    if state.devices is None:
        return now, Tone.STRONG
    return Phrase("{device} ▲ not plugged in", device=now), Tone.WARN


def _plugged_in(state: SessionState, part: SoundPart) -> Sequence[Device]:
    devices = state.devices or _NONE
    return devices.microphones if part is SoundPart.MICROPHONE else devices.speakers


def _present(there: Sequence[Device], now: str) -> Device | None:
    """The device among ``there`` that ``now`` chooses."""
    return named(there, now) if now else None


def _trial(part: SoundPart, tried: SoundTried | None) -> str:
    """What the agent should hear of it now, or see."""
    if tried is None or tried.over:
        return ""
    if part is SoundPart.MICROPHONE and tried.part is not SoundPart.RINGER:
        return f"{_('speak')} {level_bar(tried.microphone)}"
    return f"{pointing('▶')} {_('it sounds now')}" if part is tried.part else ""
