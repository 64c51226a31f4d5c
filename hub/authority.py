"""The certificate authority by which desks know the hub and the exchange."""

from __future__ import annotations

from centre.toml_file import SettingsError
from edge.enrolment_code import authority_fingerprint
from hub.settings import Settings


def authority_of(settings: Settings) -> str:
    """The certificate in ``hub.ca_file``, PEM; empty when there is none named. Raises ``SettingsError``."""
    path = settings.hub.ca_file
    if path is None:
        return ""
    try:
        pem = path.read_text(encoding="ascii").strip()
        authority_fingerprint(pem)
    except (OSError, ValueError) as error:
        raise SettingsError(f"hub.ca_file {path}: no certificate of one authority, PEM: {error}") from None
    return pem + "\n"
