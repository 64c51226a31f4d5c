"""A menu that asks for a number, by calls: whose it is, what is said, and that nothing typed acts."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from centre.entries import Choice, Entry, Identify
from tests.e2e.eventually import eventually
from tests.pbx.centre import EXPRESS, SALES, SUPPORT, free_port
from tests.pbx.console import Console, Customer, Step
from tests.pbx.rig import Asterisk
from tests.pbx.routed import Routed, routed

pytestmark = pytest.mark.pbx

NUMBER = "820"
STRANGER = "0525559999"
CHOICES = (
    Choice(digit="1", identify=Identify(tell="order", queue=SALES), titles={"en": "My order"}),
    Choice(digit="2", identify=Identify(tell="balance", queue=SALES)),
    Choice(digit="3", identify=Identify(digits=4, tries=1)),
    Choice(digit="4", queue=SUPPORT),
)
PLEASE = "number-please"
MATTER = ["matter", *(f"number-{digit}" for digit in "48190"), "status-shipped"]


@pytest.fixture
def placed(asterisk: Asterisk, surroundings: Path) -> Iterator[Routed]:
    entry = Entry(number=NUMBER, queue=EXPRESS, languages=("en",), choices=CHOICES)
    with routed(asterisk, surroundings, 3600, (entry,)) as made:
        yield made


class Call:
    """A customer in the menu, and what the dialplan does with them."""

    def __init__(self, console: Console, steps: Iterator[Step], number: str) -> None:
        self.console = console
        self.customer: Customer = console.dialled("test-from-outside", NUMBER, f"<{number}>", 0)
        self._steps = (step for step in steps if step.unique == self.customer.contact)
        self.played: list[str] = []
        self.steps: list[Step] = []

    def until(self, application: str) -> str:
        """Go on until it begins; what it is given."""
        for step in self._steps:
            self.steps.append(step)
            if step.application in ("Playback", "Read"):
                self.played.append(
                    next(part for part in step.data.split(",") if "/" in part).rpartition("/")[2]
                )
            if step.application == application:
                return step.data
        raise AssertionError("the line to Asterisk ended")

    def choose(self, digit: str) -> None:
        """A key of the menu."""
        self.until("BackGround")
        self.customer.types(digit)

    def types(self, keys: str) -> None:
        """Keys once the number is asked for."""
        self.until("Read")
        self.customer.types(keys)

    def queue(self) -> str:
        """The queue that it leads to."""
        return self.until("Queue").partition(",")[0]

    @property
    def segment(self) -> str:
        return self.console.variable(self.customer.contact, "MOKED_SEGMENT")


@pytest.fixture
def calls(placed: Routed, console: Console) -> Iterator[Callable[[str], Call]]:
    """Customers in the menu; afterwards no prompt was missing."""
    with console.steps() as steps:
        yield lambda number: Call(console, steps, number)
    assert "does not exist in any format" not in placed.asterisk.log()


def test_who_types_their_matter_hears_its_status_and_is_placed_as_who_they_are(
    calls: Callable[[str], Call],
) -> None:
    """From a number that is nobody's; the customer of the matter is gold."""
    call = calls(STRANGER)
    call.choose("1")
    call.types("48190#")
    assert call.queue() == SALES
    assert call.played == [PLEASE, *MATTER]
    assert call.segment == "premium"


def test_the_agents_card_is_of_who_was_identified(placed: Routed, calls: Callable[[str], Call]) -> None:
    call = calls("0505550123")
    call.choose("1")
    call.types("2012#")
    assert call.queue() == SALES
    with placed.centre.desk("1101") as desk:
        desk.terminal.wait_for("● Registered", "F9", within=40)
        desk.terminal.press("f9")
        desk.terminal.wait_for("RINGING", "Ruth Ben-Ami", " gold ", "My order", "2012 · identified")
        call.customer.hang_up()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0505550102", "balance number-1 hundred number-40 number-8 shekels number-90 agorot"),
        (STRANGER, "balance-agent"),
    ],
)
def test_a_balance_is_heard_from_a_number_of_ones_own_alone(
    calls: Callable[[str], Call], number: str, said: str
) -> None:
    call = calls(number)
    call.choose("2")
    call.types("1002#")
    assert call.queue() == SALES
    assert call.played == [PLEASE, *said.split()]


