"""Devices by name, what PipeWire says of them, and what is done where one is missing."""

from __future__ import annotations

import os
from json import dumps
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.audio import pipewire
from sip.audio.devices import Device, Devices, NoSuchDevice, called, find, find_microphone, find_speaker

JABRA = Device("alsa_input.usb-jabra", "Jabra Evolve2 Mono")
LAPTOP = Device("alsa_input.pci", "Built-in Audio Analog Stereo", default=True)
BOTH = (JABRA, LAPTOP)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", LAPTOP),
        ("Jabra Evolve2 Mono", JABRA),
        ("jabra", JABRA),
        ("alsa_input.usb-jabra", JABRA),
        ("ANALOG", LAPTOP),
    ],
)
def test_a_device_is_known_by_its_name_or_part_of_it(wanted: str, found: Device) -> None:
    assert find(BOTH, wanted, "microphone") is found


def test_the_whole_name_goes_before_a_part_of_another() -> None:
    longer = Device("a", "Jabra Evolve2 Mono (2)")
    assert find((longer, JABRA), "Jabra Evolve2 Mono", "speaker") is JABRA


def test_without_a_default_the_system_chooses() -> None:
    assert find((JABRA,), "", "speaker") is None


@pytest.mark.parametrize(
    ("wanted", "there", "words"),
    [
        (
            "Jabbra Evolve Mono",
            BOTH,
            "There is no speaker 'Jabbra Evolve Mono'; did you mean 'Jabra Evolve2 Mono'?",
        ),
        ("xyz", (JABRA,), "There is no speaker 'xyz'; there is 'Jabra Evolve2 Mono'."),
        ("xyz", (), "There is no speaker 'xyz'; none is plugged in."),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_nearest(
    wanted: str, there: tuple[Device, ...], words: str
) -> None:
    with pytest.raises(NoSuchDevice) as caught:
        find(there, wanted, "speaker")
    assert str(caught.value) == words


def test_microphones_and_speakers_are_told_apart() -> None:
    devices = Devices(microphones=(JABRA,), speakers=(LAPTOP,))
    assert find_microphone(devices, "jabra") is JABRA
    with pytest.raises(NoSuchDevice, match="speaker"):
        find_speaker(devices, "jabra")


def node(name: str, media_class: str, description: str | None = None) -> dict[str, object]:
    props = {"node.name": name, "media.class": media_class, "node.description": description}
    return {"type": "PipeWire:Interface:Node", "info": {"props": props}}


def test_what_pipewire_says_is_read_with_its_default_and_cleaned() -> None:
    default = {"subject": 0, "key": "default.audio.source", "value": {"name": "mic"}}
    dump = [
        node("mic", "Audio/Source", "USB\x1b]0;x\x07 Headset"),
        node("ear", "Audio/Sink"),
        node("call", "Stream/Output/Audio", "a program"),
        {"type": "PipeWire:Interface:Metadata", "props": {"metadata.name": "default"}, "metadata": [default]},
        {"type": "gone", "info": None},
    ]
    found = pipewire.read(dump)
    assert [(one.key, one.default) for one in found.microphones] == [("mic", True)]
    assert "\x1b" not in found.microphones[0].name
    assert found.speakers == (Device("ear", "ear"),)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["info", "props", "metadata", "node.name", "media.class", "key"]), inner
        )
    ),
    max_leaves=12,
)


@given(json)
def test_whatever_pipewire_says_is_no_error(dump: object) -> None:
    assert isinstance(pipewire.read(dump), Devices)


def test_without_pipewire_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert pipewire.devices() is None


def test_a_stream_is_told_whom_to_join_only_while_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEWIRE_ALSA", "the user's own")
    with pipewire.joining('a "name"'):
        assert pipewire.properties('a "name"') == os.environ["PIPEWIRE_ALSA"]
    assert os.environ["PIPEWIRE_ALSA"] == "the user's own"


def test_what_changes_while_pipewire_is_asked_hides_no_device(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mic = {"info": {"props": {"media.class": "Audio/Source", "node.name": "mic"}}}
    (tmp_path / "dump.json").write_text(f"{dumps([mic])}\n[]\n")
    program = tmp_path / "pw-dump"
    program.write_text(f"#!/bin/sh\ncat '{tmp_path}/dump.json'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert pipewire.devices() == Devices((Device("mic", "mic"),))


def test_devices_of_one_name_are_chosen_by_their_keys_and_numbers_choose_nothing() -> None:
    twins = (Device("usb-1", "Jabra"), Device("usb-2", "Jabra"), Device("usb-3", "Poly"))
    assert [called(one, twins) for one in twins] == ["usb-1", "usb-2", "Poly"]
    numbered = (Device("3", "Jabra"), Device("4", "Jabra"))
    assert [called(one, numbered) for one in numbered] == ["Jabra", "Jabra"]
