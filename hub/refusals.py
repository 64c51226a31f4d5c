"""Why the hub says no to a desk, as types that carry their HTTP status (RFC 9110 §15.5) and words."""

from __future__ import annotations

from http import HTTPStatus


class Refusal(Exception):
    """The request is not carried out. ``str(error)`` is for the agent: what happened and what to do next."""

    status = HTTPStatus.BAD_REQUEST


class BadRequest(Refusal):
    """Something is missing in the request."""


class Unauthorized(Refusal):
    """No token, or one that speaks for nobody."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Refusal):
    """Who asks has no right to it."""

    status = HTTPStatus.FORBIDDEN


class NotYours(Refusal):
    """No such contact in this agent's hands; another's and an unknown one look the same."""

    status = HTTPStatus.NOT_FOUND


class NoAgent(Refusal):
    """The centre has no such agent."""

    status = HTTPStatus.NOT_FOUND


class NoAuthority(Refusal):
    """The hub has no certificate authority to be known by."""

    status = HTTPStatus.NOT_FOUND


class NoCallback(Refusal):
    """No such callback of this agent's; another's and an unknown one look the same."""

    status = HTTPStatus.NOT_FOUND


class NoConversation(Refusal):
    """No such conversation that this agent may read; another's and an unknown one look the same."""

    status = HTTPStatus.NOT_FOUND


class NoFile(Refusal):
    """The message has none."""

    status = HTTPStatus.NOT_FOUND


class TooLarge(Refusal):
    """A file is larger than this centre lets pass."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class CallbackStands(Refusal):
    """The customer has been promised one already."""

    status = HTTPStatus.CONFLICT


class SlotFull(Refusal):
    """No more calls can be booked for that time."""

    status = HTTPStatus.CONFLICT


class NoScript(Refusal):
    """No script serves the contact's queue."""

    status = HTTPStatus.NOT_FOUND


class WrongPhase(Refusal):
    """The contact does not stand where this act belongs."""

    status = HTTPStatus.CONFLICT


class Unprocessable(Refusal):
    """The request's values cannot be: an unknown disposition, a customer not on the card."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooMany(Refusal):
    """More of the same than any use explains."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class NoDesk(Refusal):
    """The agent has no desk open, so nobody would read it."""

    status = HTTPStatus.CONFLICT


class CannotListen(Refusal):
    """There is nothing to hear, too many hear it, or nobody may in this centre."""

    status = HTTPStatus.CONFLICT


class ExchangeRefused(Refusal):
    """The exchange said no."""

    status = HTTPStatus.BAD_GATEWAY


class NotStored(Refusal):
    """The database did not take it; the desk keeps it and sends it again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class ProviderSilent(Refusal):
    """Who brings messages does not take or give a file now; it may be asked for again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class LeaderAway(Refusal):
    """The hub that leads cannot be asked now; whatever was asked may be asked again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class CrmSilent(Refusal):
    """The CRM did not answer what the agent asked; its words say why."""

    status = HTTPStatus.FAILED_DEPENDENCY
