"""``moked bot run`` on the real Asterisk and hub: what is so is found so, and what is not is found not."""

from __future__ import annotations

import os
import signal
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bots.scenario import ACTS, EXPECTATIONS, PLAIN, Step
from tests.e2e.acts import DANA, member, snapshot
from tests.e2e.bot_run import Run, over, start
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.e2e.listened import TRAINER, listened
from tests.pbx.called_back import WhatsAppAt, called_back
from tests.pbx.centre import free_port
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk
from tests.stubs.scenarios import CALL
from tests.stubs.whatsapp import SENDER

pytestmark = pytest.mark.pbx

TALK = """\
title = "{title}"
[[actors]]
name = "ruth"
kind = "customer"
numbers = ["0505550121"]
says = 1300
[[actors]]
name = "dana"
kind = "agent"
says = 700
[[steps]]
actor = "dana"
do = "ready"
[[steps]]
actor = "ruth"
do = "call"
number = "700"
[[steps]]
actor = "dana"
do = "answer"
[[steps]]
actor = "ruth"
expect = "call"
state = "established"
[[steps]]
"""
WAIT = '[[steps]]\nactor = "{}"\ndo = "wait"\nseconds = 600\n'
WAITING = CALL.format(title="waiting") + WAIT.format("ruth")
AT_ONCE = 8
LISTENED = "listened_to"
SHIPPED = ("a_call_with_all", "handed_on", LISTENED, "written_to")
LINE = 25
"""Where the step after the talk has begun stands."""

SOUND = 'actor = "dana"\nexpect = "sound"\ntone = 1300\n[[steps]]\n'
"""Sound has begun: before, it is rightly not there."""
PRESSED = 'actor = "dana"\ndo = "press"\nkeys = "4"\n[[steps]]\n'
ENDED = 'actor = "ruth"\ndo = "hang_up"\n[[steps]]\n'


def scenario_text(name: str) -> str:
    return (files("bots") / "scenarios" / f"{name}.toml").read_text("utf-8")


WRONG = {
    "call": ('actor = "dana"\nexpect = "call"\nstate = "held"', "the call is established"),
    "reason": (
        f'{ENDED}actor = "ruth"\nexpect = "call"\nstate = "closed"\nreason = "busy"',
        "the call is closed",
    ),
    "status": (
        f'{ENDED}actor = "ruth"\nexpect = "call"\nstate = "closed"\nstatus = 486',
        "the call is closed",
    ),
    "key": (f'{PRESSED}actor = "ruth"\nexpect = "key"\nkey = "5"', "the key 4"),
    "presence": ('actor = "dana"\nexpect = "hub"\npresence = "away"', "presence 'ready'"),
    "phase": ('actor = "dana"\nexpect = "hub"\nphase = "wrap_up"', "phase 'talking'"),
    "note": ('actor = "dana"\nexpect = "hub"\nnote = "written"', "note ''"),
    "outcome": ('actor = "dana"\nexpect = "hub"\noutcome = "solved"', "outcome ''"),
    "card": ('actor = "dana"\nexpect = "card"\nname = "Noam Katz"', "the card is found Ruth Ben-Ami"),
    "card_status": ('actor = "dana"\nexpect = "card"\nstatus = "unknown"', "the card is found Ruth Ben-Ami"),
    "queue": (
        'actor = "dana"\nexpect = "queue"\nqueue = "support"\nfigure = "waiting"\nat_least = 2',
        "waiting of support is 0",
    ),
    "equals": (
        'actor = "dana"\nexpect = "queue"\nqueue = "support"\nfigure = "waiting"\nequals = 2',
        "waiting of support is 0",
    ),
    "at_most": (
        'actor = "dana"\nexpect = "queue"\nqueue = "support"\nfigure = "waiting"\nat_most = -1',
        "waiting of support is 0",
    ),
    "tone": ('actor = "ruth"\nexpect = "sound"\ntone = 800', "of 800 Hz"),
    "without": (f'{SOUND}actor = "dana"\nexpect = "sound"\nwithout_tone = 1300', "of 1300 Hz"),
    "energy": ('actor = "dana"\nexpect = "sound"\nlouder_than = -3', "dBFS in all"),
    "silence": (f'{SOUND}actor = "dana"\nexpect = "sound"\nsilence = true', "dBFS in all"),
    "shown": ('actor = "dana"\nexpect = "shown"\ntext = "Noam Katz"', "Ruth Ben-Ami"),
}
"""A step that is not so in a talk, and what its failure says."""

