"""The loopback place: phone and desk prove to each other whose they are, and strangers learn nothing."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from sip.client import attach
from sip.errors import PhoneGone
from sip.place import LoopbackPlace, Stranger
from sip.service import PhoneService
from tests.e2e.eventually import eventually_async
from tests.stubs.engine import StubEngine

_WITHIN = 10.0


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[LoopbackPlace]:
    """Where a phone serves."""
    made = LoopbackPlace(tmp_path / "phone.port")
    stop, ready = asyncio.Event(), asyncio.Event()
    phone = asyncio.create_task(PhoneService(StubEngine(), made, linger=60.0).run(stop, ready.set))
    async with asyncio.timeout(_WITHIN):
        await ready.wait()
    yield made
    stop.set()
    await phone


def _told(place: LoopbackPlace) -> dict[str, str | int]:
    told: dict[str, str | int] = json.loads(place.path.read_text())
    return told


async def _cut_off(place: LoopbackPlace, answer: bytes) -> bytes:
    """What the phone says to one who answers its nonce with ``answer``, until it cuts the line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(_told(place)["port"]))
    heard = b""
    async with asyncio.timeout(_WITHIN):
        nonce = await reader.readline()
        writer.write(answer.replace(b"NONCE", nonce.strip()))
        with suppress(ConnectionResetError):
            heard = await reader.read()
    writer.close()
    return heard


def test_each_phone_has_a_token_of_256_bits_in_a_file_of_its_own(tmp_path: Path) -> None:
    place = LoopbackPlace(tmp_path / "phone.port")
    tokens = set()
    for _ in range(2):
        with place.listening() as listener:
            told = _told(place)
            assert told["port"] == listener.getsockname()[1]
            assert listener.getsockname()[0] == "127.0.0.1"
            assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
            assert len(bytes.fromhex(str(told["token"]))) == 32
            tokens.add(told["token"])
        assert list(tmp_path.iterdir()) == []
    assert len(tokens) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"00" * 32 + b" " + b"00" * 32 + b"\n",
        b"NONCE NONCE\n",
        b"NONCE\n",
        b'{"id": 1, "command": "attach", "args": {}}\n',
        b"\xff\xfe\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"x" * 300_000,
    ],
)
async def test_who_does_not_prove_to_know_the_token_is_cut_off(place: LoopbackPlace, answer: bytes) -> None:
    desk = await attach(place)
    assert await _cut_off(place, answer) == b""
    assert await desk.calls.dial("1002") == "c1", "the desk is not disturbed"
    await desk.close()


async def test_a_desk_with_the_token_of_an_earlier_phone_is_cut_off(
    place: LoopbackPlace, tmp_path: Path
) -> None:
    told = _told(place)
    other = LoopbackPlace(tmp_path / "old.port")
    other.path.write_text(json.dumps({**told, "token": "ab" * 32}))
    with pytest.raises(PhoneGone):
        await attach(other)


@asynccontextmanager
async def _stranger(answers: list[bytes], heard: list[bytes]) -> AsyncIterator[int]:
    """Somebody else, who listens where a phone was; yields the port."""

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            writer.write(answer)
            heard.append(await reader.readline())
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(came, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_stranger_who_listens_where_a_phone_was_gets_no_token_and_no_command(tmp_path: Path) -> None:
    place, token, heard = LoopbackPlace(tmp_path / "phone.port"), "cd" * 32, list[bytes]()
    async with _stranger([b"00" * 32 + b"\n", b"11" * 32 + b"\n"], heard) as port:
        place.path.write_text(json.dumps({"port": port, "token": token}))
        with pytest.raises(PhoneGone):
            await attach(place)

        async def all_heard() -> bool:
            return len(heard) == 3

        await eventually_async(all_heard, "the desk leaves")
    assert token.encode() not in b"".join(heard)
    assert heard[1:] == [b"", b""], "no word after a proof that was none"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"port": "x", "token": "00"}', '{"port": 1, "token": 5}'])
async def test_a_file_that_tells_nothing_is_no_phone(tmp_path: Path, text: str) -> None:
    place = LoopbackPlace(tmp_path / "phone.port")
    with pytest.raises(PhoneGone):
        await attach(place)
    place.path.write_text(text)
    with pytest.raises(PhoneGone):
        await attach(place)


class _From:
    """A writer that tells who is at its other end, and nothing else."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return self._address, 40_000


async def test_who_comes_from_another_machine_is_sent_away_unheard(tmp_path: Path) -> None:
    reader = asyncio.StreamReader()
    writer: asyncio.StreamWriter = _From("192.0.2.1")  # type: ignore[assignment] # all that is asked of it
    with pytest.raises(Stranger, match="another machine"):
        await LoopbackPlace(tmp_path / "phone.port").admit(reader, writer)


async def test_they_who_prove_nothing_are_not_many_and_keep_no_desk_out_for_long(
    place: LoopbackPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sip.place._PROOF_WITHIN", 0.5)
    port = int(_told(place)["port"])
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
    async with asyncio.timeout(_WITHIN):
        heard = [await _line(reader) for reader, _ in idle]
        assert sum(bool(line) for line in heard) == 16, "the others are dropped"
        for reader, _ in idle:
            await _line(reader)
    desk = await attach(place)
    await desk.close()
    for _, writer in idle:
        writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ConnectionResetError:
        return b""
