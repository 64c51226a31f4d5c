"""The least that talks through devices on baresip-python, for others to stand beside: one call, no more.

Arguments: user, domain, number, codec, seconds; the password on standard input. Prints a line once the call
is answered.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import baresip
import sounddevice

from sip.account import Transport
from sip.engines.baresip.settings import StackNeeds

_LATENCY = 0.04


async def main(user: str, domain: str, password: str, number: str, codec: str, seconds: float) -> None:
    """Call, talk, hang up."""
    runtime = baresip.Runtime()
    await runtime.start(StackNeeds(net_interface="127.0.0.1", transport=Transport.UDP).config())
    account = baresip.Account(
        user=user, domain=domain, password=password, transport="udp", audio_codecs=(codec,)
    )
    agent = await baresip.UserAgent.create(runtime, account)
    await agent.register()
    call = await agent.dial(f"sip:{number}@{domain}")
    await call.wait_established()
    ended = threading.Event()
    talking = asyncio.create_task(asyncio.to_thread(_talk, call.audio, ended))
    print("answered", flush=True)
    await asyncio.sleep(seconds)
    ended.set()
    await talking
    await call.hangup()
    await agent.unregister()
    await runtime.close()


def _talk(audio: Any, ended: threading.Event) -> None:
    while not ended.wait(0.01):
        try:
            info = audio.info()
        except baresip.AudioNotActive:
            continue
        if info.tx_ready and info.rx_ready:
            break
    rate, channels = info.tx_sample_rate, info.tx_channels
    frames = rate // 100
    wanted = frames * 2 * channels
    with sounddevice.RawStream(
        samplerate=rate, blocksize=frames, channels=channels, dtype="int16", latency=_LATENCY
    ) as stream:
        while not ended.is_set():
            stream.write(audio.read(wanted).ljust(wanted, b"\0"))
            heard, _overflowed = stream.read(frames)
            audio.write(bytes(heard))


if __name__ == "__main__":
    user, domain, number, codec, seconds = sys.argv[1:]
    asyncio.run(main(user, domain, sys.stdin.readline().strip(), number, codec, float(seconds)))
