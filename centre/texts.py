"""Labels in the languages that agents read."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from centre.toml_file import Section

Language: TypeAlias = Literal["en", "he"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]


class Texts(Section):
    """One label in the languages of the centre."""

    en: Name | None = None
    he: Name | None = None

    def of(self, language: Language) -> str:
        """The label for a desk in ``language``; in the other one where the centre does not speak it."""
        return getattr(self, language) or self.en or self.he or ""
