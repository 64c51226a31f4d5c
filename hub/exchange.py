"""Which exchange the settings name, as the port. Adapters are imported only when they are used."""

from __future__ import annotations

import ssl

from hub.adapters.no_exchange import NoExchange
from hub.ports.pbx import Pbx
from hub.settings import AmiSettings, LabPbxSettings, PbxSettings


def connect(settings: PbxSettings) -> Pbx:
    """The exchange, not yet running. Raises ``OSError`` when its CA file cannot be read."""
    match settings:
        case LabPbxSettings():
            from hub.adapters.lab import LabPbx  # noqa: PLC0415 - a centre's hub has no lab

            return LabPbx(settings.socket)
        case AmiSettings():
            return _asterisk(settings)
        case _:
            return NoExchange()


def _asterisk(settings: AmiSettings) -> Pbx:
    from hub.adapters.ami import AmiPbx  # noqa: PLC0415 - the private hub never speaks AMI
    from hub.adapters.ami_client import AmiAccount  # noqa: PLC0415

    account = AmiAccount(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        secret=settings.secret.get_secret_value(),
        tls=ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None,
    )
    return AmiPbx(account)
