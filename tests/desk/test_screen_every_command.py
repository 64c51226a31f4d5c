"""Every command is asked for by a key or a click in a test of the screens: none of them works unseen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

from agent_tui.commands import model as do
from tests.desk.screen import showing
from tests.stubs import writing_desk

_PRESSES = {"press", "click", "post_message"}
"""What Pilot is asked for in a test that acts; the last one is a row that is clicked at."""


def asked_for() -> set[str]:
    """Names of the commands in tests that press or click, and in the tables and helpers that these use."""
    return {name for file in Path(__file__).parent.glob("test_screen_*.py") for name in _in_file(file)}


def _in_file(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    helpers = {name: one for one in tree.body for name in _defines(one)}
    for test in tree.body:
        if not isinstance(test, ast.AsyncFunctionDef) or not test.name.startswith("test_"):
            continue
        used = [
            helpers[node.id] for node in ast.walk(test) if isinstance(node, ast.Name) and node.id in helpers
        ]
        whole = [test, *used]
        if any(_presses(part) for part in whole):
            yield from (name for part in whole for name in _commands(part))


def _defines(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _presses(part: ast.AST) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in _PRESSES for node in ast.walk(part))


def _commands(part: ast.AST) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "do":
            yield node.attr


def test_every_command_is_asked_for_by_a_test_that_presses() -> None:
    by_the_desk_itself = {do.LogIn.__name__}  # its key ends the desk, which enrols: test_screen_enrolment
    every = {one.__name__ for one in get_args(do.Command)} - by_the_desk_itself
    assert every - asked_for() == set(), "press the key that asks for it in a test of its screen"


async def test_a_conversation_is_given_back_by_its_key() -> None:
    async with showing(writing_desk.READING) as screen:
        await screen.press("ctrl+t")
        assert "F6 gives it back" in screen.everything()
        await screen.press("f6")
        assert screen.asked[-1] == do.LetConversationGo("v-1")


async def test_the_conversations_are_asked_for_where_the_hub_has_not_told_of_them() -> None:
    untold = replace(writing_desk.UNREAD, writing=replace(writing_desk.UNREAD.writing, told=False))
    async with showing(untold) as screen:
        await screen.press("ctrl+t")
        assert do.WatchConversations() in screen.asked
    async with showing(writing_desk.UNREAD) as screen:
        await screen.press("ctrl+t")
        assert do.WatchConversations() not in screen.asked
