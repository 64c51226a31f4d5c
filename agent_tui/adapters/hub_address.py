"""Where a hub is, and a contact there. A file of its own: a desk knows it without what speaks HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from agent_tui.config import is_loopback


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Where the hub is and who we are there. With ``socket`` it is asked over that Unix socket.

    ``ca_file`` is the centre's own CA as PEM; None means the system's CAs. Raises ``ValueError`` where the
    token would travel unencrypted to another machine.
    """

    url: str
    token: str = field(repr=False)
    socket: Path | None = None
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        here = self.socket is not None or is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not here:
            raise ValueError(f"{self.url}: http is for this machine alone")


def contact_path(contact: str, what: str) -> str:
    """The route of a contact. Its id came in a SIP header: it stays one piece of the path."""
    return f"/v1/contacts/{quote(contact, safe='')}/{what}"
