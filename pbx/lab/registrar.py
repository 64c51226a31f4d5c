"""The registrar (RFC 3261 §10.3): who may register, and where each user can be reached now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pbx.lab.digest import Credentials, DigestGate, Verdict
from pbx.lab.fields import Address, MalformedField, NameAddr, Uri
from pbx.lab.message import Header, Request, Response
from pbx.lab.replies import reply

_DEFAULT_EXPIRES = 60
_LONGEST_EXPIRES = 3600
_MOST_CONTACTS = 4
"""Contacts of one user; the next is answered 403, as Asterisk does at ``max_contacts``."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of a user. ``source`` is the address its REGISTER came from; ``until`` is of the clock."""

    uri: str
    source: Address
    until: float
    call_id: str
    cseq: int


class _Refused(Exception):
    def __init__(self, status: int, *headers: Header) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class Registrar:
    """Users with their passwords and bindings. Every ``now`` is in seconds of one steady clock."""

    def __init__(self, gate: DigestGate) -> None:
        self._gate = gate
        self._passwords: dict[str, str] = {}
        self._bindings: dict[str, dict[str, Binding]] = {}

    def enrol(self, user: str, password: str) -> None:
        """Let ``user`` register with ``password``; an earlier password no longer serves."""
        self._passwords[user] = password

    def knows(self, user: str) -> bool:
        """Whether there is such a user, registered or not."""
        return user in self._passwords

    def locate(self, user: str, now: float) -> Binding | None:
        """The contact registered last, if any still stands."""
        standing = [b for b in self._bindings.get(user, {}).values() if b.until > now]
        return max(standing, key=lambda binding: binding.until, default=None)

    def owns(self, user: str, source: Address, now: float) -> bool:
        """Whether a request from ``source`` may call itself ``user``: that user registered from there."""
        return any(b.source == source and b.until > now for b in self._bindings.get(user, {}).values())

    def expire(self, now: float) -> None:
        """Forget bindings that ran out."""
        for user, bindings in list(self._bindings.items()):
            standing = {uri: binding for uri, binding in bindings.items() if binding.until > now}
            if standing:
                self._bindings[user] = standing
            else:
                del self._bindings[user]

    def answer(self, request: Request, source: Address, now: float) -> Response:
        """Carry out a REGISTER and answer it."""
        try:
            user = self._authenticated(request, now)
            self._update(user, request, source, now)
        except _Refused as refused:
            return reply(request, refused.status, *refused.headers)
        except MalformedField:
            return reply(request, 400)
        return reply(request, 200, *self._contacts(user, now))

    def _authenticated(self, request: Request, now: float) -> str:
        """§10.3 steps 2 to 5: the user whose address of record this is, proved by the password."""
        if request.get("Require"):
            raise _Refused(420, ("Unsupported", request.get("Require")))
        user = NameAddr.parse(request.get("To")).uri.user
        credentials = Credentials.parse(request.get("Authorization"))
        password = self._passwords.get(user)
        verdict = Verdict.WRONG
        if credentials is not None and password is not None and credentials.username == user:
            verdict = self._gate.check(credentials, password, method="REGISTER", uri=request.uri, now=now)
        if verdict is not Verdict.GOOD:
            challenge = self._gate.challenge(now, stale=verdict is Verdict.STALE)
            raise _Refused(401, ("WWW-Authenticate", challenge))
        return user

    def _update(self, user: str, request: Request, source: Address, now: float) -> None:
        """§10.3 steps 6 and 7: all contacts of the request, or none of them."""
        contacts = request.all("Contact")
        bindings = dict(self._bindings.get(user, {}))
        if "*" in contacts:
            if contacts != ("*",) or request.get("Expires") != "0":
                raise _Refused(400)
            bindings.clear()
            contacts = ()
        for contact in contacts:
            binding = _binding(NameAddr.parse(contact), request, source, now)
            _require_newer(bindings.get(binding.uri), binding)
            if binding.until > now:
                bindings[binding.uri] = binding
            else:
                bindings.pop(binding.uri, None)
        if sum(binding.until > now for binding in bindings.values()) > _MOST_CONTACTS:
            raise _Refused(403)
        self._bindings[user] = bindings

    def _contacts(self, user: str, now: float) -> list[Header]:
        standing = (b for b in self._bindings.get(user, {}).values() if b.until > now)
        return [("Contact", f"<{b.uri}>;expires={round(b.until - now)}") for b in standing]


def _binding(contact: NameAddr, request: Request, source: Address, now: float) -> Binding:
    if Uri.parse(contact.text).address[0].startswith("127.") is False:
        raise _Refused(403)
    told = contact.params.get("expires") or request.get("Expires") or str(_DEFAULT_EXPIRES)
    if not re.fullmatch(r"[0-9]{1,10}", told):
        raise _Refused(400)
    until = now + min(int(told), _LONGEST_EXPIRES)
    return Binding(contact.text, source, until, request.call_id, request.cseq[0])


def _require_newer(old: Binding | None, new: Binding) -> None:
    """A REGISTER that overtook a later one changes nothing (§10.3 step 7); an equal CSeq is a repetition."""
    if old is not None and old.call_id == new.call_id and new.cseq < old.cseq:
        raise _Refused(500)
