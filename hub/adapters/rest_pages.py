"""What any CRM answers to a question, page by page.

The next page is asked for only at the CRM's own server, and a few times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import jmespath
from jmespath.exceptions import JMESPathError

from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import several
from hub.adapters.rest_templates import filled, path_of
from hub.crm_settings import Lookup
from hub.ports.crm import CrmGarbled

MOST_PAGES = 5
_LONGEST_NEXT = 2000


def look(expression: str | None, told: object) -> Any:
    """What is there; nothing where the data do not fit the expression."""
    if expression is None:
        return None
    try:
        return jmespath.search(expression, told)
    except JMESPathError:
        return None


async def pages(http: CrmHttp, asked: Lookup, values: Mapping[str, str], most: int) -> list[Any]:
    """What was found, on some pages. Raises ``CrmError``."""
    first = path = path_of(asked.path, values)
    method, body = ("GET", None) if asked.body is None else ("POST", filled(asked.body, values))
    found: list[Any] = []
    for _page in range(MOST_PAGES):
        try:
            told = await http.ask(method, path, body)
        except NotThere:
            if asked.none_is_404:
                break
            raise
        found += _items(asked, told)
        path = _next(asked, told, first)
        if not path or len(found) >= most:
            break
    return found[:most]


def _items(asked: Lookup, told: object) -> list[object]:
    """Raises ``CrmGarbled`` where there is no place for any: an empty list is nobody, no list is an error."""
    items = look(asked.items, told)
    if items is None and told is not None:
        raise CrmGarbled(f"The CRM's answer has nothing where items looks for it ({asked.items})")
    return several(items)


def _next(asked: Lookup, told: object, first: str) -> str:
    """The path of the next page; empty after the last."""
    found = look(asked.next, told)
    if not isinstance(found, str | int) or isinstance(found, bool) or found in {"", 0}:
        return ""
    written = str(found)[:_LONGEST_NEXT]
    if asked.next_parameter:
        return f"{first}{'&' if '?' in first else '?'}{urlencode({asked.next_parameter: written})}"
    return written
