"""Who may do what: every route of the hub has one row here, and one dependency reads it (``hub.auth``).

A route without a row is refused to everybody, and fails the tests. Paths are those of ``hub.contract``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from centre.model import LISTENERS, Role

OPEN: Final = frozenset(
    {
        ("GET", "/health"),
        ("GET", "/authority"),
        ("POST", "/enrolment"),
        ("POST", "/enrolment/password"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
        ("POST", "/routing"),
        ("POST", "/keep-place"),
        ("POST", "/free-slots"),
        ("POST", "/book-slot"),
        ("POST", "/waiting-message"),
        ("POST", "/identification"),
    }
)
"""Routes for others than devices. ``/metrics`` has a token of its own, the last six, the exchange's, have
the exchange's secret.
"""

_EVERYBODY: Final[frozenset[Role]] = frozenset(get_args(Role))
_SUPERVISORS: Final[frozenset[Role]] = frozenset({"supervisor", "administrator"})
_ADMINISTRATORS: Final[frozenset[Role]] = frozenset({"administrator"})

MAY: Final[Mapping[tuple[str, str], frozenset[Role]]] = {
    ("DELETE", "/device"): _EVERYBODY,
    ("GET", "/me"): _EVERYBODY,
    ("GET", "/snapshot"): _EVERYBODY,
    ("GET", "/events"): _EVERYBODY,
    ("PUT", "/presence"): _EVERYBODY,
    ("GET", "/contacts/{contact}"): _EVERYBODY,
    ("GET", "/contacts/{contact}/card"): _EVERYBODY,
    ("POST", "/contacts/{contact}/customers"): _EVERYBODY,
    ("PUT", "/contacts/{contact}/customer"): _EVERYBODY,
    ("POST", "/contacts/{contact}/customer"): _EVERYBODY,
    ("GET", "/contacts/{contact}/script"): _EVERYBODY,
    ("PUT", "/contacts/{contact}/script-progress"): _EVERYBODY,
    ("PUT", "/contacts/{contact}/note"): _EVERYBODY,
    ("POST", "/contacts/{contact}/wrap-up"): _EVERYBODY,
    ("POST", "/contacts/{contact}/conversation"): _EVERYBODY,
    ("GET", "/floor"): LISTENERS,
    ("GET", "/agents"): _SUPERVISORS,
    ("GET", "/agents/{agent}/devices"): _ADMINISTRATORS,
    ("DELETE", "/agents/{agent}/devices/{device}"): _ADMINISTRATORS,
    ("PUT", "/agents/{agent}/presence"): _SUPERVISORS,
    ("GET", "/audit"): _SUPERVISORS,
    ("POST", "/agents/{agent}/listening"): LISTENERS,
    ("POST", "/agents/{agent}/coach-notes"): LISTENERS,
    ("PUT", "/listening"): LISTENERS,
    ("DELETE", "/listening"): LISTENERS,
    ("POST", "/history"): _EVERYBODY,
    ("GET", "/callbacks"): _EVERYBODY,
    ("POST", "/callbacks"): _EVERYBODY,
    ("DELETE", "/callbacks/{callback}"): _EVERYBODY,
    ("GET", "/conversations"): _EVERYBODY,
    ("GET", "/conversations/{conversation}"): _EVERYBODY,
    ("PUT", "/conversations/{conversation}/agent"): _EVERYBODY,
    ("DELETE", "/conversations/{conversation}/agent"): _EVERYBODY,
    ("PUT", "/conversations/{conversation}/seen"): _EVERYBODY,
    ("POST", "/conversations/{conversation}/messages"): _EVERYBODY,
    ("POST", "/conversations/{conversation}/templates"): _EVERYBODY,
    ("POST", "/conversations/{conversation}/files"): _EVERYBODY,
    ("GET", "/conversations/{conversation}/file"): _EVERYBODY,
}
"""Who may ask for what. Whose contact, callback or conversation it is, the routes look at themselves."""
