"""The desk's phone: one account over whichever attachment holds."""

from __future__ import annotations

import pytest

from agent_tui.adapters.phone import Phone
from sip.account import Account
from sip.errors import PhoneError, PhoneGone, RegistrationRefused, Unsupported
from tests.stubs.phone import StubPhone

ACCOUNT = Account("1001", "pbx.example.com", "s1p")


class StubAttachment(StubPhone):
    """A phone in memory that takes an account."""

    def __init__(self, refuses: PhoneError | None = None) -> None:
        super().__init__()
        self.registered: list[Account] = []
        self.closed = 0
        self._refuses = refuses

    async def register(self, account: Account) -> None:
        self.registered.append(account)
        if self._refuses is not None:
            raise self._refuses

    async def close(self) -> None:
        self.closed += 1


class Attachments:
    """Gives one attachment after the other."""

    def __init__(self, *attachments: StubAttachment) -> None:
        self._left = list(attachments)

    async def __call__(self) -> StubAttachment:
        if not self._left:
            raise PhoneGone("no phone")
        return self._left.pop(0)


async def test_each_attachment_registers_the_account_and_the_one_before_is_left() -> None:
    first, second = StubAttachment(), StubAttachment()
    phone = Phone(ACCOUNT, Attachments(first, second))
    await phone.attach()
    await phone.calls.dial("1002")
    await phone.attach()
    await phone.calls.dial("1003")
    assert (first.registered, second.registered) == ([ACCOUNT], [ACCOUNT])
    assert (first.asked, second.asked) == ([("dial", "1002")], [("dial", "1003")])
    assert (first.closed, second.closed) == (1, 0)
    await phone.detach()
    await phone.detach()
    assert second.closed == 1


async def test_a_refused_account_is_told_by_an_event_and_no_reason_to_start_anew() -> None:
    attachment = StubAttachment(RegistrationRefused("wrong password"))
    await Phone(ACCOUNT, Attachments(attachment)).attach()
    assert attachment.closed == 0


async def test_an_account_the_engine_cannot_serve_is_an_error() -> None:
    with pytest.raises(Unsupported, match="TLS needs a name"):
        await Phone(ACCOUNT, Attachments(StubAttachment(Unsupported("TLS needs a name")))).attach()


async def test_without_an_attachment_there_is_no_phone() -> None:
    phone = Phone(ACCOUNT, Attachments())
    with pytest.raises(PhoneGone):
        await phone.calls.dial("1002")
    with pytest.raises(PhoneGone):
        await phone.sound.use("Laptop")
    with pytest.raises(PhoneGone):
        await phone.attach()
    with pytest.raises(PhoneGone):
        phone.events()
