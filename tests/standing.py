"""What a test lets stand for a while, with processes of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Standing(ABC):
    """A context manager that leaves nothing behind, not even when it fails to come up."""

    @abstractmethod
    def start(self) -> None:
        """Come up, and return once it is ready."""

    @abstractmethod
    def close(self) -> None:
        """End all that was begun. Safe to call twice."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
