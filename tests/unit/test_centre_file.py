"""A centre's file: what a slip of the pen is told, and what an exchange would not take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from centre.exchange import Exchange, Ports
from centre.model import Agent, Centre, Disposition, PauseReasons, Queue, load
from centre.texts import Texts
from centre.toml_file import SettingsError
from hub import sample

_QUEUE = "[[queues]]\nname = 'support'\nnumber = '700'\ntitles = { en = 'S', he = 'ת' }\n"
_AGENT = "[[agents]]\nid = 'a'\nname = 'A'\nextension = '1'\n"
_EXCHANGE = "[exchange]\ncertificate = '/a.pem'\ncertificate_key = '/a.key'\n"

_DIRECTORY = "[[directory]]\nnames = { en = 'B', he = 'ב' }\n"
_ENTRY = "[[entries]]\nnumber = '800'\n"


def _load(directory: Path, text: str) -> Centre:
    path = directory / "centre.toml"
    path.write_text(text)
    return load(path)


def test_the_sample_is_sound() -> None:
    centre = load(sample.CENTRE)
    assert centre.exchange is not None
    assert [queue.number for queue in centre.queues] == ["700", "701"]


def test_the_sample_has_every_key() -> None:
    """It is what administrators learn the keys from; of Asterisk's directories one shows how."""
    text = sample.CENTRE.read_text(encoding="utf-8")
    keys = [
        key for model in (Centre, Queue, Agent, Disposition, Exchange, Ports) for key in model.model_fields
    ]
    assert [key for key in keys if not re.search(rf"\b{key}(\]| =)|\.{key}\]", text)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contry = 'IL'\n", "contry: no such key; did you mean 'country'?"),
        ("country = 'Israel'\n", "country: "),
        ("time_zone = 'Mars/Base'\n", "time_zone: 'Mars/Base' is no time zone"),
        ("languages = []\n", "languages: "),
        ("[centre\n", "centre.toml:1: "),
        ("[[queues]]\nname = 'a'\ntitle = {}\n", "queues.0.title: no such key; did you mean 'titles'?"),
        ("[[queues]]\nname = 'a'\ntitles = { en = 'A', eh = 'ת' }\n", "queues.0.titles.eh: no such key"),
        (
            "[[queues]]\nname = 'general'\ntitles = { en = 'S', he = 'ת' }\n",
            "queues.0.name: 'general' is a section",
        ),
        (_QUEUE + "strategy = 'roundrobin'\n", "queues.0.strategy: "),
        (_DIRECTORY + "number = '0500'\nkind = 'person'\n", "directory.0.kind: "),
        (_DIRECTORY + "number = 'PJSIP/1'\n", "directory.0.number: "),
        (_DIRECTORY + "number = '+1900'\nkind = 'external'\n", "'+1900' is not among outside_numbers"),
        (_DIRECTORY + "number = '702'\nkind = 'queue'\n", "'702' is the number of no queue"),
        ((_DIRECTORY + "number = '9'\n") * 2, "directory: number '9' is there twice"),
        (
            _DIRECTORY.replace(", he = 'ב'", "") + "number = '9'\n",
            "directory: '9': names: he is needed, since languages has it",
        ),
        (_QUEUE + "ring_seconds = 0\n", "queues.0.ring_seconds: "),
        (_QUEUE + _ENTRY + "queue = 'suport'\n", "entry '800': there is no queue 'suport'; did you mean"),
        (
            _QUEUE
            + _ENTRY
            + "queue = 'support'\nchoices = ["
            + "{ digit = '1', queue = 'support' }," * 2
            + "]\n",
            "entries.0: choices: digit '1' is there twice",
        ),
        (
            _QUEUE + _ENTRY + "queue = 'support'\nchoices = [{ digit = '1' }]\n",
            "entries.0.choices.0: digit '1' needs one of queue, message, language and identify",
        ),
        (
            _QUEUE + _ENTRY + "queue = 'support'\nchoices = [{ digit = '1', identify = {} }]\n",
            "entry '800': identify needs [routing]",
        ),
        (
            _QUEUE
            + _ENTRY
            + "queue = 'support'\nchoices = [{ digit = '1', identify = { queue = 'suport' } }]\n",
            "entry '800': there is no queue 'suport'",
        ),
        (
            _QUEUE + _ENTRY + "queue = 'support'\nchoices = [{ digit = '1', identify = { digits = 21 } }]\n",
            "entries.0.choices.0.identify.digits: ",
        ),
        (
            _ENTRY + "queue = 'a'\nhours = [{ days = ['sun'], opens = '17:00', closes = '09:00' }]\n",
            "entries.0.hours.0: closes 09:00 is not after opens 17:00",
        ),
        ("[[agents]]\nid = 'a'\nname = 'A'\n", "agents.0.extension: is needed"),
        (_QUEUE + _AGENT + "queues = ['suport']\n", "there is no queue 'suport'; did you mean 'support'?"),
        (_AGENT * 2, "id 'a' is there twice"),
        ("[messages]\nkeep_days = 0\n", "messages.keep_days: "),
        ("[messages]\nkeep_day = 30\n", "messages.keep_day"),
        (_QUEUE + "widen_seconds = [60, 30]\n", "queues.0.widen_seconds: each must be later"),
        (_QUEUE + "announce_seconds = 5\n", "queues.0.announce_seconds: 0, or 15 and more"),
        (_QUEUE + "widen_seconds = [0]\n", "queues.0.widen_seconds.0: "),
        (_QUEUE + _AGENT + "levels = { support = 2 }\n", "levels: 'support' is not among their queues"),
        (_QUEUE + _AGENT + "queues = ['support']\nlevels = { support = 10 }\n", "agents.0.levels.support: "),
        (
            _QUEUE + "widen_seconds = [30]\n" + _AGENT + "queues = ['support']\nlevels = { support = 3 }\n",
            "agent 'a': level 3 is never reached in 'support': widen_seconds has 1",
        ),
        ("languages = ['he']\n" + _AGENT, "agent 'a': language 'en' is not among languages"),
        ("[[queues]]\nname = 'a'\ntitles = { en = 'A' }\n", "queue 'a': titles: he is needed"),
        ("[[dispositions]]\ncode = 'a'\nlabels = { he = 'A' }\n", "disposition 'a': labels: en is needed"),
    ],
)
def test_a_slip_of_the_pen_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as told:
        _load(tmp_path, text)
    assert str(told.value).startswith(f"{tmp_path / 'centre.toml'}:")
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("outside_numbers = ['9@trunk']\n" + _EXCHANGE, "outside_numbers.0: "),
        ("outside_numbers = ['_9X.']\n" + _EXCHANGE, "outside_numbers.0: "),
        ("outside_numbers = ['5', '5']\n" + _EXCHANGE, "outside_numbers has the number 5"),
        ("outside_numbers = ['700']\n" + _QUEUE + _EXCHANGE, "700, which queue 'support' has already"),
        (_QUEUE.replace("700", "1") + _AGENT + _EXCHANGE, "agent 'a' has the number 1"),
        (_QUEUE.replace("700", "600") + _EXCHANGE, "600, which the echo test has already"),
        (_QUEUE.replace("700", "7(0)0") + _EXCHANGE, "queues.0.number: "),
        (_QUEUE.replace("'support'", "'a,b'") + _EXCHANGE, "queues.0.name: "),
        (_QUEUE.replace("number = '700'\n", "") + _EXCHANGE, "queue 'support': number is needed"),
        (_AGENT.replace("'1'", "'me'") + _EXCHANGE, "agent 'a': extension 'me' is no number"),
        (_AGENT.replace("'1'", "'1,1'") + _EXCHANGE, "agents.0.extension: "),
        (_AGENT.replace("'A'", "'A;B'") + _EXCHANGE, "agents.0.name: holds ';'"),
        (_AGENT.replace("'A'", '"A\\nB"') + _EXCHANGE, "agents.0.name: holds '\\n'"),
        (_DIRECTORY + "number = '9'\n" + _EXCHANGE, "'9': neither a queue nor an agent of this centre has"),
        ("[exchange]\ncertificate = '/a.pem'\n", "exchange.certificate_key: is needed"),
        ("[exchange]\ncertificate = '/a;b.pem'\ncertificate_key = '/a'\n", "exchange.certificate: holds ';'"),
        (_EXCHANGE + "adress = '0.0.0.0'\n", "exchange.adress: no such key; did you mean 'address'?"),
        (_EXCHANGE + "address = 'pbx'\n", "exchange.address: "),
        (_EXCHANGE + "realm = 'a\"b'\n", "exchange.realm: holds"),
        (_EXCHANGE + "trunk = 'a b'\n", "exchange.trunk: "),
        (_EXCHANGE + "trunk = 'agent'\n", "exchange: trunk: 'agent' is a section"),
        (_AGENT + _EXCHANGE + "trunk = '1'\n", "exchange.trunk: '1' is the number of agent 'a'"),
        (_EXCHANGE + "trunk_networks = []\n", "exchange.trunk_networks: "),
        (_EXCHANGE + "hub_networks = ['10.0.0.1/8']\n", "exchange.hub_networks.0: "),
        (_EXCHANGE + "ports = { sip = 5061 }\n", "exchange.ports: sip and sip_tls are both 5061"),
        (_EXCHANGE + "ports = { sip = 10001 }\n", "exchange.ports: sip 10001 lies among the ports of RTP"),
        (
            _EXCHANGE + "ports = { rtp_first = 300, rtp_last = 200 }\n",
            "exchange.ports: rtp_last 200 must be above",
        ),
    ],
)
def test_what_an_exchange_would_not_take_is_refused_by_its_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as told:
        _load(tmp_path, text)
    assert words in str(told.value)


