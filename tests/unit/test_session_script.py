"""Script guidance: branches on answers and facts, filling without evaluation, ticks over an edit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_tui.session.script import (
    StepStanding,
    answered,
    fill,
    restored,
    shown_steps,
    ticked,
    visible_steps,
)
from hub.contract import Condition, Script, ScriptProgress, Step
from tests.stubs.messages import SCRIPT

EMPTY = ScriptProgress(script="s", revision="1")


def script(*steps: Step) -> Script:
    return Script(id="s", title="", language="en", revision="1", steps=steps)


def ids(of: Script, answers: dict[str, str] | None = None, facts: dict[str, str] | None = None) -> list[str]:
    return [step.id for step in visible_steps(of, answers or {}, facts or {})]


def test_a_branch_opens_by_answer_and_closes_again() -> None:
    assert ids(SCRIPT) == ["greet", "line", "close"]
    assert ids(SCRIPT, {"line": "yes"}) == ["greet", "line", "restart", "close"]
    assert ids(SCRIPT, {"line": "no"}) == ["greet", "line", "close"]


def test_an_answer_given_on_a_branch_that_closed_opens_nothing() -> None:
    deep = script(
        Step(id="a", title="", answers=("yes", "no")),
        Step(id="b", title="", answers=("yes",), when=(Condition(answer="a", values=("yes",)),)),
        Step(id="c", title="", when=(Condition(answer="b", values=("yes",)),)),
    )
    assert ids(deep, {"a": "yes", "b": "yes"}) == ["a", "b", "c"]
    assert ids(deep, {"a": "no", "b": "yes"}) == ["a"]


def test_all_conditions_must_hold_and_each_operator_means_what_it_says() -> None:
    def one(*when: Condition) -> Script:
        return script(Step(id="x", title="", when=when))

    gold = Condition(fact="segment", values=("gold", "vip"))
    not_gold = Condition(fact="segment", operator="is_not", values=("gold",))
    present = Condition(fact="debt", operator="present")
    absent = Condition(fact="debt", operator="absent")
    assert ids(one(gold), facts={"segment": "vip"}) == ["x"]
    assert ids(one(gold), facts={"segment": "none"}) == []
    assert ids(one(not_gold), facts={"segment": "gold"}) == []
    assert ids(one(present), facts={"debt": "12"}) == ["x"]
    assert ids(one(present)) == []
    assert ids(one(absent)) == ["x"]
    assert ids(one(gold, present), facts={"segment": "gold"}) == []


def test_facts_are_filled_in_once_and_a_gap_is_seen() -> None:
    assert fill("Hello {name}, {plan}", {"name": "{plan}", "plan": "x"}) == "Hello {plan}, x"
    assert fill("Hello { name }", {}) == "Hello ‹name›"
    assert fill("{name.__class__} {0} {}", {"name": "Noa"}) == "‹name.__class__› ‹0› {}"
    assert fill("100% {name!r:>9}", {"name": "Noa"}) == "100% ‹name!r:>9›"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_and_any_facts_can_be_filled(text: str, facts: dict[str, str]) -> None:
    assert isinstance(fill(text, facts), str)


def test_the_current_step_is_the_first_not_done() -> None:
    progress = ticked(answered(EMPTY, "line", "yes"), "greet")
    shown = shown_steps(SCRIPT, progress, {"name": "Noa"})
    assert [(step.id, step.standing) for step in shown] == [
        ("greet", StepStanding.DONE),
        ("line", StepStanding.DONE),
        ("restart", StepStanding.CURRENT),
        ("close", StepStanding.AHEAD),
    ]
    assert shown[0].text == "Thank you for calling, Noa."
    assert shown[1].answer == "yes"
    assert shown[3].text == "‹missing_fact›"


def test_a_tick_comes_off_and_so_does_an_answer() -> None:
    assert ticked(ticked(EMPTY, "a"), "a") == EMPTY
    once = answered(EMPTY, "a", "yes")
    assert (once.answers, once.done) == ({"a": "yes"}, ("a",))
    assert answered(once, "a", "no").answers == {"a": "no"}
    assert answered(once, "a", "yes").answers == {}


def test_ticks_stay_with_the_steps_that_still_exist() -> None:
    before = ScriptProgress(
        script="s", revision="0", done=("line", "gone"), answers={"line": "yes", "gone": "x"}
    )
    now = restored(SCRIPT, before)
    assert (now.script, now.revision) == (SCRIPT.id, "r1")
    assert (now.done, now.answers) == (("line",), {"line": "yes"})
    assert restored(SCRIPT, before.model_copy(update={"answers": {"line": "perhaps"}})).answers == {}
    assert restored(SCRIPT, None) == ScriptProgress(script=SCRIPT.id, revision="r1")
