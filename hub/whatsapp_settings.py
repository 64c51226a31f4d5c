"""``[whatsapp]`` of ``hub.toml``: who sends by WhatsApp, and where WhatsApp tells what comes back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from centre.secrets import WHATSAPP_APP_SECRET, WHATSAPP_TOKEN, WHATSAPP_VERIFY_TOKEN
from centre.toml_file import Section, SettingsError
from hub.addresses import is_loopback, is_private
from hub.contract import FileLimits
from hub.ports.messages import LARGEST_DOCUMENT, LARGEST_IMAGE

_LEAST_VERIFY_TOKEN = 16


class WebhookSection(Section):
    """The listener for WhatsApp's webhooks, which serves nothing else: ``https://NAME/whatsapp``.

    Meta asks for a certificate of a public authority. ``certificate`` and ``certificate_key`` are PEM files;
    without them the listener is for this machine, or (``behind_proxy``) for a proxy that ends TLS before it.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8760
    certificate: Path | None = None
    certificate_key: Path | None = None
    behind_proxy: bool = False
    app_secret: SecretStr = Field(default=SecretStr(""), exclude=True)
    verify_token: SecretStr = Field(default=SecretStr(""), exclude=True)

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key belong together")
        if self.certificate is None and not self.behind_proxy and not is_loopback(self.host):
            raise ValueError("webhooks need https off this machine: set certificate, or behind_proxy = true")
        return self


class WhatsAppSection(Section):
    """The centre's sender at WhatsApp's Cloud API. Secrets are taken from the environment, never the file.

    ``phone_number_id`` is Meta's id of the sending number, ``version`` the Graph API's
    (https://developers.facebook.com/docs/graph-api/changelog/versions): each serves about two years. Files
    are fetched from ``address`` and ``media_hosts`` alone; none larger than ``largest_file_mb`` passes, nor
    an image of more than 5 MB.
    """

    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
    address: str = "https://graph.facebook.com"
    version: Annotated[str, Field(pattern=r"^v[0-9]{1,3}\.[0-9]$")] = "v24.0"
    media_hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")], ...] = ("lookaside.fbsbx.com",)
    largest_file_mb: Annotated[int, Field(ge=1, le=16)] = 16
    webhook: WebhookSection | None = None
    token: SecretStr = Field(default=SecretStr(""), exclude=True)

    @property
    def files(self) -> FileLimits:
        """How large files may be."""
        most = self.largest_file_mb * 2**20
        return FileLimits(image=min(most, LARGEST_IMAGE), document=min(most, LARGEST_DOCUMENT))

    @field_validator("address")
    @classmethod
    def _private(cls, value: str) -> str:
        if not is_private(value, kept_apart=False):
            raise ValueError(f"{value!r}: write https://NAME and no more; http is for this machine alone")
        return value


def with_whatsapp_secrets(whatsapp: WhatsAppSection, path: Path) -> WhatsAppSection:
    """``whatsapp`` with what the environment holds. Raises ``SettingsError``."""
    if whatsapp.token.get_secret_value():
        raise _in_file(path, "whatsapp.token", WHATSAPP_TOKEN)
    token = _secret(path, WHATSAPP_TOKEN, "the sender's access token")
    webhook = whatsapp.webhook and _with_secrets(whatsapp.webhook, path)
    return whatsapp.model_copy(update={"token": token, "webhook": webhook})


def _with_secrets(webhook: WebhookSection, path: Path) -> WebhookSection:
    if webhook.app_secret.get_secret_value():
        raise _in_file(path, "whatsapp.webhook.app_secret", WHATSAPP_APP_SECRET)
    if webhook.verify_token.get_secret_value():
        raise _in_file(path, "whatsapp.webhook.verify_token", WHATSAPP_VERIFY_TOKEN)
    app_secret = _secret(path, WHATSAPP_APP_SECRET, "the app's secret, which signs webhooks")
    token = _secret(path, WHATSAPP_VERIFY_TOKEN, "a word of your own for Meta's page on webhooks")
    if len(token.get_secret_value()) < _LEAST_VERIFY_TOKEN:
        raise SettingsError(
            f"{path}: whatsapp.webhook: {WHATSAPP_VERIFY_TOKEN} needs {_LEAST_VERIFY_TOKEN} characters"
        )
    return webhook.model_copy(update={"app_secret": app_secret, "verify_token": token})


def _secret(path: Path, variable: str, what: str) -> SecretStr:
    value = os.environ.get(variable, "")
    if not (value and value.isascii() and value.isprintable()):
        raise SettingsError(f"{path}: whatsapp: set {variable} to {what}")
    return SecretStr(value)


def _in_file(path: Path, key: str, variable: str) -> SettingsError:
    return SettingsError(f"{path}: {key} does not belong in a file; set {variable} instead")
