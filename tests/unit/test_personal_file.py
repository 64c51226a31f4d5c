"""One agent before the team, in ``centre.toml``: what is taken, what is refused, what Asterisk is given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import centre.model
from centre.personal import personal_queue, team_of
from centre.texts import Texts
from centre.toml_file import SettingsError
from hub import sample
from pbx.render import render
from pbx.secrets import Secrets, join

ROUTING = '\n[routing]\nhub = "http://127.0.0.1:8750"\n'
NUMBER = "+97235550201"
_PASSWORDS = {str(extension): "pw" for extension in range(1001, 1005)}
SECRETS = Secrets("s3cret-trunk", "s3cret-ami", _PASSWORDS, routing_secret="s3cret-routing-of-16")


def text(*, queue: str = "", agent: str = "", more: str = ROUTING) -> str:
    """The sample with keys of the queue support and of Yael."""
    lines = sample.CENTRE.read_text(encoding="utf-8")
    lines = lines.replace('name = "support"\n', f'name = "support"\n{queue}\n', 1)
    return lines.replace('id = "yael"\n', f'id = "yael"\n{agent}\n', 1) + more


def load(directory: Path, text: str) -> centre.model.Centre:
    path = directory / "centre.toml"
    path.write_text(text)
    return centre.model.load(path)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (text(queue="first = 'best'"), "queues.0.first: "),
        (text(queue="fist = 'last'"), "queues.0.fist: no such key; did you mean 'first'?"),
        (text(queue="first_seconds = 0"), "queues.0.first_seconds: "),
        (text(queue="first_away_seconds = -1"), "queues.0.first_away_seconds: "),
        (text(queue="last_days = 0"), "queues.0.last_days: "),
        (text(queue="first = 'last'", more=""), "queue 'support': first needs [routing]"),
        (
            text(agent=f"personal_number = '{NUMBER}'", more=""),
            "agent 'yael': personal_number needs [routing]",
        ),
        (text(agent="personal_number = '0X'"), "agents.0.personal_number: "),
        (
            text(agent="personal_number = '700'"),
            "agent 'yael': personal_number has the number 700, which queue",
        ),
        (text(agent="personal_number = '1001'"), "has the number 1001, which agent 'yael' has already"),
        (
            text(agent=f"personal_number = '{NUMBER}'").replace('["support", "sales"]', "[]", 1),
            "agent 'yael': personal_number needs a queue",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, file: str, words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        load(tmp_path, file)


def files(directory: Path, text: str) -> dict[str, str]:
    return render(join(load(directory, text), SECRETS))


def section(file: str, name: str) -> list[str]:
    """The acting lines of one section."""
    found = file.partition(f"[{name}]")[2].partition("\n[")[0]
    return [line for line in found.splitlines()[1:] if line and not line.startswith(";")]


def test_a_queue_with_a_rule_leads_to_each_of_its_agents_and_to_nobody_else(tmp_path: Path) -> None:
    made = files(tmp_path, text(queue="first = 'last'\nfirst_seconds = 25"))
    assert re.findall(r"\[(\w+\.\d+)\]", made["queues.conf"]) == [
        "support.1001",
        "support.1002",
        "support.1003",
    ]
    lines = section(made["first.conf"], "first-support")
    queues = [line for line in lines if "Queue(" in line]
    assert queues == [
        f"exten => {one},1,Queue(support.{one},nb(offer^s^1(support)),,,25)" for one in (1001, 1002, 1003)
    ]
    assert "exten => _X!,1,Return()" in lines
    assert made["extensions.conf"].count("Gosub(first-") == 1
    assert section(made["first.conf"], "personal-numbers") == []


def test_an_agents_number_leads_to_the_first_of_their_queues(tmp_path: Path) -> None:
    made = files(tmp_path, text(agent=f"personal_number = '{NUMBER}'"))
    assert section(made["first.conf"], "personal-numbers") == [
        f"exten => {NUMBER},1,Set(MOKED_DIALLED=1001)",
        " same => n,Goto(queues,700,1)",
    ]
    assert re.findall(r"\[(\w+\.\d+)\]", made["queues.conf"]) == ["support.1001"]


def test_without_either_nothing_is_asked_first(tmp_path: Path) -> None:
    made = files(tmp_path, text())
    assert "." not in "".join(re.findall(r"^\[.*\]", made["queues.conf"], re.MULTILINE))
    assert "Gosub(first-" not in made["extensions.conf"]
    assert "Queue(" not in made["first.conf"]


def test_what_is_dialled_first_has_no_pattern_and_no_text_of_a_caller(tmp_path: Path) -> None:
    """The key is digits alone; all that it opens is written out."""
    made = files(tmp_path, text(queue="first = 'personal'", agent=f"personal_number = '{NUMBER}'"))
    assert re.findall(r"MOKED_FIRST=(.*)\)$", made["routing.conf"], re.MULTILINE) == [
        "${MOKED_DIALLED}",
        "${FILTER(0-9,${CUT(MOKED_ANSWER,:,4)})}",
    ]
    acting = [line for line in made["first.conf"].splitlines() if not line.startswith(";")]
    assert [line for line in acting if re.search(r"(Queue|Dial)\(.*\$\{", line)] == []


def test_a_personal_queue_is_no_queue_of_a_centre() -> None:
    assert team_of(personal_queue("support", "1001")) == "support"
    assert team_of("support") is None
    with pytest.raises(ValueError, match="name"):
        centre.model.Queue(name=personal_queue("support", "1001"), titles=Texts(en="S"))
