"""Samples of settings name every key that the settings know, no other, and say what each is for.

``config.example.toml`` is held to the same in ``test_config``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bots.settings import Settings as BotSettings
from hub.crm_settings import BuiltinCrmSettings, HubSpotSettings, OdooSettings, RestSettings
from hub.settings import Settings as HubSettings

ROOT = Path(__file__).parents[2]
HUB = ROOT / "hub/sample/hub.toml"
ADMINISTRATORS = ROOT / "docs/administrators.md"
TESTERS = ROOT / "docs/testers.md"
_SECTION = re.compile(r"(?:# )?\[\[?([a-z_.]+)\]\]?(?: +#.*)?")
_KEY = re.compile(r"(?:# )?([a-z_]+) = .+")

Key = tuple[str, str]
"""A section's name, empty for what stands before all, and a key's."""


def known(model: type[BaseModel], section: str = "") -> Iterator[Key]:
    """All that may be in a file of this model. What is excluded is a secret, and stands in none."""
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        sections = list(_models(field.annotation))
        if not sections:
            yield section, name
        for one in sections:
            yield from known(one, f"{section}.{name}".lstrip("."))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def shown(text: str) -> dict[Key, int]:
    """The keys that a sample names, switched on or not, with the line of each."""
    found: dict[Key, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines()):
        if opened := _SECTION.fullmatch(line):
            section = opened[1]
        elif key := _KEY.fullmatch(line):
            found[section, key[1]] = number
    return found


def block(text: str, first: str) -> str:
    """The indented lines of a page that begin with ``first``."""
    _, _, rest = text.partition(f"\n    {first}")
    return f"{first}{rest}".partition("\n\nSecrets")[0].replace("\n    ", "\n")


def test_the_hubs_sample_shows_every_key_and_no_other() -> None:
    elsewhere = {"centre"} | {name for name, _ in known(HubSettings) if name.startswith(("centre", "crm"))}
    keys = {key for key in known(HubSettings) if key[0] not in elsewhere}
    crm = set(known(BuiltinCrmSettings, "crm"))
    assert set(shown(HUB.read_text("utf-8"))) == keys | crm | {("", "centre")}


def test_each_key_of_the_hubs_sample_is_explained() -> None:
    text = HUB.read_text("utf-8")
    lines = text.splitlines()
    for number in shown(text).values():
        before = lines[number - 1]
        assert re.match(r"# \S", before), lines[number]
        assert not _KEY.fullmatch(before), lines[number]
        assert not _SECTION.fullmatch(before), lines[number]


@pytest.mark.parametrize("crm", [HubSpotSettings, OdooSettings, RestSettings])
def test_the_page_on_crms_names_every_key_of_theirs(crm: type[BaseModel]) -> None:
    page = ADMINISTRATORS.read_text("utf-8").partition("\n### The CRM\n")[2].partition("\n## ")[0]
    missing = {name for _, name in known(crm) if not re.search(rf"\b{name}\b", page)}
    assert missing == set()


def test_the_page_for_testers_shows_and_explains_every_key_of_bots() -> None:
    text = block(TESTERS.read_text("utf-8"), "allowed = ")
    found = shown(text)
    assert set(found) == set(known(BotSettings))
    for number in found.values():
        line = text.splitlines()[number]
        assert "  # " in line, line
