"""Who brings messages out of the hub, by the channel's name in the outbox."""

from __future__ import annotations

from hub.ports.messages import Messages
from hub.service.outbox import WHATSAPP
from hub.settings import Settings


def senders_of(settings: Settings) -> dict[str, Messages]:
    """Those that the settings name."""
    if settings.whatsapp is None:
        return {}
    from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud  # noqa: PLC0415 - most centres have none

    chosen = settings.whatsapp
    account = Account(
        phone_number_id=chosen.phone_number_id,
        token=chosen.token.get_secret_value(),
        address=chosen.address,
        version=chosen.version,
        media_hosts=chosen.media_hosts,
    )
    return {WHATSAPP: WhatsAppCloud(account)}
