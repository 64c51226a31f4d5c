"""A centre as its exchange sees it: the centre's file, and the secrets that no such file holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from centre.callbacks import Callbacks
from centre.entries import Entry
from centre.exchange import AccountsDatabase, Exchange, Ports
from centre.listening import Listening
from centre.model import Queue
from centre.routing import Routing


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent's SIP account. ``encrypted`` refuses a call whose voice is not SRTP (RFC 3711).

    Its keys are told in the SDP (RFC 4568), or with ``dtls`` agreed between the two ends (RFC 5763).
    ``password`` None: the account is no file's, the hub writes it into ``Centre.accounts`` for each device.
    ``personal_number`` reaches them, then the first of their ``queues``. ``listens``: their phone may be
    rung to hear other agents' talks.
    """

    extension: str
    name: str
    password: str | None = field(repr=False)
    encrypted: bool = True
    dtls: bool = False
    queues: tuple[str, ...] = ()
    personal_number: str | None = None
    listens: bool = False


@dataclass(frozen=True, slots=True)
class Centre:
    """What the templates are filled from.

    ``outside_numbers`` is all that agents may dial or transfer to on the telephone network. The telephone
    network's side proves itself by ``trunk_password``, the hub by ``ami_secret``, Asterisk at
    ``accounts_database`` by ``accounts_password``, and at the hub by ``routing_secret``.
    """

    agents: tuple[Agent, ...]
    queues: tuple[Queue, ...]
    exchange: Exchange
    trunk_password: str = field(repr=False)
    ami_secret: str = field(repr=False)
    outside_numbers: tuple[str, ...] = ()
    accounts_password: str = field(default="", repr=False)
    entries: tuple[Entry, ...] = ()
    time_zone: str = "UTC"
    routing: Routing | None = None
    routing_secret: str = field(default="", repr=False)
    callbacks: Callbacks | None = None
    listening: Listening | None = None

    @property
    def asked_first(self) -> dict[str, tuple[str, ...]]:
        """By queue the extensions of the agents whom a caller may be brought to before the whole team."""
        asks = {queue.name for queue in self.queues if queue.first != "none"}
        found = {
            queue.name: tuple(
                agent.extension
                for agent in self.agents
                if (queue.name in asks and queue.name in agent.queues)
                or (agent.personal_number and queue.name == agent.queues[0])
            )
            for queue in self.queues
        }
        return {name: extensions for name, extensions in found.items() if extensions}

    @property
    def ports(self) -> Ports:
        """Where the exchange listens."""
        return self.exchange.ports

    @property
    def accounts(self) -> Path | None:
        """The file of enrolled devices' accounts, where the centre has such."""
        return self.exchange.phones.accounts if self.exchange.phones else None

    @property
    def accounts_database(self) -> AccountsDatabase | None:
        """The database of enrolled devices' accounts, where the centre has them in one."""
        return self.exchange.phones.postgres if self.exchange.phones else None

    @property
    def tables_in(self) -> str:
        """Where Asterisk finds the accounts' tables (extconfig.conf): driver and database, "" for nowhere."""
        if self.accounts_database is not None:
            return f"pgsql,{self.accounts_database.database}"
        return "sqlite3,accounts" if self.accounts is not None else ""

    def passwords(self) -> Iterator[str]:
        """Every secret of the centre, for those who must keep it out of sight."""
        yield from (agent.password for agent in self.agents if agent.password is not None)
        yield self.trunk_password
        yield self.ami_secret
        yield from filter(None, (self.accounts_password, self.routing_secret))