NO_MESSAGE = {
    "text": 'text = "Shall I cook it"',
    "template": 'text = "Shall I book it"\ntemplate = "go_on"',
}
"""Expectations of a message that the answer of the scenario is not."""

WHERE = {"queue": {"queue", "figure"}, "sound": {"seconds"}, "call": {"state"}}
"""What says of what something is expected; of a call its state is that, too."""


def test_whatever_can_be_expected_is_shown_to_fail() -> None:
    """A field of its own that no step here gets wrong would be one that nobody sees work."""
    shown: dict[str, set[str]] = {"message": set(NO_MESSAGE)}
    for step, _words in WRONG.values():
        last = tomllib.loads(step.rpartition("[[steps]]\n")[2])
        shown.setdefault(last["expect"], set()).update(set(last) - {"actor", "expect"})
    can = {kind: set(step.model_fields) - set(Step.model_fields) for kind, step in EXPECTATIONS.items()}
    assert {kind: fields - {"expect"} for kind, fields in can.items()} == {
        kind: fields | WHERE.get(kind, set()) for kind, fields in shown.items()
    }


PARTS = {
    "the queue": {"queue", "call", "answer"},
    "the card": {"card"},
    "the script": {"tick"},
    "the note": {"note", "outcome", "wrap_up"},
    "an attended transfer": {"hold", "connect"},
    "a callback": {"promise"},
    "WhatsApp": {"go_over", "write", "message"},
    "listening in": {"listen", "whisper"},
}
"""What makes the parts of a centre's day."""


def test_one_shipped_scenario_plays_all_of_a_centres_day() -> None:
    """And all of them together whatever can be done: what nobody plays nobody sees break."""
    steps = {name: tomllib.loads(scenario_text(name))["steps"] for name in SHIPPED}
    words = {name: {one.get("do") or one["expect"] for one in steps[name]} for name in SHIPPED}
    assert not {part: lacking for part, all_of in PARTS.items() if (lacking := all_of - words[SHIPPED[0]])}
    assert set(EXPECTATIONS) <= words[SHIPPED[0]]
    assert set().union(*words.values()) == {*ACTS, *PLAIN, *EXPECTATIONS} - {"wait"}
    assert sorted(SHIPPED) == sorted(path.stem for path in Path(str(files("bots") / "scenarios")).glob("*"))


@dataclass(frozen=True)
class Calling:
    """The centre, and where its WhatsApp is, as bots' settings have it."""

    centre: Centre
    whatsapp: str


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[Calling]:
    api, webhooks = free_port(), free_port()
    whatsapp = (
        f'[whatsapp]\nlisten = "127.0.0.1:{api}"\nphone_number_id = "{SENDER}"\n'
        f'webhooks = "http://127.0.0.1:{webhooks}/whatsapp"\n'
    )
    there = WhatsAppAt(f"http://127.0.0.1:{api}", webhooks)
    with called_back(asterisk, surroundings, api=there) as made:
        yield Calling(made.centre, whatsapp)


def test_the_shipped_scenarios_are_so(calling: Calling, surroundings: Path) -> None:
    names = [name for name in SHIPPED if name != LISTENED]
    run = over(start(calling.centre, surroundings / "bots", *names, more=calling.whatsapp))
    assert run.process.status == 0, run.said
    assert "3 played, 3 passed, 0 not" in run.said
    assert [played["result"] for played in run.lines("played")] == ["passed"] * 3
    assert sum(played["steps"] for played in run.lines("played")) == len(run.lines("step"))
    assert run.suite.get("failures") == "0"


@pytest.mark.parametrize("wanted", NO_MESSAGE.values(), ids=NO_MESSAGE)
def test_a_message_that_does_not_come_is_found(calling: Calling, surroundings: Path, wanted: str) -> None:
    wrong = surroundings / "wrong.toml"
    answer = 'text = "Shall I book it"'
    assert answer in scenario_text("written_to")
    wrong.write_text(scenario_text("written_to").replace(answer, f"{wanted}\nwithin = 3"), "utf-8")
    run = over(start(calling.centre, surroundings / "bots", str(wrong), more=calling.whatsapp))
    (played,) = run.lines("played")
    assert (played["result"], run.process.status) == ("failed", 1), run.said
    assert "It is. Shall I book it for you?" in played["words"]
    assert played["evidence"]["noah"]["state"]["messages"] == ["It is. Shall I book it for you?"]


