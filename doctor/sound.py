"""The agent's ears and mouth: are they there, does the microphone hear, does it hear the speaker too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from doctor import marker
from doctor.findings import Finding, failed, good, skipped, warning
from sip.audio import realtime
from sip.audio.port import BLOCKS_PER_SECOND, AudioPort, AudioUnavailable
from sip.audio.samples import level, silence

RATE = 16_000
SPEECH_SECONDS = 3

_DEAD_DBFS = -95.0
_QUIET_DBFS = -50.0
_LOUD_DBFS = -6.0
_HEARD_ECHO_DB = 35.0
"""Weaker than that, the customer's own voice is lost in the noise of the line (ITU-T G.131 wants 34 dB and
more where the way is long)."""

_HEADSET = "Use a headset, or turn the speaker down."
_LIMIT = (
    "Let your group have it: a line such as '@audio - rtprio 20' in /etc/security/limits.d/, and log in anew."
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the microphone heard: the loudest tenth of a second while somebody spoke, and our own marker.

    ``remark``: what the port said when it was opened.
    """

    remark: str
    speech_dbfs: float
    echo: marker.Returned | None


def examine(port: AudioPort, tell: Callable[[str], None]) -> Iterator[Finding]:
    """Microphone and echo through ``port``; ``tell`` asks the agent to speak. Blocks for some seconds."""
    try:
        heard = _listen(port, tell)
    except AudioUnavailable as error:
        yield failed("sound", str(error), "Plug the headset in, and look at the system's sound settings.")
        yield skipped("microphone", "there is no sound")
        yield skipped("echo", "there is no sound")
        yield _priority()
        return
    yield _devices(heard)
    yield _microphone(heard)
    yield _echo(heard)
    yield _priority()


def _listen(port: AudioPort, tell: Callable[[str], None]) -> Heard:
    remark = port.open(RATE)
    try:
        tell("Say something now, as you speak with a customer …")
        quiet = silence(RATE // BLOCKS_PER_SECOND)
        speech = [port.exchange(quiet) for _ in range(SPEECH_SECONDS * BLOCKS_PER_SECOND)]
        tell("Thank you. Now be quiet: a tone is played for two seconds …")
        heard = [port.exchange(marker.block(number, RATE)) for number in range(marker.BLOCKS)]
    finally:
        port.close()
    return Heard(remark, _loudest(speech), marker.find([marker.strength(pcm, RATE) for pcm in heard]))


def _loudest(blocks: list[bytes]) -> float:
    tenths = (b"".join(blocks[at : at + 10]) for at in range(0, len(blocks), 10))
    return max(level(tenth) for tenth in tenths)


def _devices(heard: Heard) -> Finding:
    if heard.remark:
        return warning("sound", heard.remark, "Plug it in, or name in [audio] of the settings what is there.")
    return good("sound", "microphone and speaker open")


def _microphone(heard: Heard) -> Finding:
    speech, figures = heard.speech_dbfs, {"speech_dbfs": round(heard.speech_dbfs, 1)}
    if speech <= _DEAD_DBFS:
        found = "the microphone gives no sound at all"
        return failed("microphone", found, "Look at the headset's mute switch and its plug.", **figures)
    if speech < _QUIET_DBFS:
        found = f"the loudest was {speech:.0f} dBFS: nobody spoke, or it is too quiet"
        return warning("microphone", found, "Bring the microphone nearer, or raise its level.", **figures)
    if speech > _LOUD_DBFS:
        found = f"the loudest was {speech:.0f} dBFS: it is overdriven"
        return warning("microphone", found, "Lower the microphone's level.", **figures)
    return good("microphone", f"speech at {speech:.0f} dBFS", **figures)


def _echo(heard: Heard) -> Finding:
    echo = heard.echo
    if echo is None:
        return good("echo", "the microphone does not hear the speaker")
    figures = {"echo_db": round(-echo.weaker_db, 1), "delay_ms": echo.delay_ms}
    found = f"the microphone hears the speaker {echo.weaker_db:.0f} dB weaker, {echo.delay_ms:.0f} ms later"
    if echo.weaker_db < _HEARD_ECHO_DB:
        return warning("echo", f"{found}: customers hear themselves", _HEADSET, **figures)
    return good("echo", found, **figures)


def _priority() -> Finding:
    if not realtime.POSSIBLE:
        return skipped("priority", "this system has none for voice")
    if realtime.is_granted():
        return good("priority", "voice goes before everything else on this machine")
    return warning("priority", "voice waits its turn: a busy machine is heard as gaps", _LIMIT)
