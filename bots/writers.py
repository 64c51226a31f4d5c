"""WhatsApp customers in scenarios, and the cloud that they all write through."""

from __future__ import annotations

from bots import scenario as sc
from bots.settings import Tested
from bots.whatsapp_actor import WhatsAppActor
from bots.whatsapp_cloud import Cloud


class Writers:
    """One cloud for all plays. Raises ``SettingsError`` where the settings tell nothing of it."""

    def __init__(self, tested: Tested) -> None:
        access = tested.cloud()
        self._cloud = Cloud(access.place, access.token, access.app_secret)

    def actor(self, cast: sc.WhatsAppCustomer, number: str) -> WhatsAppActor:
        """One customer with a phone of ``number``."""
        return WhatsAppActor(cast, number, self._cloud)
