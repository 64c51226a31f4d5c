"""Who is served before whom, by calls: the hub is asked before the queue, its answer orders the callers."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.eventually import eventually
from tests.pbx.centre import EXPRESS, EXPRESS_NUMBER, SALES, SALES_NUMBER, free_port
from tests.pbx.certificates import CertificateFiles, make_certificates
from tests.pbx.console import Console, Customer
from tests.pbx.parties import WITHIN
from tests.pbx.rig import Asterisk
from tests.pbx.routed import GOLD, SECRET, STANDARD, Routed, routed

pytestmark = pytest.mark.pbx

LONG, SHORT = 3600, 1
"""Head starts that no regular caller of a test outwaits, and one that they do."""


@pytest.fixture
def long(asterisk: Asterisk, surroundings: Path) -> Iterator[Routed]:
    with routed(asterisk, surroundings, LONG) as made:
        yield made


@pytest.fixture
def short(asterisk: Asterisk, surroundings: Path) -> Iterator[Routed]:
    with routed(asterisk, surroundings, SHORT) as made:
        yield made


def waiting(console: Console) -> list[tuple[str, int]]:
    """Who waits for sales, in the order in which Asterisk serves them, and for how many seconds."""
    rows = console.act("QueueStatus", Queue=SALES)
    entries = [row for row in rows if row.get("Event") == "QueueEntry"]
    entries.sort(key=lambda row: int(row["Position"]))
    return [(row["Uniqueid"], int(row["Wait"])) for row in entries]


def order(console: Console) -> list[str]:
    return [contact for contact, _ in waiting(console)]


def call(console: Console, number: str) -> Customer:
    """A customer who waits in the queue."""
    customer = console.customer(SALES, number=number)
    eventually(lambda: customer.contact in order(console), "the caller waits")
    return customer


def segment(console: Console, customer: Customer) -> str:
    return console.variable(customer.contact, "MOKED_SEGMENT")


def test_the_segment_on_the_card_decides_who_is_first(long: Routed, console: Console) -> None:
    regular, unknown, withheld = (call(console, number) for number in (STANDARD, "0525559999", "anonymous"))
    premium = call(console, GOLD)
    assert order(console) == [premium.contact, regular.contact, unknown.contact, withheld.contact]
    assert segment(console, premium) == "premium"
    assert [segment(console, one) for one in (regular, unknown, withheld)] == ["", "", ""]


def test_who_is_first_rings_first_and_their_card_shows_the_segment(long: Routed, console: Console) -> None:
    regular, premium = call(console, STANDARD), call(console, GOLD)
    with long.centre.desk("1101") as desk:
        desk.terminal.wait_for("● Registered", "F9", within=40)
        desk.terminal.press("f9")
        desk.terminal.wait_for("RINGING", "Ruth Ben-Ami", " gold ")
        premium.hang_up()
        desk.terminal.wait_for("RINGING", "Amelia Stone", " standard ")
        regular.hang_up()


def test_of_one_segment_the_first_is_first(long: Routed, console: Console) -> None:
    first, second = call(console, GOLD), call(console, GOLD)
    assert order(console) == [first.contact, second.contact]


def test_a_regular_caller_who_waited_long_enough_is_before_a_premium_one_who_comes_now(
    short: Routed, console: Console
) -> None:
    regular = call(console, STANDARD)
    eventually(lambda: waiting(console)[0][1] > SHORT + 1, "a wait longer than the head start")
    premium = call(console, GOLD)
    assert segment(console, premium) == "premium"
    assert order(console) == [regular.contact, premium.contact]


@pytest.mark.parametrize(
    "answer", [None, b"", b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nerror:99999:other"]
)
def test_a_hub_that_is_slow_or_no_hub_costs_the_place_and_not_the_call(
    long: Routed, console: Console, answer: bytes | None
) -> None:
    """None: it takes the connection and says nothing."""
    regular = call(console, STANDARD)
    with socket.create_server(("127.0.0.1", 0)) as server:
        long.ask(port=server.getsockname()[1])
        premium = console.customer(SALES, number=GOLD)
        line, _ = server.accept()
        if answer is not None:
            line.recv(4096)
            line.sendall(answer)
            line.close()
        eventually(lambda: premium.contact in order(console), "the caller waits")
        line.close()
    assert order(console) == [regular.contact, premium.contact]
    assert segment(console, premium) == ""


def test_a_hub_that_is_down_or_refuses_costs_the_place_and_not_the_call(
    long: Routed, console: Console
) -> None:
    first = call(console, STANDARD)
    long.ask(port=free_port())
    second = call(console, GOLD)
    long.ask(secret="another-secret-altogether")
    third = call(console, GOLD)
    assert order(console) == [first.contact, second.contact, third.contact]
    log = long.asterisk.log()
    assert "Could not connect to server" in log
    assert "401" in log.rpartition("func_curl.c:")[2]


@contextmanager
def tls_hub(certificates: CertificateFiles) -> Iterator[int]:
    """Answers one caller as premium, by https; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain, certificates.key)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nrouted:3600:premium"

    def serve(server: socket.socket) -> None:
        line, _ = server.accept()
        with line, suppress(OSError), context.wrap_socket(line, server_side=True) as safe:
            safe.recv(4096)
            safe.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        thread.join(WITHIN)


