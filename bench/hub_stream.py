"""A listener on the hub's event stream: when each kind of event reached it."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import httpx

_WITHIN = 20.0


class HubStream:
    """Hears what a desk of the same agent hears, beside it. A context manager; it holds the line open."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._heard: list[tuple[float, str]] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> HubStream:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _read(self) -> None:
        cursor = self._client.get("/snapshot").json()["cursor"]
        try:
            with self._client.stream(
                "GET", "/events", headers={"Last-Event-ID": cursor}, timeout=None
            ) as line:
                for text in line.iter_lines():
                    if text.startswith("event:"):
                        with self._more:
                            self._heard.append((time.monotonic(), text.removeprefix("event:").strip()))
                            self._more.notify_all()
        except httpx.HTTPError:
            return  # the bench is over and closed the line

    def first(self, kind: str, *, after: float) -> float:
        """When the first event of ``kind`` after ``after`` came (seconds, monotonic)."""
        deadline = time.monotonic() + _WITHIN
        with self._more:
            while True:
                for at, heard in self._heard:
                    if heard == kind and at > after:
                        return at
                if not self._more.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {kind} from the hub within {_WITHIN:g} s")
