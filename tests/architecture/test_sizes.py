"""No class, function or file grows beyond what has one reason to change.

ruff counts statements, branches and public methods; nothing of it counts lines, or all methods of a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import agent_tui

ROOT = Path(agent_tui.__file__).parents[1]
PLACES = (
    "agent_tui",
    "bench",
    "bots",
    "centre",
    "doctor",
    "edge",
    "hub",
    "pbx",
    "serve",
    "sip",
    "tests",
    "tools",
)
METHODS, LINES_OF_A_FUNCTION, LINES_OF_A_FILE = 20, 50, 500

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def too_large(path: Path) -> Iterator[tuple[str, int]]:
    """What of a file is, by its name, and how large."""
    text = path.read_text()
    if (lines := text.count("\n")) > LINES_OF_A_FILE:
        yield path.relative_to(ROOT).as_posix(), lines
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, FUNCTIONS) and _lines(node) > LINES_OF_A_FUNCTION:
            yield node.name, _lines(node)
        if isinstance(node, ast.ClassDef) and _methods(node) > METHODS:
            yield node.name, _methods(node)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _methods(of: ast.ClassDef) -> int:
    return sum(isinstance(one, FUNCTIONS) for one in of.body)


def test_nothing_is_larger_than_one_subject_needs() -> None:
    files = [path for place in PLACES for path in (ROOT / place).rglob("*.py")]
    assert files
    assert not [found for path in files for found in too_large(path)], "split it by subject"
