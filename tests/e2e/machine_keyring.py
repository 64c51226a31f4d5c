"""The keyring of a machine with a desktop: GNOME's, unlocked, on a session bus of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.e2e.eventually import eventually

_SECRETS = "org.freedesktop.secrets"


@contextmanager
def machine_keyring(place: Path, password: bytes) -> Iterator[dict[str, str]]:
    """What programs need in their environment to find it; it keeps its files in ``place``."""
    place.mkdir(mode=0o700)
    address = f"unix:path={place}/bus"
    found = {
        "DBUS_SESSION_BUS_ADDRESS": address,
        "XDG_RUNTIME_DIR": str(place),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }
    own = {"PATH": "/usr/bin:/bin", "HOME": str(place), **found}
    bus = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"]
    ring = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    with (place / "log").open("wb") as log, subprocess.Popen(bus, env=own, stdout=log, stderr=log) as carrier:
        try:
            eventually((place / "bus").exists, "the session bus is there")
            with subprocess.Popen(ring, env=own, stdin=subprocess.PIPE, stdout=log, stderr=log) as keeper:
                try:
                    assert keeper.stdin is not None
                    keeper.stdin.write(password)
                    keeper.stdin.close()
                    eventually(lambda: _answers(address), "the keyring is there")
                    yield found
                finally:
                    keeper.terminate()
        finally:
            carrier.terminate()


def _answers(address: str) -> bool:
    with open_dbus_connection(address) as line:
        (owned,) = line.send_and_get_reply(message_bus.NameHasOwner(_SECRETS)).body
    return bool(owned)
