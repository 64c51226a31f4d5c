"""How the hub says that it serves, and why a request failed."""

from __future__ import annotations

from hub.contract.base import Model


class Problem(Model):
    """Why a request failed (RFC 9457). ``detail`` is for the agent: what happened and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


class Health(Model):
    """Whether the hub serves, and what it cannot reach."""

    ok: bool
    pbx: bool
    crm: bool
    words: str = ""
