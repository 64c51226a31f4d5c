"""Scenarios and settings: what is wrong is told with its line, and nothing but what is allowed is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots import settings
from bots.scenario_file import ScenarioError, read
from bots.settings import load
from centre.toml_file import SettingsError

ACTORS = """\
title = "One"

[[actors]]
name = "ruth"
kind = "customer"
numbers = ["0505550121"]

[[actors]]
name = "dana"
kind = "agent"

[[steps]]
actor = "ruth"
do = "call"
number = "700"
"""
"""Sixteen lines; the next begins the seventeenth."""


def scenario(directory: Path, more: str = "", base: str = ACTORS) -> Path:
    path = directory / "one.toml"
    path.write_text(base + more, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as told:
        read(path)
    return str(told.value)


def test_a_scenario_is_read_with_the_line_of_each_step(tmp_path: Path) -> None:
    found = read(scenario(tmp_path, '\n[[steps]]\nactor = "dana"\nexpect = "sound"\ntone = 700\n'))
    assert found.lines == (12, 17)
    assert [step.actor for step in found.scenario.steps] == ["ruth", "dana"]


WRONG = [
    ('\n[[steps]]\nactor = "dana"\ndo = "anser"\n', 17, "'anser' is not known; did you mean 'answer'?"),
    ('\n[[steps]]\nactor = "dana"\n', 17, "either do or expect"),
    (
        '\n[[steps]]\nactor = "dana"\ndo = "note"\ntext = "x"\ntxt = "x"\n',
        21,
        "no such key 'txt'; did you mean 'text'?",
    ),
    ('\n[[steps]]\nactor = "dana"\ndo = "note"\n', 17, "'text' is needed"),
    ('\n[[steps]]\nactor = "ruth"\ndo = "call"\nnumber = "sip:1@evil"\n', 20, "number: "),
    ('\n[[steps]]\nactor = "dena"\ndo = "answer"\n', 17, "no actor 'dena'; did you mean 'dana'?"),
    ('\n[[steps]]\nactor = "ruth"\ndo = "ready"\n', 17, "nothing for an actor of kind 'customer'"),
    ('\n[[steps]]\nactor = "dana"\ndo = "say"\ntone = 700\n', 17, "nothing for an actor of kind 'agent'"),
    (
        '\n[[steps]]\nactor = "dana"\ndo = "listen"\nagent = "dana"\n',
        17,
        "nothing for an actor of kind 'agent'",
    ),
    ('\n[[steps]]\nactor = "dana"\ndo = "coach"\nagent = "dana"\ntext = "x"\n', 17, "nothing for an actor"),
    (
        '\n[[actors]]\nname = "noam"\nkind = "trainer"\n'
        '[[steps]]\nactor = "noam"\ndo = "whisper"\nagent = "ruth"\n',
        20,
        "no agent 'ruth'",
    ),
    ('\n[[steps]]\nactor = "ruth"\nexpect = "card"\nname = "x"\n', 17, "nothing for an actor of kind"),
    ('\n[[steps]]\nactor = "dana"\nexpect = "sound"\n', 17, "one of tone, without_tone"),
    ('\n[[steps]]\nactor = "dana"\nexpect = "sound"\ntone = 705\n', 20, "multiple of 100"),
    ('\n[[steps]]\nactor = "dana"\nexpect = "queue"\nqueue = "x"\nfigure = "waiting"\n', 17, "equals"),
    (
        '\n[[steps]]\nactor = "dana"\nexpect = "call"\nstate = "closed"\nreason = "busy"\n',
        17,
        "of a customer's calls alone",
    ),
    ('\n[[steps]]\nactor = "dana"\ndo = "answer"\nwithin = 0\n', 20, "within: "),
    (
        '\n[[steps]]\nactor = "dana"\ndo = "answer"\nwithin = "soon"\n',
        20,
        "within: Input should be a valid number",
    ),
    ('\n[[steps]]\nactor = 7\ndo = "answer"\n', 18, "actor: Input should be a valid string"),
    ('\n[[steps]]\ndo = "answer"\n', 17, "'actor' is needed"),
    ('\n[[actors]]\nname = "ruth"\nkind = "agent"\n', 18, "actors: name 'ruth' is there twice"),
    (
        '\n[[actors]]\nname = "noa"\nkind = "custmer"\n',
        19,
        "kind = 'custmer' is not known; did you mean 'customer'?",
    ),
    (
        '\n[[actors]]\nname = "noa"\nkind = 7\n',
        19,
        "is not known; there are customer, agent, trainer, whatsapp_customer",
    ),
    ('\n[[actors]]\nname = "noa"\n', 17, "'kind' is needed"),
    ('\n[[actors]]\nname = "noa"\nkind = "customer"\nnumbers = []\n', 20, "numbers: "),
    ('\n[[steps]]\nactor = "dana"\nexpect = "sund"\n', 17, "'sund' is not known; did you mean 'sound'?"),
    ('\n[[steps]]\nactor = "dana\n', 18, "Illegal character"),
    ('\n[[steps]]\nactor = "dana"\ndo = "note"\ntext = """\n[[steps]]\n"""\nwithin = 0\n', 23, "within: "),
]


@pytest.mark.parametrize(("more", "line", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, more: str, line: int, words: str) -> None:
    path = scenario(tmp_path, more)
    told = refused(path)
    assert told.startswith(f"{path}:{line}: ")
    assert words in told


WRITER = """
[[actors]]
name = "noah"
kind = "whatsapp_customer"
numbers = ["+972505550101"]
"""
"""Five more lines."""

WRITTEN_WRONG = [
    ('actor = "dana"\ndo = "write"\ntext = "x"', "an agent writes to an actor of kind 'whatsapp_customer'"),
    ('actor = "dana"\ndo = "write"\ntext = "x"\nto = "ruth"', "an agent writes to an actor of kind"),
    ('actor = "noah"\ndo = "write"\ntext = "x"\nto = "dana"', "a customer writes to the centre"),
    ('actor = "ruth"\ndo = "write"\ntext = "x"', "nothing for an actor of kind 'customer'"),
    ('actor = "noah"\ndo = "call"\nnumber = "700"', "nothing for an actor of kind 'whatsapp_customer'"),
    ('actor = "noah"\nexpect = "card"\nname = "x"', "nothing for an actor of kind 'whatsapp_customer'"),
    ('actor = "dana"\nexpect = "message"\ntext = "x"', "nothing for an actor of kind 'agent'"),
]


@pytest.mark.parametrize(("step", "words"), WRITTEN_WRONG, ids=[words for _, words in WRITTEN_WRONG])
def test_who_writes_to_whom_is_told_with_its_line(tmp_path: Path, step: str, words: str) -> None:
    told = refused(scenario(tmp_path, f"{WRITER}\n[[steps]]\n{step}\n"))
    assert f"one.toml:{len((ACTORS + WRITER).splitlines()) + 2}: " in told
    assert words in told


def test_who_writes_has_a_whole_number(tmp_path: Path) -> None:
    assert "numbers" in refused(scenario(tmp_path, WRITER.replace("+972505550101", "0505550101")))


def test_where_all_are_wrong_none_is_said_to_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('title = "x"\n[[actors]]\nname = "noa"\nkind = "x"\n[[steps]]\nactor = "noa"\n', "utf-8")
    assert [line.split(":")[1] for line in refused(path).splitlines()] == ["4", "5"]
    path.write_text('title = "x"\nactors = []\nsteps = []\n', "utf-8")
    assert [line.split(":")[1] for line in refused(path).splitlines()] == ["2", "3"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    told = refused(scenario(tmp_path, WRONG[0][0] + WRONG[3][0]))
    assert [line.split(":")[1] for line in told.splitlines()] == ["17", "21"]


def faults(directory: Path, more: str) -> list[tuple[int, str]]:
    """The line of each, and what is wrong there."""
    told = (line.split(":", 2) for line in refused(scenario(directory, more)).splitlines())
    return [(int(line), words.strip()) for _, line, words in told]


def test_who_is_not_there_is_told_beside_wrong_keys_in_the_order_of_lines(tmp_path: Path) -> None:
    unknown, key = '[[steps]]\nactor = "dena"\ndo = "answer"\n', '[[steps]]\nactor = "dana"\ndo = "anser"\n'
    twin = '[[actors]]\nname = "ruth"\nkind = "agent"\n'
    assert faults(tmp_path, f"{unknown}{key}{twin}{unknown}colour = 1\n") == [
        (16, "there is no actor 'dena'; did you mean 'dana'?"),
        (19, "do = 'anser' is not known; did you mean 'answer'?"),
        (23, "actors: name 'ruth' is there twice"),
        (25, "there is no actor 'dena'; did you mean 'dana'?"),
        (28, "no such key 'colour'"),
    ]


@pytest.mark.parametrize("name", ['name = "noa"\n', "name = 7\n", ""])
def test_what_a_wrong_actor_does_is_not_told_to_be_wrong_as_well(tmp_path: Path, name: str) -> None:
    wrong = f'[[actors]]\n{name}kind = "custmer"\n'
    acts = '[[steps]]\nactor = "noa"\ndo = "answer"\n[[steps]]\nactor = "ruth"\ndo = "ready"\n'
    told = [words for _, words in faults(tmp_path, wrong + acts)]
    assert [words for words in told if "no actor" in words] == []
    assert told[-1] == "do = 'ready' is nothing for an actor of kind 'customer'"


def test_who_listens_to_a_wrong_actor_is_not_told_that_there_is_none(tmp_path: Path) -> None:
    wrong = '[[actors]]\nname = "noa"\nkind = "agnt"\n[[actors]]\nname = "noam"\nkind = "trainer"\n'
    listens = '[[steps]]\nactor = "noam"\ndo = "whisper"\nagent = "{}"\n'
    told = faults(tmp_path, wrong + listens.format("noa") + listens.format("eli"))
    assert told == [
        (18, "kind = 'agnt' is not known; did you mean 'agent'?"),
        (26, "there is no agent 'eli'"),
    ]


def test_a_scenario_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    assert refused(path) == f"{path}: there is no such file: name the right one"


def test_steps_that_are_no_tables_are_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('title = "x"\nactors = 7\nsteps = ["call"]\n', "utf-8")
    assert [line.split(":")[1] for line in refused(path).splitlines()] == ["2", "3"]


RINGS = 'rings = true\nnumbers = ["7"]\n'


def test_two_at_whom_the_centres_calls_ring_are_told_by_the_second(tmp_path: Path) -> None:
    two = "".join(f'[[actors]]\nname = "{name}"\nkind = "customer"\n{RINGS}' for name in ("noa", "eli"))
    assert refused(scenario(tmp_path, two)).startswith(f"{tmp_path / 'one.toml'}:24: the centre's calls")


SETTINGS = """\
{allowed}
[exchange]
domain = "{domain}"
[hub]
url = "{url}"
[[agents]]
name = "dana"
user = "1101"
"""


def written(directory: Path, domain: str, url: str, allowed: str = "") -> Path:
    path = directory / "bots.toml"
    path.write_text(SETTINGS.format(domain=domain, url=url, allowed=allowed), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        ("pbx.example.com", "http://127.0.0.1:1"),
        ("pbx.example.com:5061", "http://127.0.0.1:1"),
        ("127.0.0.1.example.com", "http://127.0.0.1:1"),
        ("127.0.0.1:5060", "https://hub.example.com"),
        ("127.0.0.1:5060", "https://127.0.0.1@hub.example.com"),
    ],
)
def test_no_other_machine_is_called_but_those_allowed(tmp_path: Path, domain: str, url: str) -> None:
    with pytest.raises(SettingsError, match="is not this machine: put it into allowed"):
        load(written(tmp_path, domain, url))


@pytest.mark.parametrize(
    "domain",
    [
        "127.0.0.1:5060;maddr=pbx.example.com",
        "127.0.0.1:5060@pbx.example.com",
        "127.0.0.1:pbx.example.com",
        "[::1].pbx.example.com",
        "127.0.0.1;transport=udp",
        "127.0.0.1 ",
    ],
)
def test_what_is_more_than_a_host_and_a_port_is_no_exchange(tmp_path: Path, domain: str) -> None:
    """Whatever stands behind them would go into each address that is called."""
    with pytest.raises(SettingsError, match=r"bots\.toml:3: exchange\.domain: "):
        load(written(tmp_path, domain, "http://127.0.0.1:1"))


@pytest.mark.parametrize("domain", ["localhost", "127.0.0.1:5060", "[::1]", "[::1]:5061"])
def test_this_machine_is_called_by_any_of_its_names(tmp_path: Path, domain: str) -> None:
    assert load(written(tmp_path, domain, "http://127.0.0.1:1")).settings.exchange.domain == domain


WHATSAPP = """\
[whatsapp]
listen = "{listen}"
phone_number_id = "1"
webhooks = "{webhooks}"
"""


@pytest.mark.parametrize(
    ("listen", "webhooks"),
    [
        ("127.0.0.1:1", "https://hub.example.com/whatsapp"),
        ("127.0.0.1:1", "http://127.0.0.1@hub.example.com/whatsapp"),
        ("cloud.example.com:443", "http://127.0.0.1:1/whatsapp"),
        ("0.0.0.0:1", "http://127.0.0.1:1/whatsapp"),
    ],
)
def test_whatsapp_is_played_to_no_other_machine_but_those_allowed(
    tmp_path: Path, listen: str, webhooks: str
) -> None:
    more = WHATSAPP.format(listen=listen, webhooks=webhooks)
    path = written(tmp_path, "127.0.0.1:5060", "http://127.0.0.1:1")
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    with pytest.raises(SettingsError, match="is not this machine: put it into allowed"):
        load(path)
    allowed = 'allowed = ["hub.example.com", "cloud.example.com", "0.0.0.0"]'
    path = written(tmp_path, "127.0.0.1:5060", "http://127.0.0.1:1", allowed)
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert load(path).settings.whatsapp is not None


BOTS_WRONG = [
    ('domain = "127.0.0.1"', 'domain = "pbx.example.com"', "2: 'pbx.example.com' is not this machine"),
    ('url = "http://127.0.0.1:1"', 'url = "https://hub.example.com"', "4: 'hub.example.com' is not this"),
    ('url = "http://127.0.0.1:1"', 'url = "hub"', "4: hub.url: "),
    ("url =", "ulr =", "3: hub.url: is needed"),
    ("url =", "ulr =", "4: hub.ulr: no such key; did you mean 'url'?"),
    ('[hub]\nurl = "http://127.0.0.1:1"', "hub = 7", "3: exchange.hub: no such key"),
    ('user = "1101"', "user = 1101", "7: agents.0.user: Input should be a valid string"),
    (
        'user = "1101"',
        'user = "1"\n[[agents]]\nuser = "2"\nname = "dana"',
        "10: agents: name 'dana' is there twice",
    ),
    ("[[agents]]", "[[agents]", "5: Expected"),
    ('name = "dana"', 'name = "Dana"', "6: agents.0.name: "),
    ("[exchange]", "allowed = 7\n[exchange]", "1: allowed: "),
    ("[[agents]]", '[whatsapp]\nlisten = "127.0.0.1:1"\n[[agents]]', "5: whatsapp.webhooks: is needed"),
]


@pytest.mark.parametrize(("there", "instead", "words"), BOTS_WRONG, ids=[words for _, _, words in BOTS_WRONG])
def test_what_is_wrong_with_the_bots_settings_is_told_with_its_line(
    tmp_path: Path, there: str, instead: str, words: str
) -> None:
    path = written(tmp_path, "127.0.0.1", "http://127.0.0.1:1")
    sound = path.read_text("utf-8").lstrip()
    assert there in sound
    path.write_text(sound.replace(there, instead), encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        load(path)
    assert f"{path}:{words}" in str(told.value)


def test_who_is_allowed_may_be_called(tmp_path: Path) -> None:
    allowed = 'allowed = ["pbx.example.com", "hub.example.com"]'
    tested = load(written(tmp_path, "pbx.example.com:5061", "https://hub.example.com", allowed))
    assert tested.settings.exchange.domain == "pbx.example.com:5061"


@pytest.mark.parametrize("allowed", ["example.com", ".example.com", "pbx.example", "PBX.example.com", "*"])
def test_who_is_allowed_is_named_wholly(tmp_path: Path, allowed: str) -> None:
    path = written(tmp_path, "pbx.example.com", "http://127.0.0.1:1", f'allowed = ["{allowed}"]')
    with pytest.raises(SettingsError, match="is not this machine: put it into allowed"):
        load(path)


def test_a_token_travels_to_another_machine_by_https_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "127.0.0.1:5060", "http://hub.example.com", 'allowed = ["hub.example.com"]')
    with pytest.raises(SettingsError, match="http is for this machine alone"):
        load(path)


def test_secrets_come_from_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "127.0.0.1:5060", "http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="MOKED_BOT_TRUNK_PASSWORD is not set"):
        load(path).customer("0505550121", "")
    monkeypatch.setenv("MOKED_BOT_TRUNK_PASSWORD", "hush")
    tested = load(path)
    account = tested.customer("0505550121", "Ruth")
    assert (account.user, account.auth_user, account.password) == ("0505550121", "trunk", "hush")
    assert not account.registers
    assert "hush" not in repr(tested)
    path.write_text(path.read_text("utf-8") + 'password = "x"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"agents\.0\.password: no such key"):
        settings.load(path)
