"""A CRM in memory that knows nobody: what a test does not care about of ``hub.ports.crm``."""

from __future__ import annotations

from hub.contract import Card
from hub.ports.crm import CrmRefused, LoggedContact, NewCustomer, NoSuchCustomer, Note, Task


class EmptyCrm:
    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        return ()

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        return ()

    async def search(self, name: str) -> tuple[Card, ...]:
        return ()

    async def card(self, customer: str) -> Card | None:
        return None

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        raise NoSuchCustomer("nobody")

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        raise NoSuchCustomer("nobody")

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        raise NoSuchCustomer("nobody")

    @property
    def takes_notes(self) -> bool:
        return True

    @property
    def takes_tasks(self) -> bool:
        return True

    @property
    def creates(self) -> bool:
        return False

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        raise CrmRefused("nobody is made")

    async def created(self, key: str) -> str | None:
        return None

    async def healthy(self) -> bool:
        return True

    async def close(self) -> None:
        pass
