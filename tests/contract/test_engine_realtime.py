"""The threads that carry voice go before all else on the machine, where the system grants it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sip import events as ev
from sip.audio import realtime
from sip.audio.wav_port import WavPort
from tests.contract.engine import Line
from tests.contract.engines import BARESIP, PYVOIP
from tests.contract.phones import TONE_HZ, Ear, Phones, loud
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

STACK: Final = {BARESIP: {"Audio TX", "aumem_src", "aumem_play"}, PYVOIP: set[str]()}
OURS: Final = {BARESIP: {"audio"}, PYVOIP: {"audio", "RTP"}}


def in_thread(act: Callable[[], object]) -> object:
    """What ``act`` returns in a thread of its own, which keeps what it does to itself."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(act()))
    thread.start()
    thread.join(10)
    return results[0]


def granted() -> bool:
    """Whether this machine grants real-time priority to us."""

    def ask() -> bool:
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
        except OSError:
            return False
        return True

    return bool(in_thread(ask))


def is_realtime(thread: int) -> bool:
    return os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR


def of_the_stack(names: set[str]) -> dict[str, int]:
    tasks = Path("/proc/self/task").iterdir()
    named = {(task / "comm").read_text().strip(): int(task.name) for task in tasks}
    return {name: number for name, number in named.items() if name in names}


def of_ours(names: set[str]) -> dict[str, int]:
    return {
        thread.name: thread.native_id
        for thread in threading.enumerate()
        if thread.name in names and thread.native_id is not None
    }


async def talking(phones: Phones, console: Console, tmp_path: Path) -> tuple[Line, ev.CallId]:
    port, ear = WavPort(None, tmp_path / "ear.wav"), Ear(tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port)
    console.member("support", "1101")
    console.customer("support", tone=TONE_HZ)
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    await phone.next(ev.CallEstablished)
    await ear.hears(TONE_HZ, loud, "the customer is heard")
    return phone, call


async def test_voice_goes_first(phones: Phones, console: Console, kind: str, tmp_path: Path) -> None:
    phone, _call = await talking(phones, console, tmp_path)
    if STACK[kind]:
        await phone.next(ev.CallQuality)  # by the first report at the latest
    voice = {**of_ours(OURS[kind]), **of_the_stack(STACK[kind])}
    assert set(voice) == OURS[kind] | STACK[kind]
    assert all(is_realtime(thread) == granted() for thread in voice.values())
    assert not is_realtime(threading.get_native_id())


@pytest.mark.parametrize("kind", [BARESIP])
async def test_so_do_threads_that_a_hold_began_anew(
    phones: Phones, console: Console, kind: str, tmp_path: Path
) -> None:
    phone, call = await talking(phones, console, tmp_path)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    await phone.engine.resume(call)
    await phone.next(ev.CallResumed)
    await phone.next(ev.CallQuality)
    voice = of_the_stack(STACK[kind])
    assert set(voice) == STACK[kind]
    assert all(is_realtime(thread) == granted() for thread in voice.values())


def test_what_a_voice_thread_begins_is_none_itself() -> None:
    def begin() -> bool:
        realtime.take()
        return bool(in_thread(lambda: is_realtime(threading.get_native_id())))

    assert in_thread(begin) is False
