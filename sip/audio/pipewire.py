"""PipeWire's devices: who is there, and how PortAudio is told to use one of them.

PortAudio sees PipeWire as one ALSA device. Which node a stream joins, and that it may never be moved to
another one silently, is told by PipeWire's ALSA plugin's environment (pipewire.conf(5), ``target.object``,
``node.dont-reconnect``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from edge.text import clean
from sip.audio.devices import Device, Devices

ALSA_DEVICE: Final = "pipewire"
"""The plugin's name in PortAudio's list (Debian: pipewire-alsa)."""
_VARIABLE: Final = "PIPEWIRE_ALSA"
_TIMEOUT: Final = 5.0
_KINDS: Final = {"Audio/Source": "source", "Audio/Source/Virtual": "source", "Audio/Sink": "sink"}


def devices() -> Devices | None:
    """What PipeWire has; None where it does not run. Takes about 20 ms."""
    program = shutil.which("pw-dump")
    if program is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a program of the system, without arguments
            [program], capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT, check=True
        )
        # what changes while it looks follows as a list of its own
        return read(json.JSONDecoder().raw_decode(told.stdout.decode().lstrip())[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def read(dump: object) -> Devices:
    """The devices in what ``pw-dump`` says. Pure."""
    objects = [one for one in dump if isinstance(one, dict)] if isinstance(dump, list) else []
    defaults = _defaults(objects)
    found: dict[str, list[Device]] = {"source": [], "sink": []}
    for one in objects:
        props = _props(one)
        kind = _KINDS.get(str(props.get("media.class")))
        node = props.get("node.name")
        if kind is None or not isinstance(node, str):
            continue
        name = clean(str(props.get("node.description") or node))
        found[kind].append(Device(node, name, default=defaults.get(kind) == node))
    return Devices(tuple(found["source"]), tuple(found["sink"]))


def _defaults(objects: list[dict[str, Any]]) -> dict[str, str]:
    """Which nodes the session manager gives to whom names none."""
    found: dict[str, str] = {}
    for one in objects:
        props = one.get("props")
        if not isinstance(props, dict) or props.get("metadata.name") != "default":
            continue
        for entry in one.get("metadata") or ():
            kind = str(entry.get("key")).removeprefix("default.audio.")
            value = entry.get("value")
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                found[kind] = value["name"]
    return found


def _props(one: dict[str, Any]) -> dict[str, Any]:
    info = one.get("info")
    props = info.get("props") if isinstance(info, dict) else None
    return props if isinstance(props, dict) else {}


def properties(node: str) -> str:
    """What a stream for ``node`` is to be told: join it, and end when it is gone."""
    told: Mapping[str, Any] = {"target.object": node, "node.dont-reconnect": True}
    return json.dumps(told)


@contextmanager
def joining(node: str) -> Iterator[None]:
    """ALSA's ``pipewire`` devices opened in this context join ``node``, or wherever they like when empty."""
    before = os.environ.pop(_VARIABLE, None)
    if node:
        os.environ[_VARIABLE] = properties(node)
    try:
        yield
    finally:
        os.environ.pop(_VARIABLE, None)
        if before is not None:
            os.environ[_VARIABLE] = before
