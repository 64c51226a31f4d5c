"""Who brings messages out of the hub, by the channel's name in the outbox, and what reads those that come."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from centre.model import Centre
from hub.db.inbox import InboxStore
from hub.ports.messages import Media, Messages
from hub.service.conversation_news import ConversationNews
from hub.service.inbox import Inbox
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


def media_of(senders: Mapping[str, Messages]) -> Media | None:
    """Where files of WhatsApp's messages lie; None: nowhere."""
    sender: object = senders.get(WHATSAPP)
    return sender if isinstance(sender, Media) else None


def inbox_of(settings: Settings, news: ConversationNews) -> Inbox | None:
    """What reads the webhooks that the settings name."""
    chosen = settings.whatsapp
    if chosen is None or chosen.webhook is None:
        return None
    from hub.adapters.whatsapp_webhook import events_of  # noqa: PLC0415 - as above

    queue, read = first_queue(settings.centre), partial(events_of, sender=chosen.phone_number_id)
    return Inbox(InboxStore(news.store.engine, news.store.beginning), read, queue, news.changed, news.now)


def first_queue(centre: Centre) -> str:
    """Where conversations begin: the first queue that offers WhatsApp, else the first one."""
    queues = sorted(centre.queues, key=lambda queue: queue.whatsapp_digit is None)
    return next((one.name for one in queues), "")
