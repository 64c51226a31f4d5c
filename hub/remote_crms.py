"""The CRMs that are asked over HTTPS, as the settings have them."""

from __future__ import annotations

from collections.abc import Callable

from hub.adapters.crm_auth import FixedHeader, auth_of, bearer
from hub.adapters.crm_http import Auth, CrmHttp, Traffic
from hub.adapters.hubspot_crm import HubSpotCrm
from hub.adapters.odoo_crm import OdooCrm
from hub.adapters.rest_crm import RestCrm
from hub.crm_settings import HubSpotSettings, OdooSettings, RemoteCrmSettings, RestSettings
from hub.ports.crm import Crm


def unwatched(_traffic: Traffic) -> None:
    """Nobody looks."""


def remote_crm(chosen: RemoteCrmSettings, country: str, watch: Callable[[Traffic], None] = unwatched) -> Crm:
    """``watch`` sees what is asked and answered."""
    secret = chosen.secret.get_secret_value()
    match chosen:
        case HubSpotSettings():
            return HubSpotCrm(chosen, _http(chosen, bearer(secret), {}, watch), country)
        case OdooSettings(database=name):
            auth = FixedHeader("Authorization", f"bearer {secret}", (secret,))
            named = {"X-Odoo-Database": name} if name else {}
            return OdooCrm(chosen, _http(chosen, auth, named, watch), country)
        case RestSettings(auth=how, headers=extra):
            return RestCrm(chosen, _http(chosen, auth_of(how, secret), extra, watch), country)


def _http(
    chosen: RemoteCrmSettings, auth: Auth, extra: dict[str, str], watch: Callable[[Traffic], None]
) -> CrmHttp:
    return CrmHttp(chosen.address, auth, chosen.timeout_seconds, chosen.ca_file, extra, watch)
