"""Messages of the hub's contract: an agent, a queue, a customer, a script, and what comes of a caller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub import contract as c

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
"""The wall clock of it all: it stands still."""

ME = c.Me(
    agent="dana",
    name="Dana Levi",
    extension="1001",
    presence=c.Presence.READY,
    queues=("support",),
    members=(c.MemberView(queue="support", state="free", paused=False),),
    dispositions=(
        c.Disposition(code="solved", label="Solved"),
        c.Disposition(code="callback", label="Call back"),
    ),
    pause_reasons=("break", "lunch"),
    calls_back=True,
)

COLLEAGUES = (
    c.Colleague(
        agent="dana",
        name="Dana Levi",
        number="1001",
        queues=("support",),
        presence=c.Presence.READY,
        line="free",
        since=AT,
    ),
    c.Colleague(
        agent="omer",
        name="עומר בר",
        number="1002",
        queues=("support",),
        presence=c.Presence.READY,
        line="busy",
    ),
)

ENTRIES = (c.DirectoryEntry(name="Sales", number="701", kind="queue"),)

SUPPORT = c.QueueFigures(
    queue="support",
    title="Support",
    waiting=2,
    longest_wait=31.0,
    agents_ready=3,
    agents_busy=2,
    service_level_seconds=20,
    today=c.QueueCounts(
        offered=41,
        answered=38,
        abandoned=3,
        service_level=92.1,
        average_wait=11.4,
        average_talk=203.0,
    ),
)

CARD = c.Card(
    customer="c-1",
    name="Noa Cohen",
    numbers=("+972521234567",),
    segment="gold",
    city="Haifa",
    fields=(c.CardField(label="Plan", value="Fibre 500"),),
    matters=(c.Matter(reference="T-77", title="Line drops in the evening", opened=AT, status="open"),),
    history=(c.PastContact(at=AT, channel="phone", summary="Asked for a technician", agent="Omer"),),
    facts={"name": "Noa Cohen", "plan": "Fibre 500"},
)

SCRIPT = c.Script(
    id="support.en",
    title="Support",
    language="en",
    revision="r1",
    steps=(
        c.Step(id="greet", title="Greet {name}", text="Thank you for calling, {name}."),
        c.Step(id="line", title="Is the line down?", answers=("yes", "no")),
        c.Step(id="restart", title="Restart the router", when=(c.Condition(answer="line", values=("yes",)),)),
        c.Step(id="close", title="Anything else?", text="{missing_fact}"),
    ),
)


def an_offer(contact: str = "k-1", number: str = "+972521234567", waited: float = 12.0) -> c.Offer:
    """A caller of the support queue is offered to the agent."""
    return c.Offer(
        contact=contact,
        queue="support",
        queue_title="Support",
        number=number,
        name="",
        waited=waited,
        offered_at=AT,
        writable=True,
    )


def a_card(contact: str = "k-1", number: str = "+972521234567", *cards: c.Card) -> c.CardAnswer:
    """The answer of a look-up that found ``cards``, by default one."""
    found = cards or (CARD,)
    status = c.CardStatus.FOUND if len(found) == 1 else c.CardStatus.SEVERAL
    return c.CardAnswer(contact=contact, number=number, status=status, cards=found)


def a_record(contact: str = "k-1", **changes: Any) -> c.ContactRecord:
    """One contact as the hub keeps it."""
    record = c.ContactRecord(contact=contact, queue="support", number="+972521234567", joined_at=AT)
    return record.model_copy(update=changes)
