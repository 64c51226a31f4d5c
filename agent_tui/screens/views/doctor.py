"""The phone doctor's page: how the look stands, and its findings, the running phone's word first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent_tui.screens import words
from agent_tui.screens.views.findings import finding_rows, summary
from agent_tui.screens.views.pointing import pointing
from agent_tui.session.findings import Finding, Verdict
from agent_tui.session.reach import Reach, reach, why_not_ready
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from sip.events import RegistrationState

_MOST = 60
"""Findings kept: many times what there are checks."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything. ``asked``: what the agent is to do meanwhile."""

    findings: tuple[Finding, ...] = ()
    going: bool = False
    asked: Told = ""
    trouble: Told = ""

    def found(self, finding: Finding) -> Look:
        """One more."""
        return replace(self, findings=(*self.findings, finding)[:_MOST], asked="")

    def asks(self, asked: Told) -> Look:
        """The agent is asked for something."""
        return replace(self, asked=asked)

    def broke(self, why: Told) -> Look:
        """It could not be finished."""
        return replace(self, trouble=why)

    def ended(self) -> Look:
        """Nothing more comes."""
        return replace(self, going=False, asked="")


def told_page(state: SessionState, look: Look) -> Page:
    """How it stands, in words."""
    if look.asked:
        return _line(f"{pointing('▶')} {look.asked}", Tone.STRONG)
    if look.going:
        return _line(f"○ {Phrase('looking at everything a call needs …')}", Tone.DIM)
    if look.trouble:
        return _line(f"▲ {look.trouble}", Tone.WARN)
    return _line(str(summary((*phone_findings(state), *look.findings))), Tone.STRONG)


def findings_page(state: SessionState, look: Look) -> Page:
    """All findings so far, each with its cure."""
    findings = (*phone_findings(state), *look.findings)
    return Page(tuple(row for finding in findings for row in finding_rows(finding)))


def keys_page(hint: str) -> Page:
    """What the keys do here."""
    return _line(hint, Tone.DIM)


def phone_findings(state: SessionState) -> Iterator[Finding]:
    """What the running phone, and the exchange by the hub, say of the line now."""
    yield _registration(state)
    yield _reachable(state)
    if not state.talks_elsewhere:
        alone = Phrase("a call of its own: close the desk and run `moked doctor` for it")
        yield Finding("echo call", Verdict.SKIPPED, alone)


def _registration(state: SessionState) -> Finding:
    now = state.registration
    told = Phrase.of(words.REGISTRATION[now.state])
    if state.phone is not Link.UP:
        cure = Phrase("The desk starts it anew by itself; if this stays, close the desk and open it again.")
        return Finding("registration", Verdict.FAILED, Phrase("the phone process does not run"), cure)
    if now.state in (RegistrationState.REGISTERED, RegistrationState.ELSEWHERE):
        return Finding("registration", Verdict.GOOD, told)
    why = Phrase("{state}: {why}", state=told, why=said(now.words)) if now.words else told
    return Finding("registration", Verdict.FAILED, why, _CURES.get(now.state, _WAIT))


_WAIT = Phrase("Wait a moment: the phone goes on trying by itself.")
_CURES = {
    RegistrationState.REFUSED: Phrase("Run `moked login`, or ask the administrator."),
    RegistrationState.UNREACHABLE: Phrase(
        "Check domain, port and transport in the settings, the network, and a VPN that must be on."
    ),
}


def _reachable(state: SessionState) -> Finding:
    match reach(state):
        case Reach.PROVEN:
            return Finding("reachable", Verdict.GOOD, Phrase("the exchange rings this phone"))
        case Reach.UNKNOWN:
            found = Phrase("not proven: nobody says whether the exchange can ring this phone")
            return Finding("reachable", Verdict.WARNING, found, Phrase("Let a colleague call you once."))
        case Reach.UNREGISTERED:
            return Finding("reachable", Verdict.SKIPPED, Phrase("there is no registration"))
        case Reach.UNREACHED:
            found = Phrase("registered, but the exchange cannot ring this phone")
            return Finding("reachable", Verdict.FAILED, found, why_not_ready(state) or "")


def _line(text: str, tone: Tone) -> Page:
    return Page((Row((Cell(text, tone, grow=True, wraps=True),)),))
