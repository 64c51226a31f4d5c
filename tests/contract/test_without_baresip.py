"""A machine where baresip cannot be imported: the portable engine serves, and all else says what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.client import attach_or_start
from sip.errors import PhoneGone
from sip.events import CloseReason, RegistrationState
from sip.place import UnixPlace
from tests.contract.engines import BARESIP, PYVOIP
from tests.contract.test_phone import Phones
from tests.e2e.processes import moked_env
from tests.stubs.exchange import SDP, stub_exchange

_ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "baresip":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""
_IMPORTS = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(package.__path__, f"{name}."):
        not_ours = ("sip.engines.baresip", "hub.db.migrations.")  # what alembic runs is no module
        if not found.name.startswith(not_ours) and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
"""
_EXAMINES = """
import asyncio
from doctor.line import examine
from sip.account import Account
async def told():
    async for one in examine(Account("1101", "127.0.0.1:9", "secret"), ""):
        print(one.check, one.verdict, one.found, one.cure)
asyncio.run(told())
"""
WITHIN = 90
CURE = "pip install 'moked[baresip]'"


@pytest.fixture(autouse=True)
def without_baresip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every Python that a test starts finds no baresip."""
    place = tmp_path / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text(_ABSENT, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(place))
    return str(place)


@pytest.fixture
async def phones() -> AsyncIterator[Phones]:
    made = Phones(UnixPlace(runtime_directory() / "phone.sock"), PYVOIP)
    yield made
    await made.close()


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=WITHIN
    )


def test_it_is_truly_absent_here() -> None:
    assert "No module named 'baresip'" in python("-c", "import baresip").stderr


async def test_the_portable_engine_carries_a_call(phones: Phones) -> None:
    async with stub_exchange() as exchange:
        desk = await phones.desk()
        await desk.client.register(exchange.account)
        await desk.hears(ev.RegistrationChanged(RegistrationState.REGISTERED, 200))
        call = await desk.client.calls.dial("603")
        exchange.answer(await exchange.request("INVITE"), 200, body=SDP)
        await exchange.request("ACK")
        await desk.hears(ev.CallEstablished(call))
        await desk.client.calls.hangup(call)
        exchange.answer(await exchange.request("BYE"), 200)
        await desk.hears(ev.CallClosed(call, CloseReason.NORMAL))


def test_every_other_module_can_be_imported() -> None:
    told = python("-c", _IMPORTS, "agent_tui", "bots", "doctor", "edge", "hub", "pbx", "sip")
    assert (told.returncode, told.stderr) == (0, "")


async def test_a_desk_of_the_other_engine_is_told_what_to_do(tmp_path: Path) -> None:
    """And not given an engine that cannot encrypt."""
    arguments = ["--log", str(tmp_path / "phone.log"), "--audio", "silence", "--engine", BARESIP]
    with pytest.raises(PhoneGone) as told:
        await attach_or_start(UnixPlace(runtime_directory() / "phone.sock"), arguments)
    assert CURE in str(told.value)
    assert 'engine = "pyvoip"' in str(told.value)


def test_the_doctor_names_the_cure() -> None:
    engine, registration = python("-c", _EXAMINES).stdout.splitlines()
    assert engine.startswith("engine failed")
    assert CURE in engine
    assert registration.startswith("registration skipped")


def test_the_demo_names_it_too(tmp_path: Path, without_baresip: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "agent_tui", "demo"],
        env=moked_env(tmp_path, PYTHONPATH=without_baresip),
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    # asyncio may say before it that the customers' process was gone before it looked
    assert "\nThe demo could not start: customers did not start." in f"\n{told.stderr}"
    assert CURE in told.stderr
