"""A secret is read beside the desk, once; a keyring that waits for its user holds nobody up."""

from __future__ import annotations

import asyncio

import keyring
import pytest
from keyring.backends import fail

from agent_tui.adapters import secrets
from agent_tui.adapters.own_secret import OwnSecret
from agent_tui.adapters.secrets import SecretsError
from tests.conftest import MemoryKeyring
from tests.stubs.keyrings import LockedKeyring

PASSWORD = secrets.sip_password("1001", "pbx.example.com")


class _Odd(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionResetError(service, username)


def nobody_misses(error: SecretsError) -> None:
    raise AssertionError(error)


async def test_who_does_not_wait_any_more_leaves_the_keyrings_question_to_the_next() -> None:
    locked = LockedKeyring()
    keyring.set_keyring(locked)
    secrets.keep(PASSWORD, "s1p")
    own = OwnSecret(PASSWORD, nobody_misses)
    first = asyncio.create_task(own.value())
    await asyncio.to_thread(locked.waits.wait, 10)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(own.value())
    locked.unlocked.set()
    assert await second == "s1p"
    assert await own.value() == "s1p"
    assert locked.asked == 1


async def test_a_locked_keyring_asks_for_one_secret_at_a_time() -> None:
    locked = LockedKeyring()
    keyring.set_keyring(locked)
    token = secrets.hub_token("https://hub.example.com")
    secrets.keep(PASSWORD, "s1p")
    secrets.keep(token, "t0ken")
    both = asyncio.gather(OwnSecret(PASSWORD, nobody_misses).value(), OwnSecret(token, nobody_misses).value())
    await asyncio.to_thread(locked.waits.wait, 10)
    assert locked.asked == 1
    locked.unlocked.set()
    assert tuple(await both) == ("s1p", "t0ken")


async def test_what_is_missing_is_told_and_nobody_goes_on_without() -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's own, without hints
    missed: asyncio.Future[SecretsError] = asyncio.get_running_loop().create_future()
    asks = asyncio.create_task(OwnSecret(PASSWORD, missed.set_result).value())
    assert "MOKED_SIP_PASSWORD" in str(await missed)
    assert not asks.done()
    asks.cancel()


async def test_a_fault_of_the_keyring_reaches_who_asked() -> None:
    keyring.set_keyring(_Odd())
    with pytest.raises(ConnectionResetError):
        await OwnSecret(PASSWORD, nobody_misses).value()
