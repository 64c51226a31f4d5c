"""Textual's style sheets, parsed once for all apps of a run: each test's desk reads the same ones.

What is parsed is read-only: Textual gives the same rules out again when a sheet of the app has changed.
Style sheets of other words, of other colours or from another place are parsed for themselves.
"""

from __future__ import annotations

from typing import Final

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse: Final = Stylesheet._parse_rules
_parsed: Final[dict[tuple[frozenset[tuple[str, str]], str, CSSLocation, bool, int, str], list[RuleSet]]] = {}


def parsed_once(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    """In place of ``Stylesheet._parse_rules``: rules depend on nothing but what is the key here."""
    key = (frozenset(sheet._variables.items()), css, read_from, is_default_rules, tie_breaker, scope)
    rules = _parsed.get(key)
    if rules is None:
        rules = _parsed[key] = _parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)
    return rules
