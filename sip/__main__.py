"""``python -m sip``: the phone process. It says ``ready`` on its standard output once desks can attach."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from edge.runtime import AlreadyRunningError, Lock, NotPrivateError, private_directory
from edge.traces import WithoutWords, log_strays
from sip.audio.settings import AudioKind, AudioSettings
from sip.audio.sound import Sound, SoundSettings
from sip.engine import EngineKind
from sip.errors import Unsupported
from sip.log_file import LogFile
from sip.place import LoopbackPlace, Place, UnixPlace
from sip.start import ALREADY_RUNS, NO_ENGINE, READY
from sip.wire import WireError, sound_settings

_LINGER = 20.0
_NOT_PRIVATE = 77


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status, as sysexits.h names it: 75 when a phone already serves this place."""
    args = _parser().parse_args(argv)
    place: Place = UnixPlace(args.socket) if args.socket else LoopbackPlace(args.loopback)
    log = LogFile(args.log)
    try:
        private_directory(place.path.parent)
        with Lock(place.path.with_suffix(".lock")):
            log.take_descriptor()
            _log()
            # audio threads get their turn within half a millisecond, whatever else Python does
            sys.setswitchinterval(0.0005)
            asyncio.run(_serve(args, place, log))
    except AlreadyRunningError:
        return ALREADY_RUNS
    except NotPrivateError:
        return _NOT_PRIVATE
    except Unsupported:
        logging.exception("the phone cannot run here")
        return NO_ENGINE
    except Exception:  # Python would write its words, which quote callers' numbers
        logging.exception("the phone failed")
        return 1
    return 0


def _log() -> None:
    """To standard error. Exceptions quote callers' numbers, so of each no words are logged."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sip", description=__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--socket", type=Path, help="the Unix socket where desks attach")
    place.add_argument(
        "--loopback", type=Path, help="the file that tells desks a loopback port and its token"
    )
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--engine", type=EngineKind, choices=list(EngineKind), default=EngineKind.BARESIP)
    parser.add_argument("--audio", type=AudioKind, choices=list(AudioKind), default=AudioKind.SOUNDDEVICE)
    parser.add_argument("--wav-in", type=Path, help="what the microphone hears, again and again")
    parser.add_argument("--wav-out", type=Path, help="where what the speaker plays is recorded")
    parser.add_argument("--sound", type=_sound, default=None, help="devices to talk through, as JSON")
    parser.add_argument(
        "--linger", type=float, default=_LINGER, help="seconds to stay with no desk and no call"
    )
    return parser


def _sound(text: str) -> SoundSettings:
    try:
        return sound_settings(text)
    except WireError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


async def _serve(args: argparse.Namespace, place: Place, log: LogFile) -> None:
    from sip.behaviour import Behaviour, Bell  # noqa: PLC0415
    from sip.engines.choice import chosen  # noqa: PLC0415 - after descriptor 2 is the log
    from sip.service import PhoneService  # noqa: PLC0415

    audio = AudioSettings(args.audio, speech=args.wav_in, recording=args.wav_out)
    stop = asyncio.Event()
    log_strays(logging.getLogger(__name__))
    _stop_when_told(stop)
    sound = Sound(args.sound or SoundSettings()) if audio.for_a_person else None
    port = audio.port() if sound is None else sound.talking()
    bell = Bell() if sound is None else Bell(sound.ringing, lambda: sound.ring_volume)
    has = chosen(args.engine, lambda: port, Behaviour(person=audio.for_a_person, bell=bell))
    service = PhoneService(has.engine, place, linger=args.linger, sound=sound)
    beside = [asyncio.create_task(log.keep_small()), asyncio.create_task(_stop_with(has.died, stop))]
    try:
        await service.run(stop, _ready)
    finally:
        for task in beside:
            task.cancel()


def _stop_when_told(stop: asyncio.Event) -> None:
    """End in good order when the system says so."""
    names = ("SIGTERM", "SIGINT", "SIGHUP")
    for signalled in (getattr(signal, name) for name in names if hasattr(signal, name)):
        with suppress(NotImplementedError):  # Windows has no such handlers: it ends the process
            asyncio.get_running_loop().add_signal_handler(signalled, stop.set)


async def _stop_with(died: asyncio.Event, stop: asyncio.Event) -> None:
    """A dead SIP thread cannot be mended: end, and be started anew by the desk."""
    await died.wait()
    stop.set()


def _ready() -> None:
    """Tell who started us; from then on standard output is nobody's, so what is written there is logged."""
    with suppress(OSError):
        os.write(1, READY + b"\n")
    os.dup2(2, 1)


if __name__ == "__main__":
    sys.exit(main())
