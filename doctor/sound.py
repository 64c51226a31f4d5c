"""The agent's ears and mouth: are they there, does the microphone hear, does it hear the speaker too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.others import said
from doctor import marker
from doctor.findings import failed, good, skipped, warning
from edge.text import clean
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

_HEADSET = Phrase("Use a headset, or turn the speaker down.")
_LIMIT = Phrase(
    "Let your group have it: a line such as {line} in /etc/security/limits.d/, and log in anew.",
    line="'@audio - rtprio 20'",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the microphone heard: the loudest tenth of a second while somebody spoke, and our own marker.

    ``remark``: what the port said when it was opened.
    """

    remark: str
    speech_dbfs: float
    echo: marker.Returned | None


def examine(port: AudioPort, tell: Callable[[Told], None]) -> Iterator[Finding]:
    """Microphone and echo through ``port``; ``tell`` asks the agent to speak. Blocks for some seconds."""
    try:
        heard = _listen(port, tell)
    except AudioUnavailable as error:
        cure = Phrase("Plug the headset in, and look at the system's sound settings.")
        yield failed("sound", said(clean(str(error))), cure)
        yield skipped(_MICROPHONE, Phrase("there is no sound"))
        yield skipped("echo", Phrase("there is no sound"))
        yield _priority()
        return
    yield _devices(heard)
    yield _microphone(heard)
    yield _echo(heard)
    yield _priority()


def _listen(port: AudioPort, tell: Callable[[Told], None]) -> Heard:
    remark = port.open(RATE)
    try:
        tell(Phrase("Say something now, as you speak with a customer …"))
        quiet = silence(RATE // BLOCKS_PER_SECOND)
        speech = [port.exchange(quiet) for _ in range(SPEECH_SECONDS * BLOCKS_PER_SECOND)]
        tell(Phrase("Thank you. Now be quiet: a tone is played for two seconds …"))
        heard = [port.exchange(marker.block(number, RATE)) for number in range(marker.BLOCKS)]
    finally:
        port.close()
    return Heard(remark, _loudest(speech), marker.find([marker.strength(pcm, RATE) for pcm in heard]))


def _loudest(blocks: list[bytes]) -> float:
    tenths = (b"".join(blocks[at : at + 10]) for at in range(0, len(blocks), 10))
    return max(level(tenth) for tenth in tenths)


def _devices(heard: Heard) -> Finding:
    if heard.remark:
        cure = Phrase("Plug it in, or name in [audio] of the settings what is there.")
        return warning("sound", said(clean(heard.remark)), cure)
    return good("sound", Phrase("microphone and speaker open"))


def _microphone(heard: Heard) -> Finding:
    speech, figures = heard.speech_dbfs, {"speech_dbfs": round(heard.speech_dbfs, 1)}
    level = f"{speech:.0f} dBFS"
    if speech <= _DEAD_DBFS:
        found = Phrase("the microphone gives no sound at all")
        return failed(
            _MICROPHONE, found, Phrase("Look at the headset's mute switch and its plug."), **figures
        )
    if speech < _QUIET_DBFS:
        found = Phrase("the loudest was {level}: nobody spoke, or it is too quiet", level=level)
        return warning(
            _MICROPHONE, found, Phrase("Bring the microphone nearer, or raise its level."), **figures
        )
    if speech > _LOUD_DBFS:
        found = Phrase("the loudest was {level}: it is overdriven", level=level)
        return warning(_MICROPHONE, found, Phrase("Lower the microphone's level."), **figures)
    return good(_MICROPHONE, Phrase("speech at {level}", level=level), **figures)


_MICROPHONE = "microphone"


def _echo(heard: Heard) -> Finding:
    echo = heard.echo
    if echo is None:
        return good("echo", Phrase("the microphone does not hear the speaker"))
    figures = {"echo_db": round(-echo.weaker_db, 1), "delay_ms": echo.delay_ms}
    found = Phrase(
        "the microphone hears the speaker {weaker:.0f} dB weaker, {delay:.0f} ms later",
        weaker=echo.weaker_db,
        delay=echo.delay_ms,
    )
    if echo.weaker_db < _HEARD_ECHO_DB:
        disturbing = Phrase("{found}: customers hear themselves", found=found)
        return warning("echo", disturbing, _HEADSET, **figures)
    return good("echo", found, **figures)


def _priority() -> Finding:
    if not realtime.POSSIBLE:
        return skipped("priority", Phrase("this system has none for voice"))
    if realtime.is_granted():
        return good("priority", Phrase("voice goes before everything else on this machine"))
    waits = Phrase("voice waits its turn: a busy machine is heard as gaps")
    return warning("priority", waits, _LIMIT)
