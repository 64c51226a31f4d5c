"""What an earlier desk left on the machine, brought back before anything else happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agent_tui.ports import Drafts, DraftsError
from agent_tui.session.events import DeskEvent, DraftNotKept
from agent_tui.session.kept import Kept
from agent_tui.session.store import Store

Left = TypeVar("Left", bound=Kept)


def bring_back(store: Store, drafts: Drafts[Left], found: Callable[[Left], DeskEvent]) -> None:
    """Tell ``store`` of each piece by the event ``found``; of what cannot be read, that it was not kept."""
    try:
        left = drafts.load()
    except DraftsError as error:
        store.dispatch(DraftNotKept(str(error)))
        return
    for one in left:
        store.dispatch(found(one))
