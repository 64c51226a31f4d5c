"""The desk speaks each of its languages wholly: every message is translated, and nothing is out of date."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from agent_tui.text.bidi.display import reads_rtl
from tools import catalogue


def messages(language: str) -> Iterator[Message]:
    """All but the catalogue's own head."""
    return (message for message in catalogue.catalogue(language) if message.id)


def forms(message: Message) -> tuple[str, ...]:
    """The translations of one message."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def fields(text: str) -> set[str]:
    """The names of the values that ``text`` holds."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", catalogue.translations())
def test_every_message_of_the_code_is_in_the_catalogue_and_no_other(language: str) -> None:
    written = {(message.context, message.id) for message in messages(language)}
    said = {(message.context or None, message.id) for message in catalogue.messages()}
    assert written == said, "run: python -m tools.catalogue"


@pytest.mark.parametrize("language", catalogue.translations())
def test_every_message_has_a_translation_in_each_plural_form(language: str) -> None:
    bare = [message.id for message in messages(language) if message.fuzzy or not all(forms(message))]
    assert bare == []
    plurals = catalogue.catalogue(language).num_plurals
    assert [m.id for m in messages(language) if m.pluralizable and len(forms(m)) != plurals] == []


@pytest.mark.parametrize("language", catalogue.translations())
def test_a_translation_holds_the_values_of_its_message(language: str) -> None:
    """A form for one or two may say the number by its word."""
    assert [
        form for message in messages(language) for form in forms(message) if not _fits(message, form)
    ] == []


def test_hebrew_lines_begin_at_the_right() -> None:
    """The first strong character gives a line its direction (UAX #9, P2), whatever values stand in it."""
    texts = [form for message in messages("he") for form in forms(message) if re.search("[א-ת]", form)]
    assert [text for text in texts if not reads_rtl(re.sub(r"\{[^}]*\}", "", text))] == []


def _fits(message: Message, form: str) -> bool:
    texts = message.id if isinstance(message.id, list | tuple) else (message.id,)
    wanted = set.union(*(fields(text) for text in texts))
    return fields(form) == wanted or (message.pluralizable and fields(form) == wanted - {"count"})


@pytest.mark.parametrize("language", catalogue.translations())
def test_what_the_desk_reads_is_made_of_what_translators_write(language: str) -> None:
    made = catalogue.merged(language)
    assert catalogue.po_text(made) == catalogue.po_of(language), "run: python -m tools.catalogue"
    assert catalogue.mo_bytes(made) == catalogue.mo_of(language), "run: python -m tools.catalogue"


@pytest.mark.parametrize(
    "source", ["_(text)", "_(f'{name} rings')", "Phrase(words)", "ngettext('one', many, n)"]
)
def test_a_message_that_is_no_literal_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no literal"):
        list(catalogue.messages_in(source))
