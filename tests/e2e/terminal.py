"""A real terminal for a real desk: a pty, a screen that reads it as terminals do, each byte with its time.

Pilot reads what Textual composed; only here is seen what is *painted*.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType

import pyte

from tests.e2e.frames import Frames

_FROM_F5 = (15, 17, 18, 19, 20, 21, 23, 24)

KEYS: Mapping[str, bytes] = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "space": b" ",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "ctrl+up": b"\x1b[1;5A",
    "ctrl+down": b"\x1b[1;5B",
    "insert": b"\x1b[2~",
    **{f"ctrl+{letter}": bytes([ord(letter) & 0x1F]) for letter in "bfglnopqrst"},
    **{f"f{number}": b"\x1bO" + last for number, last in enumerate((b"P", b"Q", b"R", b"S"), 1)},
    **{f"f{number}": f"\x1b[{code}~".encode() for number, code in enumerate(_FROM_F5, 5)},
}
"""Named keys as xterm sends them (XTerm Control Sequences, "PC-Style Function Keys")."""


XTERM: Mapping[str, str] = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
"""How a terminal with all colours is told to programs."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that the program wrote, and when they were read (seconds, monotonic)."""

    at: float
    data: bytes


IN_A_SESSION = (
    sys.executable,
    "-c",
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])",
)
"""Before a command: the terminal is its session's own, which is told when it goes, as a shell's is."""


class Terminal:
    """One program in a pty of ``columns`` × ``lines``. A context manager: the program ends with it."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        columns: int = 120,
        lines: int = 40,
        kind: Mapping[str, str] = XTERM,
    ) -> None:
        self.chunks: list[Chunk] = []
        self._screen = pyte.Screen(columns, lines)
        self._changed = threading.Condition(threading.RLock())
        self._ended = False
        self._master, slave = pty.openpty()
        self._frames = Frames(pyte.ByteStream(self._screen).feed, partial(os.write, self._master))
        self._stop_reading, self._stopped = os.pipe()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.modes_before = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            list(argv),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**env, **kind},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._stop_reading], [], [])
            try:
                data = b"" if self._stop_reading in ready else os.read(self._master, 65_536)
            except OSError:
                data = b""
            with self._changed:
                if data:
                    self.chunks.append(Chunk(time.monotonic(), data))
                    self._frames.feed(data)
                else:
                    self._frames.flush()
                    self._ended = True
                self._changed.notify_all()
            if not data:
                return

    @property
    def painted(self) -> bytes:
        """Every byte written so far."""
        with self._changed:
            return b"".join(chunk.data for chunk in self.chunks)

    @property
    def rows(self) -> list[str]:
        """The screen as a person reads it now."""
        with self._changed:
            return [row.rstrip() for row in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.rows)

    @property
    def modes(self) -> list[object]:
        """The line discipline's settings now (termios), to compare with ``modes_before``."""
        return termios.tcgetattr(self._slave)

    def type(self, text: str) -> None:
        """Type characters."""
        os.write(self._master, text.encode())

    def press(self, *keys: str) -> None:
        """Press named keys of ``KEYS``, or single characters."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key.encode()))

    def background(self, text: str) -> str:
        """The colour behind the first cell of ``text``: what shows where the cursor of a list is."""
        with self._changed:
            for y, row in enumerate(self._screen.display):
                if text in row:
                    return str(self._screen.buffer[y][row.index(text)].bg)
        raise AssertionError(f"{text!r} is not on the screen")

    def reversed(self, text: str) -> bool:
        """Whether the first cell of ``text`` is in reverse video."""
        with self._changed:
            for y, row in enumerate(self._screen.display):
                if text in row:
                    return bool(self._screen.buffer[y][row.index(text)].reverse)
        raise AssertionError(f"{text!r} is not on the screen")

    def move_to(self, key: str, text: str) -> None:
        """Press ``key`` and wait until it brought the cursor to ``text``."""
        before = self.background(text)
        self.press(key)
        self.wait(
            lambda shown: text in shown and self.background(text) != before, what=f"the cursor at {text!r}"
        )

    def wait(self, seen: Callable[[str], bool], *, what: str, within: float = 30.0) -> float:
        """Wait until the screen satisfies ``seen``; returns when its bytes were read (monotonic)."""
        deadline = time.monotonic() + within
        with self._changed:
            while True:
                if seen("\n".join(row.rstrip() for row in self._screen.display)):
                    return self.chunks[-1].at if self.chunks else time.monotonic()
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    shown = "\n".join(self._screen.display)
                    ended = "the program ended" if self._ended else f"not within {within:g} s"
                    raise AssertionError(f"{what}: {ended}. The screen:\n{shown}")
                self._changed.wait(left)

    def wait_for(self, *texts: str, within: float = 30.0) -> float:
        """Wait until all ``texts`` are on the screen at once."""
        return self.wait(lambda shown: all(text in shown for text in texts), what=f"{texts!r}", within=within)

    def wait_without(self, text: str, within: float = 30.0) -> float:
        """Wait until ``text`` is not on the screen."""
        return self.wait(lambda shown: text not in shown, what=f"without {text!r}", within=within)

    def wait_read(self, within: float = 5.0) -> None:
        """Wait until all that an ended program wrote was read: our own end of the pty is given up for it."""
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1
        self._reader.join(within)

    def hang_up(self) -> None:
        """The terminal goes while its program runs: a window that is closed, a line that drops."""
        os.close(self._stopped)
        self._stopped = -1
        self._reader.join()
        for end in (self._slave, self._master):
            os.close(end)
        self._slave = self._master = -1

    def wait_ended(self, within: float = 20.0) -> int:
        """Wait for the program to end by itself; its exit status."""
        return self.process.wait(within)

    def end(self) -> None:
        """End the program, politely first, and close the pty. Safe to call twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._master >= 0:
            self.wait_read()
            os.close(self._master)
            self._master = -1
        for end in (self._stop_reading, self._stopped):
            if end >= 0:
                os.close(end)
        self._stop_reading = self._stopped = -1
