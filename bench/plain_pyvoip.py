"""The least that talks through devices on pyVoIP as it is published, for others to stand beside: one call.

Arguments: user, domain (``host:port``), number, seconds; the password on standard input. Prints a line once
the call is answered. In a process of its own: pyVoIP prints, and may never return from ``call`` or ``stop``.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable

import sounddevice

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # audioop's, until Python 3.13
    from pyVoIP.VoIP import CallState, PhoneStatus, VoIPCall, VoIPPhone

_RATE, _FRAMES = 8_000, 160
_LATENCY = 0.04
_LOOK = 0.002
_WITHIN = 30.0
SETTLES = 5.0
"""Seconds until the exchange gave up its first OPTIONS, which pyVoIP never answers and ``call`` ends with."""
_RTP_PORTS = (20_000, 30_000)


def main(user: str, domain: str, password: str, number: str, seconds: float) -> None:
    """Register, call, talk, hang up."""
    phone = plain_phone(user, domain, password)
    time.sleep(SETTLES)
    call = phone.call(number)
    until(lambda: call.state is CallState.ANSWERED)
    ended = threading.Event()
    talking = threading.Thread(target=_talk, args=(call, ended))
    talking.start()
    print("answered", flush=True)
    ended.wait(seconds)
    ended.set()
    talking.join()
    if call.state is CallState.ANSWERED:  # the exchange cuts it after 32 s
        call.hangup()
    phone.stop()


def plain_phone(user: str, domain: str, password: str) -> VoIPPhone:
    """A registered phone on this machine."""
    host, _, port = domain.partition(":")
    low, high = _RTP_PORTS
    phone = VoIPPhone(host, int(port or 5060), user, password, "127.0.0.1", None, _free_port(), low, high)
    phone.start()
    until(lambda: phone.get_status() is PhoneStatus.REGISTERED)
    return phone


def until(holds: Callable[[], bool]) -> None:
    """Look again and again, for pyVoIP tells of nothing. Raises ``TimeoutError``."""
    late = time.monotonic() + _WITHIN
    while not holds():
        if time.monotonic() > late:
            raise TimeoutError("pyVoIP did not get there")
        time.sleep(_LOOK)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _talk(call: VoIPCall, ended: threading.Event) -> None:
    """Its sound is 8-bit unsigned, 8,000 samples a second."""
    with sounddevice.RawStream(
        samplerate=_RATE, blocksize=_FRAMES, channels=1, dtype="uint8", latency=_LATENCY
    ) as stream:
        while not ended.is_set():
            stream.write(call.read_audio(_FRAMES, blocking=False))
            heard, _overflowed = stream.read(_FRAMES)
            call.write_audio(bytes(heard))


if __name__ == "__main__":
    user, domain, number, seconds = sys.argv[1:]
    try:
        main(user, domain, sys.stdin.readline().strip(), number, float(seconds))
    except Exception:
        # told in full, since it is pyVoIP as published that is measured, faults and all
        traceback.print_exc()
        os._exit(1)  # its threads would keep the process
