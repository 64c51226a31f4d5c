"""By what the hub proves itself to a CRM: a header that stays, or tokens of OAuth 2 that end."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from hub.adapters.crm_http import CrmHttp
from hub.crm_settings import AuthSettings, BasicAuth, BearerAuth, HeaderAuth, OAuth2Auth
from hub.ports.crm import CrmGarbled

_MASK = "•••"
_AHEAD = 30.0
"""Seconds before its end that a token is not used any more."""
_LIFE = 300.0
"""Seconds that a token is kept of which nobody says how long it is good (RFC 6749 §5.1)."""
_LONGEST_TOKEN = 8192


def bearer(secret: str) -> FixedHeader:
    """RFC 6750 §2.1."""
    return FixedHeader("Authorization", f"Bearer {secret}", (secret,))


def basic(user: str, password: str) -> FixedHeader:
    """RFC 7617 §2."""
    proof = _basic(user, password)
    return FixedHeader("Authorization", f"Basic {proof}", (proof, password))


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class FixedHeader:
    """Fulfils ``hub.adapters.crm_http.Auth``: the same header each time, and what of it is secret."""

    name: str
    value: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    async def headers(self, _http: CrmHttp) -> Mapping[str, str]:
        """It."""
        return {self.name: self.value}

    def outdated(self) -> bool:
        """There is no newer one."""
        return False

    def masked(self, text: str) -> str:
        """Without what is secret of the header, wherever it stands."""
        return _masked(text, self.secrets)


@dataclass(slots=True)
class ClientCredentials:
    """Fulfils ``hub.adapters.crm_http.Auth``: a token of the login's, asked for again before it ends.

    https://www.rfc-editor.org/rfc/rfc6749#section-4.4; such a grant has no refresh token (§4.4.3).
    """

    settings: OAuth2Auth
    secret: str = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _token: str = field(default="", repr=False)
    _good_until: float = 0.0
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def headers(self, http: CrmHttp) -> Mapping[str, str]:
        """The token; asked for once, however many need it. Raises ``CrmError``."""
        async with self._one:
            if not self._token or self.clock() >= self._good_until:
                await self._renew(http)
            return {"Authorization": f"Bearer {self._token}"}

    def outdated(self) -> bool:
        """The next request has a new one."""
        self._token = ""
        return True

    def masked(self, text: str) -> str:
        """Without token and secret."""
        return _masked(text, (self._token, self.secret))

    async def _renew(self, http: CrmHttp) -> None:
        asked, at = self.settings, self.clock()
        form = {"grant_type": "client_credentials"}
        if asked.scope:
            form["scope"] = asked.scope
        headers = {}
        if asked.in_body:
            form |= {"client_id": asked.client_id, "client_secret": self.secret}
        else:  # both are form-encoded before (§2.3.1)
            proof = _basic(quote_plus(asked.client_id), quote_plus(self.secret))
            headers["Authorization"] = f"Basic {proof}"
        told = await http.form(asked.token_address, form, headers)
        match told:
            case {"access_token": str(token)} if _usable(token):
                self._token = token
            case _:
                raise CrmGarbled("The CRM's login answers without a token")
        seconds = told.get("expires_in")
        life = float(seconds) if isinstance(seconds, int | float) and seconds > 0 else _LIFE
        self._good_until = at + max(life - _AHEAD, life / 2)


def _masked(text: str, secrets: tuple[str, ...]) -> str:
    for one in secrets:
        text = text.replace(one, _MASK) if one else text
    return text


def _usable(token: str) -> bool:
    return token.isascii() and token.isprintable() and 0 < len(token) <= _LONGEST_TOKEN and " " not in token


def auth_of(settings: AuthSettings, secret: str) -> FixedHeader | ClientCredentials:
    """As the settings have it."""
    match settings:
        case BearerAuth():
            return bearer(secret)
        case HeaderAuth(header=name):
            return FixedHeader(name, secret, (secret,))
        case BasicAuth(user=user):
            return basic(user, secret)
        case OAuth2Auth():
            return ClientCredentials(settings, secret)
