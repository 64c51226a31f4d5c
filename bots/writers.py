"""WhatsApp customers in scenarios, and the cloud that they all write through."""

from __future__ import annotations

from bots import scenario as sc
from bots.settings import Tested
from bots.whatsapp_actor import WhatsAppActor
from bots.whatsapp_cloud import Cloud
from centre.toml_file import SettingsError


class Writers:
    """One cloud for all plays. Raises ``SettingsError`` where the settings tell nothing of it."""

    def __init__(self, tested: Tested) -> None:
        settings = tested.settings.whatsapp
        if settings is None:
            raise SettingsError("who writes needs the hub's WhatsApp: give [whatsapp] in the settings")
        secret = tested.secret
        self._cloud = Cloud(
            settings, secret("MOKED_BOT_WHATSAPP_TOKEN"), secret("MOKED_BOT_WHATSAPP_APP_SECRET")
        )

    def actor(self, cast: sc.WhatsAppCustomer, number: str) -> WhatsAppActor:
        """One customer with a phone of ``number``."""
        return WhatsAppActor(cast, number, self._cloud)