@pytest.mark.parametrize(("trusted", "name"), [(True, "premium"), (False, "")])
def test_only_a_hub_that_proves_itself_is_believed(
    long: Routed, console: Console, trusted: bool, name: str
) -> None:
    asterisk = long.asterisk
    other = asterisk.directory / "var/other"
    other.mkdir(exist_ok=True)
    authority = asterisk.certificates.ca if trusted else make_certificates(other).ca
    regular = call(console, STANDARD)
    with tls_hub(asterisk.certificates) as port:
        long.render(hub=f"https://localhost:{port}", authority=asterisk.root.inside(authority))
        premium = call(console, GOLD)
    assert segment(console, premium) == name
    expected = [premium.contact, regular.contact] if trusted else [regular.contact, premium.contact]
    assert order(console) == expected


def asked(server: socket.socket) -> tuple[str, str]:
    """Head and body of the next question, which is left without an answer."""
    line, _ = server.accept()
    got = b""
    while not got.partition(b"\r\n\r\n")[2]:
        got += line.recv(4096)
    line.close()
    head, _, body = got.decode().partition("\r\n\r\n")
    return head, body


def test_a_caller_who_comes_to_another_queue_is_asked_about_anew(long: Routed, console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        long.ask(port=server.getsockname()[1])
        customer = console.dialled("test-from-outside", SALES_NUMBER, f"<{GOLD}>", 0)
        asked(server)
        eventually(lambda: customer.contact in order(console), "the caller waits")
        channel = console.channel(customer.contact)
        console.act("Redirect", Channel=channel, Context="queues", Exten=EXPRESS_NUMBER, Priority=1)
        head, body = asked(server)
    assert body == f"contact={customer.contact}&queue={EXPRESS}&number={GOLD}"
    assert head.count("Authorization:") == 1


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+972505550121", "%2B972505550121"),
        ("0505550121&queue=x", "0505550121"),
        ("0505550121,${EPOCH}", "0505550121"),
        ("0505550121%26queue=x", "050555012126"),
    ],
)
def test_nothing_of_a_callers_number_acts_in_what_the_hub_is_asked(
    long: Routed, console: Console, number: str, told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        long.ask(port=server.getsockname()[1])
        customer = console.dialled("test-from-outside", SALES_NUMBER, f"<{number}>", 0)
        head, body = asked(server)
        eventually(lambda: customer.contact in order(console), "the caller waits")
    assert f"Authorization: Bearer {SECRET}" in head
    assert body == f"contact={customer.contact}&queue={SALES}&number={told}"
