"""The rendered profile holds what the centre says, and no value can become a line or a section."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.centre import Agent, Centre, Certificate, Ports, Queue, Trunk
from pbx.render import FILES, UnsafeValueError, render, write

CENTRE = Centre(
    agents=(Agent("1001", "דנה לוי", "s3cret-1001"), Agent("1101", "Noa", "s3cret-1101", encrypted=False)),
    queues=(Queue("support", "700", service_level_seconds=25),),
    ports=Ports(sip=5060, sip_tls=5061, ami=5038, rtp_first=10000, rtp_last=10999),
    trunk=Trunk("trunk", "s3cret-trunk"),
    certificate=Certificate(Path("/etc/asterisk/server.pem"), Path("/etc/asterisk/server.key")),
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
    files = render(replace(CENTRE, agents=agents, accounts=accounts))
    assert "[1301]" not in files["pjsip.conf"]
    assert "Dial(PJSIP/1301," in files["extensions.conf"]
    assert f"dbfile => {accounts}\n" in files["res_config_sqlite3.conf"]
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert f"{table} => sqlite3,accounts\n" in files["extconfig.conf"]
        assert f" = realtime,{table}\n" in files["sorcery.conf"]


def test_without_enrolled_devices_asterisk_asks_no_database() -> None:
    files = render(CENTRE)
    for name in ("extconfig.conf", "sorcery.conf", "res_config_sqlite3.conf", "modules.conf"):
        acting = [line for line in files[name].splitlines() if not line.startswith(";")]
        assert [line for line in acting if "sqlite3" in line or "realtime," in line] == []


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
        replace(CENTRE, trunk=Trunk("trunk", hostile)),
        replace(CENTRE, ami_secret=hostile),
        replace(CENTRE, realm=hostile),
    ):
        with pytest.raises(UnsafeValueError):
            render(centre)


@pytest.mark.parametrize(
    "centre",
    [
        replace(CENTRE, agents=(Agent("1001,1", "Dana", "x"),)),
        replace(CENTRE, agents=(Agent("_X.", "Dana", "x"),)),
        replace(CENTRE, queues=(Queue("a,b", "700"),)),
        replace(CENTRE, queues=(Queue("support", "7(0)0"),)),
        replace(CENTRE, queues=(Queue("support", "700", strategy="ringall\n"),)),
        replace(CENTRE, outside_numbers=("9@trunk",)),
        replace(CENTRE, outside_numbers=("1001",)),
        replace(CENTRE, trunk=Trunk("a b", "x")),
    ],
)
def test_names_and_numbers_keep_to_their_alphabets(centre: Centre) -> None:
    with pytest.raises(UnsafeValueError):
        render(centre)


def test_the_refusal_shows_no_secret() -> None:
    with pytest.raises(UnsafeValueError) as refused:
        render(replace(CENTRE, ami_secret="s3cret-and-then-some;"))
    assert "s3cret" not in str(refused.value)
