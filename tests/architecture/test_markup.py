"""No text reaches a widget with markup on.

In Textual markup is on by default nearly everywhere: a caller named ``[@click=app.quit]x[/]`` would run an
action, ``[/red]`` would crash the desk. So text is painted by ``Sheet`` and ``Content(text)`` only, and
this lint reads every file that knows Textual to see to it. It works by what is allowed: a Textual widget
that nobody looked at yet is refused until it is looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import agent_tui

ROOT = Path(agent_tui.__file__).parent
FILES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if re.search(r"^\s*(from|import) textual", path.read_text(), re.MULTILINE)
)
"""The files that know Textual; import-linter keeps it out of the session and the commands."""

PLAIN_WIDGETS = frozenset({"Button", "Input", "Static", "TextArea"})
"""Textual's widgets in use. Input and TextArea show their text as it stands; the others take ``Content``."""

GATED = frozenset({"Input", "TextArea"})
"""Made only as widgets of the desk's own, which clean what is pasted into them."""

TAKES_MARKUP = frozenset(
    {"Button", "Label", "Static", "Option", "notify", "update", "add_row", "add_column", "add_option"}
)
"""Constructors and methods that read markup in a string."""

MARKUP_ATTRIBUTES = frozenset(
    {"border_title", "border_subtitle", "label", "tooltip", "placeholder", "content", "message", "prompt"}
)
"""Attributes that read markup in a string assigned to them."""

PARSERS = frozenset(
    {
        *("from_markup", "from_text", "render_str", "render_markup", "to_content", "visualize"),
        *("print", "escape"),
    }
)
"""What turns a string into markup, and ``escape``, which only looks as if it made one safe."""

SAFE = frozenset({"Content", "Text", "Strip", "Segment"})
"""Constructors that take a string as it stands."""


def offences(source: str) -> list[str]:
    """What in ``source`` could hand a text from outside to a markup parser, as ``line: what``."""
    return [f"{line}: {what}" for node in ast.walk(ast.parse(source)) for line, what in _judge(node)]


def _judge(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
        yield from _imported(node)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        if node.value is not None:
            yield from _assigned(node.target, node.value)
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.FunctionDef) and node.name == "render" and not _told_safe(node.returns):
        yield node.lineno, "render must say that it gives Content or Strip: a string it gives is markup"


def _told_safe(returns: ast.expr | None) -> bool:
    return returns is not None and ast.unparse(returns) in SAFE


def _imported(node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
    if node.module == "textual.widgets":
        for alias in node.names:
            if alias.name not in PLAIN_WIDGETS or alias.asname:
                yield node.lineno, f"{alias.name} is not among the widgets known to be safe"


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(target, ast.Attribute) and target.attr in MARKUP_ATTRIBUTES and not _safe(value):
        yield target.lineno, f".{target.attr} takes Content(...), not {ast.unparse(value)}"


def _called(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = _name(call.func)
    if name in PARSERS:
        yield call.lineno, f"{name} reads markup"
    if name in GATED:
        yield call.lineno, f"{name} takes what is pasted as it is; BidiInput, BidiLine and NotePane clean it"
    if name == "setattr":
        yield call.lineno, "setattr hides which attribute takes the text"
    for keyword in call.keywords:
        if keyword.arg == "markup" and not _is(keyword.value, False):
            yield call.lineno, "markup is on"
        if keyword.arg in MARKUP_ATTRIBUTES and not _safe(keyword.value):
            yield call.lineno, f"{keyword.arg}= takes Content(...), not {ast.unparse(keyword.value)}"
    if name in TAKES_MARKUP and call.args and not _safe(call.args[0]):
        yield call.lineno, f"{name} takes Content(...), not {ast.unparse(call.args[0])}"


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _is(value: ast.expr, wanted: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def _safe(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return _name(value.func) in SAFE
    return isinstance(value, ast.Constant) and (value.value is None or "[" not in str(value.value))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_meets_markup(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


def test_the_whole_desk_is_read() -> None:
    names = {path.name for path in FILES}
    assert {"app.py", "desk.py", "sheet.py", "key_bar.py", "note_pane.py", "choice.py"} <= names


@pytest.mark.parametrize(
    "source",
    [
        "Static(name)",
        "Static(f'{name}')",
        "yield Button(words.STAY, id='stay')",
        "Static(Content(name), markup=True)",
        "self.notify(error)",
        "self.app.notify(str(error))",
        "label.update(name)",
        "table.add_row(name)",
        "self.border_title = name",
        "self.border_subtitle = f'{done}'",
        "self.border_title: str = name",
        "button.label = name",
        "widget.tooltip = name",
        "Input(placeholder=name)",
        "Content.from_markup(name)",
        "Content.from_text(name)",
        "visualize(self, name)",
        "to_content(name)",
        "Static(Content(escape(name)))",
        "from textual.widgets import OptionList",
        "from textual.widgets import Label as Static",
        "self.border_title = '[b]x'",
        "self.content = name",
        "Static(content=name)",
        "self.notify(message=name)",
        "setattr(self, attribute, name)",
        "def render(self) -> str: return name",
        "def render(self): return name",
        "Input(name)",
        "yield TextArea()",
    ],
)
def test_what_could_act_is_found(source: str) -> None:
    assert offences(source)


@pytest.mark.parametrize(
    "source",
    [
        "Static(Content(name), markup=False)",
        "Static()",
        "Button(Content(key), id='x')",
        "self.border_title = Content(cut(name, 20))",
        "self.border_title = None",
        "from textual.widgets import Button, Static",
        "from textual.widgets.text_area import Edit",
        "sheet.show(page)",
        "def render(self) -> Content: return Content(name)",
        "class BidiInput(Input): pass",
        "self.query_one('#number', Input).focus()",
    ],
)
def test_what_is_safe_is_left_alone(source: str) -> None:
    assert offences(source) == []
