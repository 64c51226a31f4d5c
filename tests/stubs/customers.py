"""Two customers who call, one in English and one in Hebrew: their cards, and what is said to them."""

from __future__ import annotations

from datetime import UTC, datetime

from hub import contract as hub
from sip.events import Party

RUTH = Party("Ruth Ben-Ami", "+972505550121", "sip:+972505550121@centre.example")
MICHAL = Party("מיכל אורן", "+972505550103", "sip:+972505550103@centre.example")


def _at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def found(contact: str, card: hub.Card) -> hub.CardAnswer:
    """The answer of a look-up that found one customer, who calls from the first of their numbers."""
    return hub.CardAnswer(contact=contact, number=card.numbers[0], status=hub.CardStatus.FOUND, cards=(card,))


ENGLISH_CARD = hub.Card(
    customer="C-2012",
    name="Ruth Ben-Ami",
    language="en",
    numbers=("+972505550121", "+97295550121"),
    segment="gold",
    city="Ra'anana",
    fields=(
        hub.CardField(label="Plan", value="Fibre 1000"),
        hub.CardField(label="Balance", value="0.00", kind=hub.FieldKind.MONEY, currency="ILS"),
        hub.CardField(label="Renewal", value="2026-05-31", kind=hub.FieldKind.DATE),
        hub.CardField(label="Customer", value="C-2012"),
    ),
    matters=(
        hub.Matter(
            reference="A-1234",
            title="Router restarts at night, replacement promised",
            opened=_at(5, 12),
            status="waiting for stock",
        ),
        hub.Matter(
            reference="Q-0077", title="Asked what the 2500 plan costs", opened=_at(5, 26), status="open"
        ),
    ),
    history=(
        hub.PastContact(
            at=_at(5, 26, 11, 30),
            channel="call",
            summary="Asked for a price for the 2500 plan; wants it in writing.",
            agent="Rina",
        ),
        hub.PastContact(
            at=_at(5, 12, 6, 5),
            channel="call",
            summary="Router restarts every night. Ticket opened.",
            agent="Avi",
        ),
        hub.PastContact(
            at=_at(11, 3, 14, 45, year=2025),
            channel="e-mail",
            summary="Moved to Herzl 12; line moved with her.",
        ),
    ),
    facts={"name": "Ruth", "plan": "Fibre 1000", "renewal": "31 May"},
)

HEBREW_CARD = hub.Card(
    customer="C-1003",
    name="מיכל אורן",
    language="he",
    numbers=("+972505550103", "+97225550103"),
    segment="gold",
    city="ירושלים",
    fields=(
        hub.CardField(label="Plan", value="סיב 600 + טלוויזיה"),
        hub.CardField(label="Balance", value="129.90", kind=hub.FieldKind.MONEY, currency="ILS"),
        hub.CardField(label="תוכנית", value="Fiber 1 Gb ב־129.90 ₪ לחודש (עד 31/05)"),
    ),
    matters=(
        hub.Matter(
            reference="A-1234",
            title="הנתב מאתחל את עצמו בלילה (הובטח נתב חדש, דגם AX-3000)",
            opened=_at(5, 12),
            status="ממתין למלאי",
        ),
    ),
    history=(
        hub.PastContact(
            at=_at(5, 26, 11, 30),
            channel="call",
            summary="ביקשה הצעת מחיר לתוכנית 2500, עד 50% הנחה.",
            agent="רינה",
        ),
    ),
    facts={"name": "מיכל", "renewal": "31/05"},
)

ENGLISH_SCRIPT = hub.Script(
    id="support",
    title="Support",
    language="en",
    revision="1",
    steps=(
        hub.Step(id="greet", title="Greet, say your name"),
        hub.Step(
            id="verify", title="Verify: last four digits of the id", answers=("Verified", "Not verified")
        ),
        hub.Step(
            id="listen",
            title="Listen, then say it back",
            text="“{name}, if I understood you right, …” Let them correct you before you look anything up.",
        ),
        hub.Step(
            id="renewal",
            title="The plan ends on {renewal}: offer to renew",
            text="“I see that {plan} ends on {renewal}. May I tell you what I can offer you?”",
            answers=("Yes", "Later", "No"),
        ),
        hub.Step(id="promise", title="Say what happens next, and by when"),
        hub.Step(id="close", title="Ask whether anything else is open"),
    ),
)

HEBREW_SCRIPT = hub.Script(
    id="support-he",
    title="תמיכה",
    language="he",
    revision="1",
    steps=(
        hub.Step(id="greet", title="ברכה והצגה עצמית"),
        hub.Step(id="verify", title="אימות זהות (4 ספרות אחרונות)"),
        hub.Step(
            id="offer",
            title="הצעת חידוש: 24 חודשים ב־119.90 ₪",
            text="„אני רואה שהתוכנית שלך מסתיימת ב־{renewal}. אפשר לספר לך על ההצעה שלנו (Fiber 1 Gb)?”",
            answers=("כן", "לא"),
        ),
        hub.Step(id="close", title="סיכום וסגירה"),
    ),
)
