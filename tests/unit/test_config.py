"""The settings file: every key explained, every slip of the pen named with its line and the nearest key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from agent_tui.config import Config, ConfigError, NoConfig, load
from agent_tui.places import config_file
from agent_tui.text.catalogue import use
from agent_tui.wiring import is_private, sound_of
from sip.account import Account, Transport

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
LEAST = '[sip]\nuser = "1001"\ndomain = "pbx.example.com"\n'


def written(path: Path, text: str) -> Path:
    file = path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(path, text))
    return str(caught.value)


def all_keys() -> dict[tuple[str, str], object]:
    keys: dict[tuple[str, str], object] = {}
    for table, field in Config.model_fields.items():
        section = field.annotation
        assert isinstance(section, type)
        assert issubclass(section, BaseModel)
        keys.update({(table, name): one.default for name, one in section.model_fields.items()})
    return keys


def shown_keys() -> dict[tuple[str, str], object]:
    """What the example would say were every key of it switched on."""
    switched_on = re.sub(r"^# (?=[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    values = tomllib.loads(switched_on)
    return {(table, name): value for table, section in values.items() for name, value in section.items()}


def test_the_example_can_be_used_as_it_stands() -> None:
    assert load(EXAMPLE).sip.user == "1001"


def test_the_example_shows_every_key_and_no_other() -> None:
    assert shown_keys().keys() == all_keys().keys()


def test_the_example_shows_the_usual_values() -> None:
    shown = shown_keys()
    for key, default in all_keys().items():
        if default is None or default is PydanticUndefined or key == ("hub", "url"):
            continue
        value = shown[key]
        assert (tuple(value) if isinstance(value, list) else value) == default, key


def test_each_key_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"(# )?[a-z_]+ = ", line):
            before = lines[number - 1]
            assert before.startswith("# "), line


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    config = load(written(tmp_path, LEAST))
    assert config.sip.transport == "tls"
    assert config.hub.url == ""


def test_file_names_count_from_the_files_directory(tmp_path: Path) -> None:
    config = load(written(tmp_path, LEAST + 'ca_file = "ca.pem"\n[hub]\nca_file = "~/hub.pem"\n'))
    assert config.sip.ca_file == tmp_path / "ca.pem"
    assert config.hub.ca_file == Path.home() / "hub.pem"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[sip]\nusr = "1"\nuser = "1"\ndomain = "x"\n', 2, "[sip] has no key 'usr'; did you mean 'user'?"),
        (LEAST + '[hbu]\nurl = "https://x"\n', 4, "the file has no table [hbu]; did you mean 'hub'?"),
        (LEAST + "[desk]\nzzz = 1\n", 5, "[desk] has no key 'zzz'; it knows language, script_language"),
        (LEAST + 'transport = "tsl"\n', 4, "[sip] transport: Input should be 'udp', 'tcp' or 'tls'"),
        ('[sip]\nuser = "1001"\n', 1, "[sip] needs key 'domain'"),
        (LEAST + "register_interval = 5\n", 4, "[sip] register_interval: Input should be greater than"),
        (LEAST + '[hub]\nurl = "http://hub.example.com"\n', 5, "[hub] url: http is for this machine alone"),
        (LEAST + '[hub]\nurl = "hub.example.com"\n', 5, "[hub] url: give an address like"),
        (
            LEAST + '[[audio.profile]]\nspeeker = "x"\n',
            5,
            "[audio.profile] has no key 'speeker'; did you mean",
        ),
        (LEAST + "[audio]\n[[audio.profile]]\n", 4, "[audio] each set of devices needs a name of its own"),
        (LEAST + "[audio]\nring_volume = 101\n", 5, "[audio] ring_volume: Input should be less than"),
        (LEAST + '[hub]\nurl = "https://x"\nagent = "a"\n', 4, "[hub] settings and agent are for"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    told = refused(tmp_path, text)
    assert told.startswith(f"{tmp_path / 'config.toml'} line {line}: {words}")


def test_sets_of_devices_are_listed_the_usual_one_first(tmp_path: Path) -> None:
    text = (
        '[audio]\nname = "Headset"\nmicrophone = "Jabra"\n[[audio.profile]]\nname = "Laptop"\n'
        "echo_cancellation = true\n"
    )
    settings = sound_of(load(written(tmp_path, LEAST + text)).audio)
    assert [profile.name for profile in settings.profiles] == ["Headset", "Laptop"]
    assert [profile.microphone for profile in settings.profiles] == ["Jabra", ""]
    assert [bool(profile.treatment) for profile in settings.profiles] == [False, True]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, '[sip]\nusr = "1"\ntransport = "tsl"\n').splitlines()) == 4


def test_an_empty_file_says_what_it_needs(tmp_path: Path) -> None:
    assert refused(tmp_path, "").endswith("config.toml: the file needs table [sip]")


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    told = refused(tmp_path, '[sip]\nuser = "1001\n')
    assert "config.toml" in told
    assert "line 2" in told


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = refused(tmp_path, LEAST + 'password = "hunter2"\n')
    assert "moked login" in told
    assert "hunter2" not in told


def test_a_missing_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(NoConfig, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


def test_why_a_file_cannot_be_read_is_told_in_hebrew(tmp_path: Path) -> None:
    use("he")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff")
    for path, names in ((tmp_path, set()), (broken, {"UTF"})):
        with pytest.raises(ConfigError) as refused:
            load(path)
        told = str(refused.value).replace(str(path), "")
        assert set(re.findall("[A-Za-z]+", told)) == names, told


def test_http_is_for_this_machine(tmp_path: Path) -> None:
    for host in ("127.0.0.1:8750", "localhost", "[::1]:8750"):
        assert load(written(tmp_path, LEAST + f'[hub]\nurl = "http://{host}/"\n')).hub.url == f"http://{host}"
    assert "this machine" in refused(tmp_path, LEAST + '[hub]\nurl = "http://localhost.example.com"\n')


def test_the_usual_place_is_the_users_directory_for_settings(surroundings: Path) -> None:
    assert config_file() == surroundings / ".config" / "moked" / "config.toml"


@pytest.mark.parametrize(
    ("transport", "domains", "private"),
    [
        (Transport.TLS, ("pbx.example.com",), True),
        (Transport.UDP, ("pbx.example.com",), False),
        (Transport.TCP, ("192.168.1.2:5060",), False),
        (Transport.UDP, ("127.0.0.1.example.com",), False),
        (Transport.UDP, ("127.0.0.1:5060",), True),
        (Transport.UDP, ("localhost",), True),
        (Transport.UDP, ("127.0.0.1:5060", "pbx.example.com"), False),
        (Transport.TLS, ("127.0.0.1:5060", "pbx.example.com"), True),
    ],
)
def test_a_call_may_answer_itself_only_where_nobody_reads_its_secret(
    transport: Transport, domains: tuple[str, ...], private: bool
) -> None:
    first, *others = domains
    account = Account("1001", first, "secret", transport=transport, fallback_domains=tuple(others))
    assert is_private(account) is private
