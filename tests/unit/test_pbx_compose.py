"""``compose.yaml`` fits together: its services, files, commands and variables are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hub.__main__
import pbx.__main__
from centre.secrets import (
    ACCOUNTS_PASSWORD,
    AMI_SECRET,
    ROUTING_SECRET,
    TRUNK_PASSWORD,
    WHATSAPP_APP_SECRET,
    WHATSAPP_TOKEN,
    WHATSAPP_VERIFY_TOKEN,
)
from hub.settings import DATABASE_PASSWORD

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "pbx/compose.yaml"

PLACE = "MOKED_CENTRE"


def read(lines: list[str], indent: int = 0) -> Any:
    """The YAML of the file: mappings, lists of words, words; no more of the language."""
    if lines and lines[0].strip().startswith("- "):
        return [line.strip().removeprefix("- ") for line in lines]
    table: dict[str, Any] = {}
    for key, value, below in _entries(lines, indent):
        assert key not in table, key
        table[key] = value.strip('"') if value else read(below, indent + 2)
    return table


def _entries(lines: list[str], indent: int) -> Iterator[tuple[str, str, list[str]]]:
    if not lines:
        return
    heads = [n for n, line in enumerate(lines) if len(line) - len(line.lstrip()) == indent]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        key, colon, value = lines[start].strip().partition(":")
        assert colon, lines[start]
        yield key, value.strip(), lines[start + 1 : end]


@pytest.fixture
def compose() -> dict[str, Any]:
    lines = COMPOSE.read_text(encoding="utf-8").splitlines()
    table = read([line for line in lines if line.strip() and not line.lstrip().startswith("#")])
    assert isinstance(table, dict)
    return table


def test_the_three_are_there_and_wait_for_services_that_are(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"hub", "asterisk", "postgres"} <= set(services)
    for service in services.values():
        for name, waits in service.get("depends_on", {}).items():
            assert name in services
            if waits["condition"] == "service_healthy":
                assert "test" in services[name]["healthcheck"]


def test_every_image_is_somebody_elses_or_built_here(compose: dict[str, Any]) -> None:
    built = {one["image"]: one["build"] for one in compose["services"].values() if "build" in one}
    assert set(built) == {"moked", "moked-asterisk"}
    for build in built.values():
        context = COMPOSE.parent / build["context"]
        assert context.resolve() == ROOT
        text = (context / build["dockerfile"]).read_text(encoding="utf-8")
        for copied in re.findall(r"^COPY (\S+) ", text, re.MULTILINE):
            assert (context / copied).exists()
    assert {one["image"] for one in compose["services"].values()} - set(built) == {"postgres:17"}


def test_every_command_is_one_of_ours(compose: dict[str, Any]) -> None:
    programs = {"pbx": pbx.__main__._parser(), "hub": hub.__main__._parser()}
    ran = []
    for service in compose["services"].values():
        if "command" in service:
            word, *arguments = shlex.split(service["command"])
            programs[word].parse_args(arguments)
            ran.append(word)
    assert ran == ["pbx", "hub"]


def test_every_variable_is_read_by_whom_it_is_given_to(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services["render"]["environment"]) == {
        *(AMI_SECRET, TRUNK_PASSWORD, ACCOUNTS_PASSWORD, ROUTING_SECRET)
    }
    assert {ACCOUNTS_PASSWORD, "POSTGRES_USER", "POSTGRES_DB"} <= set(services["postgres"]["environment"])
    assert set(services["hub"]["environment"]) == {
        *(AMI_SECRET, DATABASE_PASSWORD, ROUTING_SECRET),
        *(WHATSAPP_TOKEN, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN),
    }
    text = COMPOSE.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == {
        *(AMI_SECRET, TRUNK_PASSWORD, DATABASE_PASSWORD, ACCOUNTS_PASSWORD, ROUTING_SECRET, PLACE)
    }
    secrets = re.findall(rf"\$\{{(?!{PLACE})\w+(..)", text)
    assert set(secrets) == {":?"}, "a secret that is not set must stop everything"


def test_no_secret_stands_in_the_file_and_the_database_is_for_this_machine(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET", name):
                assert not value or value.startswith("${")
    assert all(port.startswith("127.0.0.1:") for port in services["postgres"]["ports"])


def test_every_volume_is_named_or_the_centres_own(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for mount in service["volumes"]:
            source = re.split(r":/", mount)[0]
            if source.startswith("./"):
                assert (COMPOSE.parent / source).is_file()
                assert mount.endswith(":ro")
                continue
            assert source in compose["volumes"] or source.startswith(f"${{{PLACE}:-./centre}}")
            if source.startswith("$"):
                assert mount.endswith(":ro")


def test_who_writes_asterisks_files_is_who_reads_them(compose: dict[str, Any]) -> None:
    """The files are for their owner alone, so both images must mean the same user."""
    number = compose["services"]["render"]["user"].split(":")[0]
    assert f"--uid {number} " in (ROOT / "pbx/asterisk.Dockerfile").read_text(encoding="utf-8")
    assert f"-o {number} " in (ROOT / "pbx/moked.Dockerfile").read_text(encoding="utf-8")
