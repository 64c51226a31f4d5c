"""Stores in which something happens at a moment of a request's life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def first(
    happens: Callable[[], Awaitable[None]], act: Callable[Asked, Awaitable[Given]]
) -> Callable[Asked, Awaitable[Given]]:
    """``act``, before which something happens."""

    async def acted(*asked: Asked.args, **named: Asked.kwargs) -> Given:
        await happens()
        return await act(*asked, **named)

    return acted


def then(
    act: Callable[Asked, Awaitable[Given]], happens: Callable[[], Awaitable[None]]
) -> Callable[Asked, Awaitable[Given]]:
    """``act``, after which something happens before anybody hears of it."""

    async def acted(*asked: Asked.args, **named: Asked.kwargs) -> Given:
        given = await act(*asked, **named)
        await happens()
        return given

    return acted
