"""What is to leave the hub, one message at a time.

    waiting → sending → sent
       ↑         ├→ waiting    it was not sent, and may be later
       └─────────┤
       ↑         ├→ given up   it never will be: refused, too many tries, too old
       ↑         └→ unknown    nobody knows whether it was sent
       └──────────┘            an administrator has it sent again

That it is being sent is stored before it is asked for. A hub that dies in between finds it so and asks no
second time: the provider would send a second message, and knows no id by which it could tell
(``hub.ports.messages``). So a message is sent at most once, and which may have been lost is known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hub.ports.messages import Content, MessageError, NotNow, PerhapsSent

CRM = "crm"
"""The channel of what is written into the company's CRM; its recipients are customers' ids there."""

LOG_CONTACT = "log_contact"
ADD_NOTE = "add_note"
CREATE_TASK = "create_task"
"""What is written there, as the templates of that channel are named."""

MOST_TRIES = 16
OLDEST = timedelta(hours=6)
"""What was to be said while somebody waits is no use the next day."""
CRM_TRIES = 1000
CRM_OLDEST = timedelta(days=14)
"""What is to be remembered is of use for long: a CRM may be away over the holidays."""
_LONGEST_PAUSE = 1800.0


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    UNKNOWN = "unknown"


STUCK = (State.GIVEN_UP, State.UNKNOWN)
"""What stays until somebody decides: it was not sent, or nobody knows."""


class WrongStepError(Exception):
    """The message does not stand where this would follow."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to a customer. ``at``: not to be sent before; ``contact``: in which call it was promised, or
    of which callback it tells. ``aliases``: other recipients that may be the same customer, as long as nobody
    has said who is who.

    ``code`` and ``words`` are the provider's of the last try, ``provider_id`` is what it calls the message.
    """

    id: str
    channel: str
    recipient: str
    content: Content
    contact: str
    made_at: datetime
    at: datetime
    state: State = State.WAITING
    tries: int = 0
    provider_id: str = ""
    code: int = 0
    words: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more is done about it."""
        return self.state not in {State.WAITING, State.SENDING}


def sending(message: Message) -> Message:
    """It is about to be asked for. Raises ``WrongStepError``."""
    if message.state is not State.WAITING:
        raise WrongStepError(message.state)
    return replace(message, state=State.SENDING, tries=message.tries + 1)


def sent(message: Message, provider_id: str) -> Message:
    """The provider has it."""
    return replace(_asked(message), state=State.SENT, provider_id=provider_id, code=0, words="")


def missed(message: Message, error: MessageError, now: datetime) -> Message:
    """``message`` after a try that ended like this."""
    told = replace(_asked(message), code=error.code, words=str(error))
    if isinstance(error, PerhapsSent):
        return replace(told, state=State.UNKNOWN)
    if not isinstance(error, NotNow) or told.tries >= _most_tries(told):
        return replace(told, state=State.GIVEN_UP)
    return replace(told, state=State.WAITING, at=now + timedelta(seconds=max(pause(told.tries), error.after)))


def too_old(message: Message, now: datetime) -> bool:
    """Whether it is to be given up rather than sent."""
    return now - message.made_at > (CRM_OLDEST if message.channel == CRM else OLDEST)


def _most_tries(message: Message) -> int:
    return CRM_TRIES if message.channel == CRM else MOST_TRIES


def outdated(message: Message) -> Message:
    """It was not sent in time; what the last try was told stays beside it."""
    if message.state is not State.WAITING:
        raise WrongStepError(message.state)
    words = f"not sent in time; at last: {message.words}" if message.words else "not sent in time"
    return replace(message, state=State.GIVEN_UP, words=words[:300])


def pause(tries: int) -> float:
    """Seconds after the try of that number: four times longer each time, as Meta asks of who sends too much
    (docs/whatsapp/cloud-api/overview, *pair rate limits*), to half an hour.
    """
    return float(min(4.0 ** min(tries, 10), _LONGEST_PAUSE))


def due(messages: tuple[Message, ...], now: datetime) -> tuple[Message, ...]:
    """Of each customer the oldest that has not ended, where its time has come. ``messages`` are in order.

    What may be the same customer's waits, too: the recipient of one is an alias of the other. Two that have
    but an alias in common are told apart by their recipients: who shares a number holds up nobody.
    """
    before: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    ready: list[Message] = []
    for message in messages:
        recipients, named = before[message.channel]
        first = message.recipient not in named and recipients.isdisjoint(message.aliases)
        if first and message.state is State.WAITING and message.at <= now:
            ready.append(message)
        recipients.add(message.recipient)
        named.update((message.recipient, *message.aliases))
    return tuple(ready)


def _asked(message: Message) -> Message:
    if message.state is not State.SENDING:
        raise WrongStepError(message.state)
    return message