def test_a_trainer_is_played_and_what_is_not_so_is_found(asterisk: Asterisk, surroundings: Path) -> None:
    deaf = scenario_text(LISTENED)
    heard = 'actor = "ruth"\nexpect = "sound"\ntone = 1900'
    assert heard in deaf
    at = deaf.index('do = "whisper"')
    wrong = surroundings / "wrong.toml"
    wrong.write_text(f'{deaf[:at]}do = "whisper"\nagent = "dana"\n[[steps]]\n{heard}\nwithin = 3\n', "utf-8")
    with listened(asterisk, surroundings) as made:
        run = over(start(made, surroundings / "bots", LISTENED, str(wrong)))
    assert [played["result"] for played in run.lines("played")] == ["passed", "failed"], run.said
    (failed,) = [played for played in run.lines("played") if played["result"] == "failed"]
    assert "of 1900 Hz" in failed["words"]
    assert "listening" in str(failed["evidence"]["noam"]["state"])


def test_each_kind_of_expectation_fails_where_it_is_not_so(centre: Centre, surroundings: Path) -> None:
    lines = {}
    for name, (step, _words) in WRONG.items():
        text = TALK.format(title=name) + f"{step}\nwithin = 1.5\n"
        lines[name] = text[: text.rindex("[[steps]]")].count("\n") + 1
        (surroundings / f"{name}.toml").write_text(text, "utf-8")
    paths = [str(surroundings / f"{name}.toml") for name in WRONG]
    run = over(start(centre, surroundings / "bots", *paths))
    assert run.process.status == 1, run.said
    told = {played["title"]: played for played in run.lines("played")}
    assert {name: played.get("line") for name, played in told.items()} == lines, run.said
    for name, (step, words) in WRONG.items():
        assert told[name]["words"].startswith("not within 1.5 s; ")
        assert words in told[name]["words"]
        dana = told[name]["evidence"]["dana"]
        assert dana["state"]["presence"] == "ready"
        if not step.startswith(ENDED):  # of a talk that is over the evidence is what came after it
            assert any("established" in happening for happening in dana["last"])
            assert "speaker" in told[name]["evidence"]["ruth"]["state"]["sound"]
    assert run.suite.get("failures") == str(len(WRONG))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_is_stopped_hangs_up_what_was_opened(
    centre: Centre, console: Console, surroundings: Path, how: signal.Signals
) -> None:
    path = surroundings / "long.toml"
    path.write_text(TALK.format(title="long").removesuffix("[[steps]]\n") + WAIT.format("ruth"), "utf-8")
    run = start(centre, surroundings / "bots", str(path), "--times", "3")
    eventually(lambda: talking(run), "the talk")
    with opened(console) as calls:
        run.process.end(how)
        assert run.process.status == 130
        assert f"PJSIP/{DANA}" in calls.hung_up()
    assert snapshot(centre).me.presence == "offline"
    assert not member(console)
    assert [played["result"] for played in run.lines("played")] == ["stopped"]
    assert run.suite.get("skipped") == "1"
    eventually(lambda: "Avail" not in centre.asterisk.cli(f"pjsip show aor {DANA}"), "the phone is gone")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_customer_who_is_stopped_hangs_up_while_others_still_leave(
    centre: Centre, console: Console, surroundings: Path, how: signal.Signals
) -> None:
    """The bots' process lives on, for the hub does not take it that the agent goes: it is not its end."""
    path = surroundings / "waiting.toml"
    ruth, agent = '[[actors]]\nname = "ruth"', '[[actors]]\nname = "dana"\nkind = "agent"\n'
    away = '[[steps]]\nactor = "dana"\n{}\n'
    away = away.format('do = "away"') + away.format('expect = "hub"\npresence = "away"')
    call = CALL.format(title="waiting").replace(ruth, f"{agent}{ruth}")
    path.write_text(call + away + WAIT.format("ruth"), "utf-8")
    run = start(centre, surroundings / "bots", str(path))
    eventually(lambda: waiting(run), "she waits")
    with opened(console) as calls, silent(centre.hub_pid):
        os.kill(run.process.pid, how)
        assert calls.hung_up() == calls.phones
        assert run.process.running
    assert over(run).process.status == 130, run.said


