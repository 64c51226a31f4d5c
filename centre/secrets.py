"""Which variables of the environment hold the centre's secrets: no file does."""

from __future__ import annotations

AMI_SECRET = "MOKED_HUB_AMI_SECRET"  # noqa: S105 - the variable's name, not its value
"""The password of the hub's AMI user, for the hub and for the exchange."""

ROUTING_SECRET = "MOKED_HUB_ROUTING_SECRET"  # noqa: S105 - as above
"""By which the exchange asks the hub about callers, where the centre has ``[routing]``."""

WHATSAPP_TOKEN = "MOKED_HUB_WHATSAPP_TOKEN"  # noqa: S105 - as above
"""By which the hub proves itself to WhatsApp, where its settings have ``[whatsapp]``."""

WHATSAPP_APP_SECRET = "MOKED_HUB_WHATSAPP_APP_SECRET"  # noqa: S105 - as above
"""By which WhatsApp signs its webhooks, where the hub's settings have ``[whatsapp.webhook]``."""

WHATSAPP_VERIFY_TOKEN = "MOKED_HUB_WHATSAPP_VERIFY_TOKEN"  # noqa: S105 - as above
"""By which WhatsApp asks once whether the address of the webhooks is the hub's."""

CRM_SECRET = "MOKED_HUB_CRM_SECRET"  # noqa: S105 - as above
"""By which the hub proves itself to the CRM, where its settings name one: token, key or password."""

TRUNK_PASSWORD = "MOKED_PBX_TRUNK_PASSWORD"  # noqa: S105 - as above
"""By which the telephone network's side registers at the exchange."""

ACCOUNTS_PASSWORD = "MOKED_PBX_ACCOUNTS_PASSWORD"  # noqa: S105 - as above
"""Asterisk's password at the Postgres of devices' accounts, where the centre has them there."""
