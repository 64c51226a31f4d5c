"""Makes the desk's gettext catalogues agree with its code: finds the messages, merges and compiles them.

    python -m tools.catalogue

New messages come into each ``moked.po`` without a translation, those that no code says any more leave it,
and ``moked.mo`` is made of it. Both are committed: so the words are in a wheel and in an editable install
alike, and nothing has to be built. ``tests/architecture/test_catalogue.py`` says what is missing.
After a conflict take either side's ``moked.mo`` and run it again.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import agent_tui
import doctor
from agent_tui.text.catalogue import LANGUAGES, LOCALE

CODE: Final = (Path(agent_tui.__file__).parent, Path(doctor.__file__).parent)
"""Where what the agent reads is said."""

_SINGLE, _PLURAL, _CONTEXT, _PHRASE = "_", "ngettext", "pgettext", "Phrase"


class Message(NamedTuple):
    """What the desk says somewhere. ``many`` is empty where nothing is counted."""

    text: str
    many: str = ""
    context: str = ""
    file: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """As Babel names it."""
        return (self.text, self.many) if self.many else self.text


def messages_in(source: str, file: str = "") -> Iterator[Message]:
    """The messages of one file's code. Raises ``ValueError`` for one that is no literal: nobody could
    translate it.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in (_SINGLE, _PLURAL, _CONTEXT, _PHRASE):
                yield _message(name, node, file)


def _message(name: str, call: ast.Call, file: str) -> Message:
    texts = [_literal(argument, file) for argument in call.args[:2]]
    if name == _CONTEXT:
        return Message(texts[1], context=texts[0], file=file)
    many = texts[1] if name in (_PLURAL, _PHRASE) and len(texts) > 1 else ""
    contexts = [_literal(one.value, file) for one in call.keywords if one.arg == "context"]
    return Message(texts[0], many, contexts[0] if contexts else "", file)


def _literal(node: ast.expr, file: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return node.value
    raise ValueError(f"{file}:{node.lineno}: {ast.unparse(node)} is no literal that could be translated")


def messages() -> list[Message]:
    """All that the desk says, in the order of its files."""
    found: list[Message] = []
    for path in sorted(path for code in CODE for path in code.rglob("*.py")):
        name = path.relative_to(CODE[0].parent).as_posix()
        if path.name != "catalogue.py":
            found.extend(messages_in(path.read_text(encoding="utf-8"), name))
    return found


class DeskCatalogue(Catalog):
    """One whose head says only what gettext needs: without dates and versions, changes meet rarely."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Language, plural forms and encoding."""
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    @mime_headers.setter
    def mime_headers(self, value: Iterable[tuple[str, str]]) -> None:
        """Raises ``AttributeError``: they follow from the language."""
        raise AttributeError("mime_headers")


def catalogue(language: str) -> Catalog:
    """The catalogue of ``language`` as it is written."""
    with _file(language, "po").open("rb") as file:
        return read_po(file, locale=language, domain="moked")


def merged(language: str) -> Catalog:
    """The same with the code's present messages, and no others; nothing is guessed from similar ones."""
    written, made = catalogue(language), DeskCatalogue(language, domain="moked", fuzzy=False, charset="utf-8")
    made.header_comment = f"# The desk's words ({language}). tools/catalogue.py makes it agree with the code."
    for message in messages():
        context = message.context or None
        known = written.get(message.text, context)
        told = known.string if known is not None and known.pluralizable == bool(message.many) else ""
        comments = known.user_comments if known is not None else ()
        made.add(message.id, told, [(message.file, 0)], user_comments=comments, context=context)
    return made


def po_text(made: Catalog) -> bytes:
    """``made`` as text, sorted by message and without line numbers."""
    text = io.BytesIO()
    write_po(text, made, width=110, sort_output=True, include_lineno=False)
    return text.getvalue()


def mo_bytes(made: Catalog) -> bytes:
    """``made`` compiled."""
    compiled = io.BytesIO()
    write_mo(compiled, made)
    return compiled.getvalue()


def translations() -> tuple[str, ...]:
    """The languages that have a catalogue: all but that of the messages themselves."""
    return LANGUAGES[1:]


def po_of(language: str) -> bytes:
    """The catalogue of ``language`` as it is, as text."""
    return _file(language, "po").read_bytes()


def mo_of(language: str) -> bytes:
    """The compiled catalogue of ``language`` as it is."""
    return _file(language, "mo").read_bytes()


def _file(language: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"moked.{kind}"


def main() -> None:
    """Merge and compile every language's."""
    for language in translations():
        made = merged(language)
        _file(language, "po").write_bytes(po_text(made))
        _file(language, "mo").write_bytes(mo_bytes(made))


if __name__ == "__main__":
    main()
