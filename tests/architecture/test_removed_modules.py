"""What newer Pythons no longer bring (PEP 594, PEP 632) is imported nowhere, or comes by a requirement."""

from __future__ import annotations

import ast
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
OURS = ("agent_tui", "bots", "doctor", "edge", "hub", "pbx", "sip")
REMOVED = frozenset(
    {"aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils"}
)
REMOVED |= {
    "imghdr",
    "imp",
    "lib2to3",
    "mailcap",
    "msilib",
    "nis",
    "nntplib",
    "ossaudiodev",
    "pipes",
    "smtpd",
}
REMOVED |= {"sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"}
BROUGHT = frozenset({"audioop"})
"""By audioop-lts, of our requirements."""


def sources(package: str) -> list[Path]:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return sorted(Path(spec.submodule_search_locations[0]).rglob("*.py"))


def imported(source: Path) -> set[str]:
    """The first parts of all that it imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("package", [*OURS, "pyVoIP"])
def test_nothing_needs_what_is_removed(package: str) -> None:
    found = sources(package)
    assert found
    needed = {name: source.name for source in found for name in imported(source) & REMOVED}
    assert needed.keys() <= BROUGHT, needed


@pytest.mark.parametrize(
    ("python", "wanted"), [("3.11", False), ("3.12", False), ("3.13", True), ("3.14", True)]
)
def test_what_pyvoip_needs_of_it_is_brought_from_the_python_on_that_lacks_it(
    python: str, wanted: bool
) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    here = {
        requirement.name
        for requirement in map(Requirement, declared)
        if requirement.marker is None or requirement.marker.evaluate({"python_version": python})
    }
    assert ("audioop-lts" in here) is wanted
    assert "pyVoIP" in here
