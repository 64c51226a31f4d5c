"""``python -m sip``: the phone process."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.runtime import AlreadyRunningError, Lock, NotPrivateError, private_directory
from sip.audio.settings import AudioKind, AudioSettings
from sip.audio.sound import Sound, SoundSettings
from sip.wire import WireError, sound_settings

_LINGER = 20.0


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status as sysexits.h names it: 75 when a phone already serves this socket."""
    args = _parser().parse_args(argv)
    ready: Callable[[], None] = _nobody_waits
    if args.detach:
        status, ready = _detach()
        if status is not None:
            return status
    try:
        private_directory(args.socket.parent)
        with Lock(args.socket.with_suffix(".lock")):
            _silence(args.log)
            # audio threads get their turn within half a millisecond, whatever else Python does
            sys.setswitchinterval(0.0005)
            asyncio.run(_serve(args, ready))
    except AlreadyRunningError:
        return os.EX_TEMPFAIL
    except NotPrivateError:
        return os.EX_NOPERM
    return os.EX_OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sip", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="where desks attach")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--audio", type=AudioKind, choices=list(AudioKind), default=AudioKind.SOUNDDEVICE)
    parser.add_argument("--wav-in", type=Path, help="what the microphone hears, again and again")
    parser.add_argument("--wav-out", type=Path, help="where what the speaker plays is recorded")
    parser.add_argument("--sound", type=_sound, default=None, help="devices to talk through, as JSON")
    parser.add_argument("--detach", action="store_true", help="return once the phone serves")
    parser.add_argument(
        "--linger", type=float, default=_LINGER, help="seconds to stay with no desk and no call"
    )
    return parser


def _sound(text: str) -> SoundSettings:
    try:
        return sound_settings(text)
    except WireError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _silence(log: Path) -> None:
    """Give descriptor 2 to the log: the C stack writes strangers' bytes there."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )


async def _serve(args: argparse.Namespace, ready: Callable[[], None]) -> None:
    from sip.engines.baresip.engine import BaresipEngine  # noqa: PLC0415 - after descriptor 2 is the log
    from sip.engines.baresip.settings import Behaviour, Bell  # noqa: PLC0415
    from sip.engines.baresip.stack import BaresipStack  # noqa: PLC0415
    from sip.service import PhoneService  # noqa: PLC0415

    audio = AudioSettings(args.audio, speech=args.wav_in, recording=args.wav_out)
    stop = asyncio.Event()
    for signalled in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signalled, stop.set)
    args.socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(args.socket))
        args.socket.chmod(0o600)
        listener.listen()
        stack = BaresipStack()
        sound = Sound(args.sound or SoundSettings()) if audio.for_a_person else None
        port = audio.port() if sound is None else sound.talking()
        bell = Bell() if sound is None else Bell(sound.ringing, sound.ring_volume)
        engine = BaresipEngine(stack, lambda: port, Behaviour(person=audio.for_a_person, bell=bell))
        service = PhoneService(engine, linger=args.linger, sound=sound)
        mourning = asyncio.create_task(_stop_with(stack.died, stop))
        try:
            await service.run(listener, stop, ready)
        finally:
            mourning.cancel()
            args.socket.unlink(missing_ok=True)


async def _stop_with(died: asyncio.Event, stop: asyncio.Event) -> None:
    """A dead SIP thread cannot be mended: end, and be started anew by the desk."""
    await died.wait()
    stop.set()


def _detach() -> tuple[int | None, Callable[[], None]]:
    """Go on in a process that nobody has to wait for (a daemon, daemon(7)).

    Here: the exit status, 0 once the other serves. There: None, and what to call then.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        if os.read(told, 1):
            return os.EX_OK, _nobody_waits
        _pid, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), _nobody_waits
    os.close(told)
    os.setsid()

    def ready() -> None:
        os.write(tell, b"+")
        os.close(tell)

    return None, ready


def _nobody_waits() -> None:
    """Run in the foreground: nobody is to be told."""


if __name__ == "__main__":
    sys.exit(main())