def test_a_trainer_who_is_stopped_hangs_up(asterisk: Asterisk, console: Console, surroundings: Path) -> None:
    heard = scenario_text(LISTENED)
    path = surroundings / "listens.toml"
    path.write_text(heard[: heard.index("# A line on the agent's desk.")] + WAIT.format("noam"), "utf-8")
    with listened(asterisk, surroundings) as made:
        run = start(made, surroundings / "bots", str(path))
        eventually(lambda: waiting(run), "the trainer listens", within=120)
        with opened(console) as calls:
            run.process.end(signal.SIGINT)
            assert run.process.status == 130, run.said
            assert f"PJSIP/{TRAINER}" in calls.hung_up()


def test_a_play_that_is_over_leaves_no_call_to_the_next(
    centre: Centre, console: Console, surroundings: Path
) -> None:
    first, second = surroundings / "first.toml", surroundings / "second.toml"
    call = CALL.format(title="call")
    first.write_text(f'{call}[[steps]]\nactor = "ruth"\nexpect = "call"\nstate = "established"\n', "utf-8")
    second.write_text(call.partition("[[steps]]")[0] + WAIT.format("ruth"), "utf-8")
    run = start(centre, surroundings / "bots", str(first), str(second))
    try:
        eventually(lambda: waiting(run), "the next play")
        assert [played["result"] for played in run.lines("played")] == ["passed"], run.said
        assert not console.channels()
        assert run.process.running
    finally:
        run.process.end()


def test_several_are_stopped_soon_where_the_far_end_does_not_answer_their_bye(
    centre: Centre, console: Console, surroundings: Path
) -> None:
    path = surroundings / "waiting.toml"
    path.write_text(WAITING, "utf-8")
    many = ("--times", str(AT_ONCE), "--at-once", str(AT_ONCE))
    run = start(centre, surroundings / "bots", str(path), *many)
    eventually(
        lambda: [row["ChannelStateDesc"] for row in console.channels()] == ["Up"] * AT_ONCE, "all wait"
    )
    with opened(console) as calls:
        with silent(centre.asterisk.pid):
            run.process.end()
        assert run.process.status == 130, run.said
        assert [played["result"] for played in run.lines("played")] == ["stopped"] * AT_ONCE
        assert calls.hung_up() == calls.phones, "what they said was heard later"


@contextmanager
def silent(pid: int) -> Iterator[None]:
    """This process answers nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@dataclass(frozen=True)
class Opened:
    """The channels that there are, and what is told of calls from then on."""

    phones: list[str]
    """Whose phone each is, as ``PJSIP/1101``."""
    channels: set[str]
    told: Iterator[dict[str, str]]

    def hung_up(self) -> list[str]:
        """Whose phones said BYE (HangupRequest), once all channels are gone. Who says nothing and is heard no
        more is let go as well, after ``rtp_timeout``.
        """
        left, said = set(self.channels), set()
        while left:
            event = next(self.told)
            if event["Event"] == "HangupRequest":
                said.add(event["Channel"])
            left -= {event["Channel"]} if event["Event"] == "Hangup" else set()
        return phones_of(said & self.channels)


@contextmanager
def opened(console: Console) -> Iterator[Opened]:
    """The calls that are open, before they are ended."""
    with console.told("HangupRequest", "Hangup") as told:
        channels = {row["Channel"] for row in console.channels()}
        assert channels
        yield Opened(phones_of(channels), channels, told)


def phones_of(channels: set[str]) -> list[str]:
    return sorted(channel.rpartition("-")[0] for channel in channels)


def talking(run: Run) -> bool:
    """Whether the step after the talk has begun."""
    return begun(run, lambda step: step["line"] == LINE)


def waiting(run: Run) -> bool:
    """Whether somebody waits for ten minutes."""
    return begun(run, lambda step: step["step"] == "wait seconds=600.0")


def begun(run: Run, which: Callable[[dict[str, Any]], bool]) -> bool:
    return run.home.joinpath("lines.jsonl").exists() and any(map(which, run.lines("step")))


def test_a_scenario_that_cannot_be_played_calls_nobody(
    centre: Centre, console: Console, surroundings: Path
) -> None:
    path = surroundings / "wrong.toml"
    path.write_text(TALK.format(title="wrong") + 'actor = "ruth"\ndo = "hangup"\n', "utf-8")
    run = over(start(centre, surroundings / "bots", str(path)))
    assert run.process.status == 2
    assert f"{path}:{LINE}: do = 'hangup' is not known; did you mean 'hang_up'?" in run.said
    assert not console.channels()
