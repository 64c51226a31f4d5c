"""Processes of moked, as users start them: each in a home of its own, ended by the test that began it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType


def moked_env(home: Path, **more: str) -> dict[str, str]:
    """What a process of moked sees of its surroundings: an empty home, short runtime paths, no keyring."""
    kept = {name: os.environ[name] for name in ("PATH", "CI", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "MOKED_RUNTIME_DIR": os.environ["MOKED_RUNTIME_DIR"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **more,
    }


class Process:
    """One process with its output in a file. A context manager: SIGTERM, then SIGKILL, by its own pid."""

    def __init__(self, module: str, *arguments: str, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                python(module, *arguments),
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """Its exit status; None while it lives."""
        return self._process.poll()

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait until it is gone. Safe to call twice."""
        if self.running:
            self._process.send_signal(how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def run(module: str, *arguments: str, env: Mapping[str, str]) -> str:
    """Run a command to its end and return what it printed; raises with its words when it fails."""
    done = subprocess.run(
        python(module, *arguments), env=dict(env), capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise AssertionError(f"{module} {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def python(module: str, *arguments: str) -> Sequence[str]:
    """The command line of a module under this very Python."""
    return [sys.executable, "-m", module, *arguments]
