"""``[crm]``: the examples of the administrators' page are taken, and what is wrong is named by its key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from centre.secrets import CRM_SECRET
from centre.toml_file import SettingsError
from hub.crm_settings import BuiltinCrmSettings, HubSpotSettings, OdooSettings, RestSettings
from hub.crms import logs_contacts
from hub.remote_crms import remote_crm
from hub.settings import Settings, load

PAGE = Path(__file__).parents[2] / "docs" / "administrators.md"
_EXAMPLES = [
    text for text in re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL) if "[crm]" in text
]

_REST = """
[crm]
kind = "rest"
address = "https://crm.example.com"
auth = { kind = "bearer" }
by_number = { path = "/c?n={number}" }
by_customer = { path = "/c/{customer}" }
customer = { customer = "id", name = "name", numbers = "phones" }
"""


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CRM_SECRET, "secret@")


def _load(directory: Path, text: str) -> Settings:
    file = directory / "hub.toml"
    file.write_text(text)
    return load(file)


@pytest.mark.parametrize(
    ("text", "kind"),
    list(zip(_EXAMPLES, (HubSpotSettings, OdooSettings, RestSettings), strict=True)),
)
def test_the_pages_examples_are_taken(tmp_path: Path, text: str, kind: type) -> None:
    settings = _load(tmp_path, text)
    assert isinstance(settings.crm, kind)
    assert logs_contacts(settings)
    assert "secret@" not in repr(settings) + settings.model_dump_json()


async def test_the_pages_examples_make_a_crm(tmp_path: Path) -> None:
    for text in _EXAMPLES:
        crm = _load(tmp_path, text).crm
        assert not isinstance(crm, BuiltinCrmSettings)
        await remote_crm(crm, "IL").close()


@pytest.mark.parametrize("text", ["", "[crm]\n", '[crm]\nkind = "builtin"\n', "[crm]\ntimeout_seconds = 3\n"])
def test_without_a_kind_it_is_the_hubs_own(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CRM_SECRET)
    settings = _load(tmp_path, text)
    assert isinstance(settings.crm, BuiltinCrmSettings)
    assert not logs_contacts(settings)


def _rest(**changed: str) -> str:
    text = _REST
    for key, value in changed.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        text += "" if re.search(rf"^{key} = ", text, re.MULTILINE) else f"{key} = {value}\n"
    return text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[crm]\nkind = "salesforce"\n', "crm"),
        ('[crm]\nkind = "odoo"\n', "crm.address: is needed"),
        ('[crm]\nkind = "odoo"\naddress = "http://odoo.example.com"\n', "crm.address"),
        ('[crm]\nkind = "odoo"\naddress = "https://odoo.example.com/odoo"\n', "crm.address"),
        ('[crm]\nkind = "hubspot"\nsegmnt = "x"\n', "crm.segmnt: no such key; did you mean 'segment'"),
        ('[crm]\nkind = "hubspot"\nsegment = "a b"\n', "crm.segment"),
        ('[crm]\nkind = "hubspot"\nsecret = "secret@"\n', f"set {CRM_SECRET} instead"),
        ('[crm]\nkind = "hubspot"\ntimeout_seconds = 0\n', "crm.timeout_seconds"),
        (_rest(by_number='{ path = "/c?n={nmber}" }'), "{nmber} is nothing that is known"),
        (_rest(by_number='{ path = "/c" }'), "says nowhere whom to look for"),
        (_rest(by_number='{ path = "c?n={number}" }'), "crm.by_number.path"),
        (_rest(by_number='{ path = "//evil.example/{number}" }'), "crm.by_number.path"),
        (_rest(by_number='{ path = "/c?n={number}", items = "data[" }'), "crm.by_number.items"),
        (_rest(by_number='{ path = "/c", body = { a = ["{customer}"] } }'), "{customer} is nothing"),
        (_rest(add_note='{ path = "/n/{customer}", body = { x = "{note}" } }'), "{note} is nothing"),
        (_rest(headers='{ X-A = "a\\nX-B: c" }'), "crm.headers"),
        (_rest(auth='{ kind = "digest" }'), "crm.auth"),
        (_rest(auth='{ kind = "header", header = "X Y" }'), "crm.auth.header"),
        (
            _rest(auth='{ kind = "oauth2", client_id = "m", token_address = "http://login.example.com/t" }'),
            "crm.auth.token_address",
        ),
        (_rest(customer='{ customer = "id", name = "f(x)", numbers = "phones[" }'), "crm.customer.numbers"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, text)
    assert words in str(refused.value)
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "two\nlines", "סוד"])
def test_a_secret_that_is_none_is_named(tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CRM_SECRET, secret)
    with pytest.raises(SettingsError, match=f"set {CRM_SECRET}"):
        _load(tmp_path, _REST)