def test_a_wrong_number_is_asked_for_again_and_then_goes_on(calls: Callable[[str], Call]) -> None:
    call = calls(STRANGER)
    call.choose("1")
    call.types("77777#")
    call.types("#")
    assert call.queue() == SALES
    assert call.played == [PLEASE, "number-unknown"] * 2
    assert call.segment == ""


def test_no_more_digits_are_taken_than_the_file_says_and_without_a_queue_the_menu_goes_on(
    calls: Callable[[str], Call],
) -> None:
    call = calls(STRANGER)
    call.choose("3")
    call.types("1003")
    call.choose("4")
    assert call.queue() == SUPPORT
    assert call.played == [PLEASE]
    assert call.segment == "premium"


@contextmanager
def _hub_that_answers(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A port at which each question gets ``answer``, and the questions."""
    asked: list[bytes] = []

    def serve(server: socket.socket) -> None:
        for _ in itertools.count():
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                got = b""
                while not got.partition(b"\r\n\r\n")[2]:
                    got += line.recv(4096)
                asked.append(got.partition(b"\r\n\r\n")[2])
                line.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def _http(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


def test_what_is_typed_is_asked_of_the_hub_alone_and_is_no_part_of_a_target(
    placed: Routed, calls: Callable[[str], Call]
) -> None:
    with _hub_that_answers(_http("away")) as (port, asked):
        placed.ask(port=port)
        call = calls(STRANGER)
        call.choose("1")
        call.types("58*3A#")
        assert call.queue() == SALES
    assert asked[0] == (
        f"contact={call.customer.contact}&typed=583&number={STRANGER}&tell=order&language=en".encode()
    )
    acts = ("Goto", "Gosub", "GotoIf", "Queue", "Dial", "Playback", "Originate", "BackGround")
    assert [step for step in call.steps if step.application in acts and "583" in step.data] == []


@pytest.mark.parametrize(
    ("answer", "played"),
    [
        ("known:../../menu:&menu:${menu}:matter-none", ["menu", "menu", "menu", "matter-none"]),
        ("away", []),
        ("", []),
        ("KNOWN:menu", []),
    ],
)
def test_an_answer_says_prompts_and_nothing_else(
    placed: Routed, console: Console, calls: Callable[[str], Call], answer: str, played: list[str]
) -> None:
    with _hub_that_answers(_http(answer)) as (port, _):
        placed.ask(port=port)
        call = calls(STRANGER)
        call.choose("1")
        call.types("1003#")
        assert call.queue() == SALES
    said = [step.data for step in call.steps if step.application == "Playback"]
    assert [
        data.removeprefix(f"{placed.asterisk.centre.exchange.directories.etc}/sounds/moked/") for data in said
    ] == played


def test_a_hub_that_is_away_costs_no_call(placed: Routed, calls: Callable[[str], Call]) -> None:
    placed.ask(port=free_port())
    call = calls(STRANGER)
    call.choose("1")
    call.types("1003#")
    assert call.queue() == SALES
    assert call.played == [PLEASE]
    eventually(lambda: call.customer.where.endswith(" Queue"), "the caller waits")


def test_a_hub_that_says_nothing_costs_a_second_and_no_call(
    placed: Routed, calls: Callable[[str], Call]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        placed.ask(port=server.getsockname()[1])
        call = calls(STRANGER)
        call.choose("1")
        call.types("1003#")
        assert call.queue() == SALES
    assert call.played == [PLEASE]
