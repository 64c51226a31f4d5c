"""``moked agent --headless`` on the real Asterisk and hub: calls taken by rules, and nothing left behind."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.acts import DANA, RUTH, member, snapshot, stored
from tests.e2e.centre import AGENTS_TONE, Centre
from tests.e2e.eventually import eventually
from tests.e2e.processes import Process
from tests.e2e.sound import Recording
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

NOTE = 'Said by nobody: "מחיר" and\nmore'


class Told:
    """The lines that the agent wrote so far."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def lines(self, **wanted: str) -> list[dict[str, str]]:
        """Those that say all that is wanted."""
        whole = self._log.read_text("utf-8").rpartition("\n")[0].splitlines()
        read = [json.loads(line) for line in whole]
        return [one for one in read if all(one.get(key) == value for key, value in wanted.items())]

    def wait(self, count: int = 1, **wanted: str) -> list[dict[str, str]]:
        """Wait for ``count`` of them."""
        return eventually(
            lambda: found if len(found := self.lines(**wanted)) >= count else None, f"{count} × {wanted}"
        )


@contextmanager
def agent(centre: Centre, *rules: str) -> Iterator[tuple[Process, Told]]:
    """Dana without a screen."""
    home = centre.prepare(DANA)
    log = home.place / "agent.jsonl"
    arguments = ("--headless", "--config", str(home.config), *rules)
    with Process("agent_tui.headless", *arguments, env=home.env, log=log) as process:
        yield process, Told(log)
    home.end_phone()


def test_calls_are_taken_by_rules_one_after_the_other(centre: Centre, console: Console) -> None:
    with agent(centre, "--answer-after", "0.2", "--talk", "2", "--note", NOTE, "--outcome", "solved") as (
        _process,
        told,
    ):
        told.wait(event="presence", state="ready")
        for turn in (1, 2):
            customer = console.customer("support", number=RUTH)
            Recording(customer.heard, AGENTS_TONE).wait_heard()
            kept = stored(centre, customer.contact)
            assert (kept.note, kept.disposition, kept.customer) == (NOTE, "solved", "C-2012")
            customer.wait_gone()
            told.wait(turn, event="contact", state="wrapped_up", outcome="solved")
        states = [line["state"] for line in told.lines(event="call")]
        assert states == ["incoming", "established", "closed"] * 2
        assert {line["name"] for line in told.lines(event="card")} == {"Ruth Ben-Ami"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_leave_hangs_up_wraps_up_and_logs_off(
    centre: Centre, console: Console, how: signal.Signals
) -> None:
    with agent(centre, "--answer-after", "0", "--talk", "600", "--note", NOTE) as (process, told):
        told.wait(event="presence", state="ready")
        customer = console.customer("support", number=RUTH)
        Recording(customer.heard, AGENTS_TONE).wait_heard()
        process.end(how)
        assert process.status == 0
        kept = stored(centre, customer.contact)
        assert (kept.note, kept.disposition) == (NOTE, "solved")
        customer.wait_gone()
        assert snapshot(centre).me.presence == "offline"
        assert not member(console)
        eventually(lambda: "Avail" not in contacts(centre), "the phone takes its contact away")


def contacts(centre: Centre) -> str:
    """What Asterisk says of Dana's phone."""
    return centre.asterisk.cli(f"pjsip show aor {DANA}")


def test_an_outcome_that_the_centre_does_not_have_is_refused_by_name(centre: Centre) -> None:
    with agent(centre, "--outcome", "sovled") as (process, _told):
        eventually(lambda: not process.running, "the agent ends")
        assert process.status == 2
        assert "no outcome 'sovled'; it has solved" in process.log.read_text("utf-8")
