"""What one agent had before, in memory, by the contract's rules: pages, and a search by words."""

from __future__ import annotations

from typing import Any

from hub import contract as c
from tests.stubs.messages import AT


def a_past_call(contact: str = "k-1", **changes: Any) -> c.PastCall:
    """A caller of the support queue whom the agent talked with."""
    call = c.PastCall(
        contact=contact,
        visit=1,
        at=AT,
        kind="answered",
        queue="support",
        queue_title="Support",
        number="+972521234567",
        name="Noa Cohen",
        customer="c-1",
        waited=12.0,
        talked=102.0,
        held=0.0,
        ended="caller",
    )
    return call.model_copy(update=changes)


class StubHistory:
    """The newest first."""

    def __init__(self) -> None:
        self.calls: list[c.PastCall] = []
        self.asked: list[c.HistoryRequest] = []

    def add(self, call: c.PastCall) -> None:
        """One more, newer than all."""
        self.calls.insert(0, call)

    def note(self, contact: str, wrap_up: c.WrapUp) -> None:
        """A missed one is noted."""
        left = {"note": wrap_up.note, "disposition": wrap_up.disposition}
        missed = [one.contact == contact and one.kind != "answered" for one in self.calls]
        self.calls = [
            one.model_copy(update=left) if is_it else one
            for one, is_it in zip(self.calls, missed, strict=True)
        ]

    def page(self, asked: c.HistoryRequest) -> c.HistoryPage:
        """Those after ``asked.before``, which is how many came before it."""
        self.asked.append(asked)
        found = [call for call in self.calls if _has(call, asked.words)]
        begin = int(asked.before or 0)
        end = begin + asked.limit
        return c.HistoryPage(calls=tuple(found[begin:end]), next=str(end) if end < len(found) else "")


def _has(call: c.PastCall, words: str) -> bool:
    text = f"{call.name}\n{call.note}".casefold()
    digits = "".join(one for one in words if one.isdigit()).lstrip("0")
    return all(word in text for word in words.casefold().split()) or (bool(digits) and digits in call.number)
