"""Promising a callback and taking it back: once, told by the hub, refused in its words."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.session.agenda import agenda
from hub import contract as c
from tests.commands.desk import Desk

ASKED = c.CallbackRequest(queue="support", numbers=("+972505550101",), name="Noa", minutes=20, words="price")


async def promised(desk: Desk, key: str = "key-1", asked: c.CallbackRequest = ASKED) -> None:
    desk.press(do.PromiseCallback(asked, key))
    await desk.until(
        lambda state: state.promise is not None and state.promise.key == key and state.promise.made
    )


async def refused(desk: Desk, key: str) -> str:
    def told(words: str) -> bool:
        return bool(words)

    state = await desk.until(
        lambda state: (
            state.promise is not None and state.promise.key == key and told(str(state.promise.words))
        )
    )
    assert state.promise is not None
    assert str(state.promise.words) in desk.notice("callback")
    return str(state.promise.words)


async def test_a_callback_is_promised_and_stands_in_the_agenda(desk: Desk) -> None:
    await promised(desk)
    state = await desk.until(lambda state: bool(state.callbacks))
    (one,) = agenda(state)
    assert (one.name, one.numbers, one.words) == ("Noa", ("+972505550101",), "price")
    assert "Noa" in desk.notice("callback")


async def test_one_that_stands_already_is_refused_in_the_hubs_words(desk: Desk) -> None:
    await promised(desk)
    desk.press(do.PromiseCallback(ASKED, "key-2"))
    assert "already" in await refused(desk, "key-2")


async def test_an_answer_that_was_lost_makes_no_second_one(desk: Desk) -> None:
    desk.hub.goes_down()
    desk.press(do.PromiseCallback(ASKED, "key-1"))
    assert "made once" in await refused(desk, "key-1")
    desk.hub.comes_back()
    await promised(desk)
    await promised(desk)
    assert len(desk.hub.callbacks.open) == 1


async def test_the_same_press_twice_is_one_request(desk: Desk) -> None:
    desk.hub.stalls()
    for _ in range(2):
        desk.press(do.PromiseCallback(ASKED, "key-1"))
    desk.hub.flows()
    await promised(desk)
    assert desk.hub.callbacks.asked == [ASKED]


async def test_one_is_taken_back_from_the_agenda(desk: Desk) -> None:
    await promised(desk)
    state = await desk.until(lambda state: bool(state.callbacks))
    desk.press(do.CancelCallback(state.callbacks[0].id))
    await desk.until(lambda state: not state.callbacks)
    assert not desk.hub.callbacks.open


async def test_one_that_is_being_dialled_stays_and_it_is_said_why(desk: Desk) -> None:
    await promised(desk)
    state = await desk.until(lambda state: bool(state.callbacks))
    desk.hub.callbacks.becomes(state.callbacks[0], state="dialling")
    await desk.until(lambda state: state.callbacks[0].state == "dialling")
    desk.press(do.CancelCallback(state.callbacks[0].id))
    await desk.until(lambda _state: bool(desk.notice()))
    assert "being called just now" in desk.notice()
    assert len(desk.state.callbacks) == 1


async def test_a_centre_that_calls_nobody_back_is_not_asked(desk: Desk) -> None:
    desk.hub.tell(c.MeEvent(me=desk.hub.me.model_copy(update={"calls_back": False})))
    await desk.until(lambda state: state.me is not None and not state.me.calls_back)
    desk.press(do.PromiseCallback(ASKED, "key-1"))
    assert "calls nobody back" in desk.notice()
    desk.press(do.CancelCallback("none"))
    assert "no callback to take back" in desk.notice()
    assert desk.hub.callbacks.asked == []
