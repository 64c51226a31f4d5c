"""No English reaches the agent but through the catalogue.

Read by ``ast``: what looks like a sentence is refused wherever it stands in these packages, and whatever has
letters where it is on its way to the screen. A single word elsewhere may be a key, a class or a code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import agent_tui
import doctor

ROOT = Path(agent_tui.__file__).parent
NOT_READ_BY_AGENTS = (
    "agent_tui/cli_words.py",  # commands as they are typed, beside messages of the catalogue
    "agent_tui/adapters/telephone.py",  # as the phone says it: ``test_sentences.py``
    "agent_tui/headless",  # for testers, in English
    "agent_tui/linear/vocabulary.py",  # the words themselves, in both languages
    "agent_tui/text/bidi/tables.py",
)
"""Packages and files whose texts are no sentences for agents."""

FILES = [
    path
    for root in (ROOT, Path(doctor.__file__).parent)
    for path in sorted(root.rglob("*.py"))
    if not str(path.relative_to(ROOT.parent)).startswith(NOT_READ_BY_AGENTS) and path.name != "__main__.py"
]

SAID = frozenset({"_", "Phrase", "ngettext", "pgettext"})
"""What is given to these is in the catalogue; ``test_catalogue.py`` sees to the rest."""

SINKS = frozenset(
    {
        "BadTarget",
        "CallbackRefused",
        "Cell",
        "CommandFailed",
        "Content",
        "NotNow",
        "NoteView",
        "Notice",
        "Page",
        "hint",
        "line",
        "paragraph",
        "visual_text",
    }
)
"""What carries a text to the screen."""

NO_WORDS = frozenset(
    {
        *("Binding", "compile", "query_one", "on", "ValueError", "RuntimeError", "AssertionError", "info"),
        *("surviving", "_surviving", "note"),  # of a fault, for the log
        "removeprefix",
    }
)
"""Calls whose texts are read by machines or by us."""

LANGUAGE_FREE = frozenset({"Esc", "MOS", "SRTP", "moked", "SIP"})
"""Names of keys and of things, which are written so in every language."""

CHECKS = frozenset({"echo call", "the rest"})
"""Ids of the doctor's checks, which people read by the names in ``screens/views/findings.py``."""

_SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:;!?]? +[A-Za-z(]|^[A-Z][a-z]+[.!?…]$")
_COMMAND = re.compile(r"moked [a-z]+ ?")
_WORD = re.compile(r"[A-Za-z]{2,}")


def bare(source: str) -> list[str]:
    """What in ``source`` the agent would read in English whatever their language, as ``line: text``."""
    return [f"{line}: {text}" for line, text in _texts(ast.parse(source), sink=False)]


def _texts(node: ast.AST, *, sink: bool) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SAID or name in NO_WORDS:
            return
        for argument in node.args:
            yield from _texts(argument, sink=name in SINKS)
        for keyword in node.keywords:
            if keyword.arg in ("title", "subtitle", "hint", "text"):
                yield from _texts(keyword.value, sink=name in SINKS)
            elif keyword.arg not in ("id", "classes", "key", "name", "context"):
                yield from _texts(keyword.value, sink=False)
        yield from _texts(node.func, sink=False)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = set(_WORD.findall(node.value)) - LANGUAGE_FREE
        if _COMMAND.fullmatch(node.value):
            return
        if words and node.value not in CHECKS and (sink or _SENTENCE.search(node.value)):
            yield node.lineno, node.value
        return
    for child in _children(node):
        yield from _texts(
            child, sink=sink and isinstance(node, ast.expr) and not isinstance(node, ast.Subscript)
        )


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """All but docstrings, annotations, conditions and keys, whose texts are for us or are compared."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "format_spec") or isinstance(node, ast.Compare):
            continue
        if (type(node), name) in ((ast.IfExp, "test"), (ast.Dict, "keys")):
            continue
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            if isinstance(part, ast.AST) and not docstring:
                yield part


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_every_word_goes_through_the_catalogue(path: Path) -> None:
    assert bare(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "put(state, 'call', Severity.INFO, 'The call broke off.')",
        "Cell('waiting', Tone.DIM)",
        "Cell(f'{count} waiting')",
        "Cell(f' {sign} ' + 'ready')",
        "Cell('mic' if on else '')",
        "Page(rows, title='Queues')",
        "raise NotNow('Wait a moment.')",
        "_GONE = 'The caller is gone'",
        "Content(visual_text('Stay'))",
        "words = {Link.DOWN: 'no line to the exchange'}",
        "raise ConfigError(f'The settings were not written: {error}')",
    ],
)
def test_a_bare_word_is_found(source: str) -> None:
    assert bare(source)


@pytest.mark.parametrize(
    "source",
    [
        "put(state, 'call', Severity.INFO, Phrase('The call broke off.'))",
        "Cell(_('waiting'), Tone.DIM)",
        "Cell(str(Phrase('{count} waiting', count=count)))",
        "Cell('Esc ✕')",
        "Cell(f'MOS {mos}')",
        "def f() -> str:\n    '''Says what it does, in words.'''",
        "Row(cells, key='as it is')",
        "Secret(called, 'moked login')",
        "Cell(titles['one'])",
    ],
)
def test_what_is_said_by_the_catalogue_or_by_no_language_is_left_alone(source: str) -> None:
    assert bare(source) == []
