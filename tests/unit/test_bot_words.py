"""Who does and expects what in a scenario: as the table for testers says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.scenario import ACTS, EXPECTATIONS, PLAIN, ActorKind
from bots.scenario_file import ScenarioError, read

TABLE = Path(__file__).parents[2] / "docs/testers.md"
ROW = re.compile(r"^\| ([^|]+) \| [^|]*\| ([^|]+) \|$", re.MULTILINE)
"""Of three columns: the words, what they take, and whose they are."""
WHO = {
    "all": set(ActorKind),
    "both": {ActorKind.CUSTOMER, ActorKind.AGENT, ActorKind.TRAINER},
    "customer": {ActorKind.CUSTOMER},
    "agent": {ActorKind.AGENT, ActorKind.TRAINER},
    "trainer": {ActorKind.TRAINER},
    "WhatsApp customer": {ActorKind.WHATSAPP_CUSTOMER},
}
"""Whom a word of the table means: a trainer can do all that an agent can."""

WORDS = {"do": {*ACTS, *PLAIN}, "expect": {*EXPECTATIONS}}
FIELDS = {
    "do call": 'number = "700"',
    "do press": 'keys = "5"',
    "do say": "tone = 700",
    "do transfer": 'number = "1102"',
    "do note": 'text = "x"',
    "do outcome": 'code = "x"',
    "do wait": "seconds = 1",
    "do listen": 'agent = "agent"',
    "do whisper": 'agent = "agent"',
    "do barge": 'agent = "agent"',
    "do coach": 'agent = "agent"\ntext = "x"',
    "do write": 'text = "x"',
    "expect call": 'state = "closed"',
    "expect key": 'key = "5"',
    "expect hub": 'note = "x"',
    "expect card": 'name = "x"',
    "expect queue": 'queue = "x"\nfigure = "waiting"\nequals = 0',
    "expect sound": "tone = 700",
    "expect shown": 'text = "x"',
}
"""What a step is not right without."""

CAST = "".join(
    f'[[actors]]\nname = "{kind}"\nkind = "{kind}"\n{numbers}\n'
    for kind, numbers in {
        ActorKind.CUSTOMER: 'numbers = ["0505550121"]',
        ActorKind.AGENT: "",
        ActorKind.TRAINER: "",
        ActorKind.WHATSAPP_CUSTOMER: 'numbers = ["+972505550121"]',
    }.items()
)


def told_of(kind: ActorKind) -> Iterator[tuple[str, str]]:
    """What the table says such an actor can."""
    key = ""
    for words, who in ROW.findall(TABLE.read_text("utf-8")):
        if who == "who":
            key = words
        elif any(kind in WHO.get(one, ()) for one in who.split(", ")):
            yield from ((key, word) for word in re.findall(r"`(\w+)`", words))


@pytest.mark.parametrize("kind", ActorKind)
def test_each_kind_of_actor_does_and_expects_what_the_table_says(tmp_path: Path, kind: ActorKind) -> None:
    able = {(key, word) for key, words in WORDS.items() for word in words if can(tmp_path, kind, key, word)}
    assert able == set(told_of(kind))


def can(directory: Path, kind: ActorKind, key: str, word: str) -> bool:
    """Whether a scenario in which such an actor has this step is one."""
    to = 'to = "whatsapp_customer"\n' if word == "write" and kind is not ActorKind.WHATSAPP_CUSTOMER else ""
    fields = f'actor = "{kind}"\n{key} = "{word}"\n{FIELDS.get(f"{key} {word}", "")}\n{to}'
    path = directory / "one.toml"
    path.write_text(f'title = "One"\n{CAST}[[steps]]\n{fields}', "utf-8")
    try:
        read(path)
    except ScenarioError as error:
        if f"{key} = {word!r} is nothing for an actor of kind {kind.value!r}" not in str(error):
            raise
        return False
    return True
