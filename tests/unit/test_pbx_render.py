"""The rendered profile holds what the centre says, and no value can become a line or a section."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from centre.exchange import AccountsDatabase, Exchange, Phones
from centre.model import Queue
from centre.plain import UnsafeValueError
from centre.routing import Routing
from centre.texts import Texts
from pbx.centre import Agent, Centre
from pbx.render import FILES, render, write

_HOMES = IPv4Network("198.51.100.0/24")

CENTRE = Centre(
    agents=(Agent("1001", "דנה לוי", "s3cret-1001"), Agent("1101", "Noa", "s3cret-1101", encrypted=False)),
    queues=(Queue(name="support", titles=Texts(en="S", he="ת"), number="700", service_level_seconds=25),),
    exchange=Exchange(
        certificate=Path("/etc/asterisk/server.pem"),
        certificate_key=Path("/etc/asterisk/server.key"),
        hub_networks=(IPv4Network("10.0.0.0/8"), IPv4Network("127.0.0.1/32")),
    ),
    trunk_password="s3cret-trunk",
    ami_secret="s3cret-ami",
    outside_numbers=("+15550100",),
)


def test_every_template_is_rendered() -> None:
    templates = Path(__file__).parents[2] / "pbx/templates"
    assert sorted(path.name for path in templates.iterdir()) == list(FILES)
    assert sorted(render(CENTRE)) == list(FILES)


def test_what_the_centre_says_is_there() -> None:
    files = render(CENTRE)
    assert 'callerid = "דנה לוי" <1001>' in files["pjsip.conf"]
    assert files["pjsip.conf"].count("media_encryption = sdes") == 1
    assert "servicelevel = 25" in files["queues.conf"]
    assert "Queue(support,b(offer^s^1(support)))" in files["extensions.conf"]


def test_no_secret_shows_where_it_is_not_needed() -> None:
    files = render(CENTRE)
    for secret in CENTRE.passwords():
        assert [name for name, text in files.items() if secret in text] in (["pjsip.conf"], ["manager.conf"])
        assert secret not in repr(CENTRE)


def test_who_enrols_devices_has_no_account_in_a_file() -> None:
    agents = (*CENTRE.agents, Agent("1301", "Dana", None))
    accounts = Path("/var/lib/moked-accounts/accounts.db")
    phones = Phones(accounts=accounts, domain="pbx.example.com")
    exchange = CENTRE.exchange.model_copy(update={"phones": phones, "agent_networks": (_HOMES,)})
    files = render(replace(CENTRE, agents=agents, exchange=exchange))
    assert "[1301]" not in files["pjsip.conf"]
    assert "Dial(PJSIP/1301," in files["extensions.conf"]
    assert f"dbfile => {accounts}\n" in files["res_config_sqlite3.conf"]
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert f"{table} => sqlite3,accounts\n" in files["extconfig.conf"]
        assert f" = realtime,{table}\n" in files["sorcery.conf"]
    # the hub's own REGISTER comes from where the hub is
    permitted = files["acl.conf"].split("[trunk](everybody)")[0].split("[agents](everybody)")[1]
    assert re.findall(r"permit = (\S+)", permitted) == [str(_HOMES), "10.0.0.0/8", "127.0.0.1/32"]


def test_accounts_in_postgres_are_asked_for_there_and_nowhere_else() -> None:
    database = AccountsDatabase(host="db.example.com", database="devices", user="reader")
    phones = Phones(postgres=database, domain="pbx.example.com")
    exchange = CENTRE.exchange.model_copy(update={"phones": phones})
    files = render(replace(CENTRE, exchange=exchange, accounts_password="s3cret-accounts"))
    for line in (
        "dbhost = db.example.com",
        "dbname = devices",
        "dbuser = reader",
        "dbpass = s3cret-accounts",
    ):
        assert f"{line}\n" in files["res_pgsql.conf"]
    assert [name for name, text in files.items() if "s3cret-accounts" in text] == ["res_pgsql.conf"]
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert f"{table} => pgsql,devices\n" in files["extconfig.conf"]
    assert "load = res_config_pgsql.so" in files["modules.conf"]
    assert [name for name, text in files.items() if "sqlite3.so" in text or "dbfile" in text] == []


@pytest.mark.parametrize("places", [{}, {"accounts": Path("/a.db"), "postgres": AccountsDatabase()}])
def test_accounts_are_in_one_place(places: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        Phones(domain="pbx.example.com", **places)


def test_without_enrolled_devices_asterisk_asks_no_database() -> None:
    files = render(CENTRE)
    names = ("extconfig.conf", "sorcery.conf", "res_config_sqlite3.conf", "res_pgsql.conf", "modules.conf")
    for name in names:
        acting = [line for line in files[name].splitlines() if not line.startswith(";")]
        assert [
            line for line in acting if "sql" in line or "realtime," in line or line.startswith("db")
        ] == []


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").touch(mode=0o644)
    write(CENTRE, tmp_path)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in FILES} == {0o600}


@given(st.text(max_size=10), st.sampled_from('\r\n\0\x1b\x85\u2028;[]"\\$'), st.text(max_size=10))
def test_a_value_that_would_act_is_refused(before: str, sign: str, after: str) -> None:
    hostile = before + sign + after
    agent = CENTRE.agents[0]
    for centre in (
        replace(CENTRE, agents=(replace(agent, name=hostile),)),
        replace(CENTRE, agents=(replace(agent, password=hostile),)),
        replace(CENTRE, trunk_password=hostile),
        replace(CENTRE, ami_secret=hostile),
    ):
        with pytest.raises(UnsafeValueError):
            render(centre)


def test_every_place_of_the_dialplan_that_takes_from_the_wire_filters_it() -> None:
    files = render(replace(CENTRE, routing=Routing(), routing_secret="s3cret"))
    text = files["extensions.conf"] + files["routing.conf"]
    assert "CURL(" in text
    for taken in re.finditer(r"\$\{(CALLERID|PJSIP_HEADER\(read|EXTEN|CALLERANI|CHANNEL\(pjsip)", text):
        assert re.search(r"\$\{FILTER\([A-Za-z0-9._+\\-]+,$", text[: taken.start()]), taken


def test_only_the_named_networks_come_in() -> None:
    files = render(CENTRE)
    assert files["acl.conf"].split("[hub](everybody)")[1].split() == [
        *("permit", "=", "10.0.0.0/8"),
        *("permit", "=", "127.0.0.1/32"),
    ]
    assert "deny = 0.0.0.0/0" in files["acl.conf"]
    assert "acl = hub" in files["manager.conf"]
    assert [line for line in files["pjsip.conf"].splitlines() if line.startswith("acl")] == [
        "acl = agents",
        "acl = trunk",
    ]


def test_in_the_clear_ami_is_on_loopback_alone_wherever_the_exchange_listens() -> None:
    lines = render(CENTRE)["manager.conf"].splitlines()
    assert [line for line in lines if "bindaddr" in line] == [
        "bindaddr = 127.0.0.1",
        "tlsbindaddr = 0.0.0.0:5039",
    ]
    assert "tlsenable = yes" in lines


def test_the_refusal_shows_no_secret() -> None:
    with pytest.raises(UnsafeValueError) as refused:
        render(replace(CENTRE, ami_secret="s3cret-and-then-some;"))
    assert "s3cret" not in str(refused.value)
