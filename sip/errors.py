"""Why the phone could not do what it was asked, as types that name themselves on the wire."""

from __future__ import annotations


class PhoneError(Exception):
    """A command failed. ``str(error)`` is for the agent: what happened and what to do next."""

    code = "failed"


class NoSuchCall(PhoneError):
    """The call ended before the command arrived."""

    code = "no_such_call"


class WrongState(PhoneError):
    """The call is not in a state for this command, such as resume without hold."""

    code = "wrong_state"


class NotRegistered(PhoneError):
    """The command needs a registration that stands."""

    code = "not_registered"


class RegistrationRefused(PhoneError):
    """The registrar refuses this account (401, 403, 404)."""

    code = "registration_refused"


class RegistrarUnreachable(PhoneError):
    """The registrar did not answer, or its TLS certificate is not trusted."""

    code = "registrar_unreachable"


class Unsupported(PhoneError):
    """The engine does not have this capability, or refuses the account's settings."""

    code = "unsupported"


class BadRequest(PhoneError):
    """The command or its arguments are not of the phone's language."""

    code = "bad_request"


class PhoneGone(PhoneError):
    """The phone process is not there; the desk starts it anew."""

    code = "phone_gone"


BY_CODE: dict[str, type[PhoneError]] = {
    error.code: error
    for error in (
        PhoneError,
        NoSuchCall,
        WrongState,
        NotRegistered,
        RegistrationRefused,
        RegistrarUnreachable,
        Unsupported,
        BadRequest,
        PhoneGone,
    )
}