def test_without_an_exchange_of_ours_extensions_may_be_names(tmp_path: Path) -> None:
    centre = _load(tmp_path, _AGENT.replace("'1'", "'me'") + _QUEUE.replace("number = '700'\n", ""))
    assert centre.agents[0].extension == "me"


def test_a_centre_of_one_language_writes_one(tmp_path: Path) -> None:
    centre = _load(tmp_path, "languages = ['he']\n[[queues]]\nname = 'a'\ntitles = { he = 'ת' }\n")
    assert centre.queues[0].titles.of("he") == centre.queues[0].titles.of("en") == "ת"
    assert Texts(en="A", he="ת").of("en") == "A"


def test_a_file_cut_off_anywhere_is_told_by_its_line_or_its_key(tmp_path: Path) -> None:
    """Read whole or refused in words: a half-written file never breaks the hub."""
    text = sample.CENTRE.read_text(encoding="utf-8")
    for end in range(0, len(text), 23):
        try:
            _load(tmp_path, text[:end])
        except SettingsError as error:
            words = str(error).removeprefix(str(tmp_path / "centre.toml"))
            assert re.match(r":\d+: \w|: [^:]*'[^']+'", words), words


def test_reasons_are_matched_by_their_place_and_only_where_the_lists_are_of_one_length() -> None:
    reasons = PauseReasons(en=("Break", "Lunch", "QA"), he=("הפסקה", "צהריים", "QA"))
    assert list(reasons.titles("en")) == [("הפסקה", "Break"), ("צהריים", "Lunch")]
    assert list(reasons.titles("he")) == [("Break", "הפסקה"), ("Lunch", "צהריים")]
    assert list(PauseReasons(en=("Break",), he=("הפסקה", "צהריים")).titles("en")) == []
    assert list(PauseReasons(en=("Break",)).titles("he")) == []
