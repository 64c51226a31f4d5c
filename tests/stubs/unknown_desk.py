"""The desk with a caller whom the CRM does not know, before and while the agent looks for them."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.state import Finding
from hub.contract import CardAnswer, CardStatus, FoundCustomer
from tests.stubs import desk

NUMBER = "+972505559999"
NOBODYS = CardAnswer(contact="k-1", number=NUMBER, status=CardStatus.UNKNOWN)

_TALK, _OWED = desk.TALKING.work[0], desk.WRAP_UP.work[0]
assert _TALK.offer is not None
_OFFER = _TALK.offer.model_copy(update={"name": "", "number": NUMBER})
_CALL = desk.TALKING.calls[0]
UNKNOWN = replace(
    desk.TALKING,
    calls=(replace(_CALL, party=replace(_CALL.party, name="", number=NUMBER)),),
    work=(replace(_TALK, card=NOBODYS, offer=_OFFER),),
)
UNKNOWN_OWED = replace(desk.WRAP_UP, work=(replace(_OWED, card=NOBODYS, offer=_OFFER),))

FOUND = (
    FoundCustomer(customer="C-2012", name="Ruth Ben-Ami", city="Ra'anana", numbers=("+972505550121",)),
    FoundCustomer(customer="C-2044", name="Ruth Ben-Ami", city="Haifa", numbers=("+972505550144",)),
    FoundCustomer(
        customer="C-2051",
        name="רות בן־עמי (לוי)",
        city="באר שבע",
        numbers=("+972505550151", "+97285550151"),
    ),
)
LOOKING = replace(UNKNOWN, finding=Finding("k-1", "key", "ruth", FOUND, asking=False))
LOOKING_OWED = replace(UNKNOWN_OWED, finding=Finding("k-1", "key", "רות", FOUND, asking=False))

assert LOOKING.me is not None
CREATING = replace(LOOKING, me=LOOKING.me.model_copy(update={"creates_customers": True}))

MOMENTS = {"creating": CREATING, "unknown": UNKNOWN, "looking": LOOKING, "looking_owed": LOOKING_OWED}
