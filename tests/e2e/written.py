"""A centre that writes by WhatsApp: its hub asks the stand-in of the Cloud API, and hears of webhooks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.stubs.whatsapp import SENDER, TOKEN, WhatsApp, whatsapp
from tests.stubs.whatsapp_webhooks import (
    APP_SECRET,
    NOAH_ID,
    VERIFY_TOKEN,
    delivery,
    file_message,
    signature,
    text_message,
)

_SECRETS = {
    "MOKED_HUB_WHATSAPP_TOKEN": TOKEN,
    "MOKED_HUB_WHATSAPP_APP_SECRET": APP_SECRET,
    "MOKED_HUB_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
}
_AT = re.compile(r"webhooks at (http://\S+)")


@dataclass(frozen=True)
class Writing:
    """``api`` has what left the hub."""

    centre: Centre
    api: WhatsApp

    @property
    def address(self) -> str:
        """Where the hub that runs now takes webhooks."""
        log = self.centre.home / "hub.log"
        found = eventually(lambda: _AT.findall(log.read_text("utf-8")), "the hub takes webhooks")
        return str(found[-1])

    def writes(self, name: str, text: str, number: str = NOAH_ID) -> None:
        """A customer writes a message of this id: WhatsApp tells, signed."""
        writer = {"from": number}
        self._tell(text_message(datetime.now(UTC), name, text, **writer))

    def sends(self, name: str, kind: str, media_type: str, data: bytes, **more: str) -> None:
        """A customer sends a file; ``more`` is its caption, or a document's name."""
        file = {
            "id": self.api.keep(media_type, data),
            "mime_type": media_type,
            "sha256": hashlib.sha256(data).hexdigest(),
            **more,
        }
        self._tell(file_message(datetime.now(UTC), name, kind, file))

    def _tell(self, message: dict[str, Any]) -> None:
        body = delivery(messages=[message])
        answer = httpx.post(self.address, content=body, headers=signature(body))
        assert answer.status_code == 200, answer.text


@contextmanager
def writing(centre: Centre) -> Iterator[Writing]:
    """The hub of ``centre``, started anew so that it writes."""
    with whatsapp() as api:
        centre.stop_hub()
        sender = f'[whatsapp]\nphone_number_id = "{SENDER}"\naddress = "{api.address}"\n'
        centre.also(f"{sender}[whatsapp.webhook]\nport = 0\n")
        centre.env.update(_SECRETS)
        centre.start_hub()
        yield Writing(centre, api)
