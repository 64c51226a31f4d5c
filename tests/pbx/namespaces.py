"""A home behind an address translation, in network namespaces of the test's own. Needs root.

::

    home 192.168.77.2 ── 192.168.77.1 router 203.0.113.1 ── 203.0.113.10 centre

The router does what a home router does: it translates what goes out (masquerade), lets nothing in that no
one inside asked for, and forgets. The outer addresses are of the block for documentation (RFC 5737).
"""

from __future__ import annotations

import ctypes
import os
import secrets
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from tests.standing import Standing

CENTRE = "203.0.113.10"
OUTSIDE = "203.0.113.1"
HOME, HOME_LATER = "192.168.77.2", "192.168.77.3"
_ROUTER = "192.168.77.1"
_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
_RULES = """
table ip home {
  chain out { type nat hook postrouting priority 100; oifname "wan" masquerade; }
  chain in { type filter hook input priority 0; iifname "wan" ct state new drop; }
}
"""

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Namespace:
    """One network namespace, with a thread that lives in it."""

    def __init__(self, what: str) -> None:
        self.name = f"moked-{what}-{secrets.token_hex(4)}"
        _run("ip", "netns", "add", self.name)
        self._inside = ThreadPoolExecutor(1, thread_name_prefix=self.name, initializer=self.enter)
        self.run("ip", "link", "set", "lo", "up")

    def enter(self) -> None:
        """Take the calling thread into it for good (setns(2)), and with it what it starts and opens."""
        descriptor = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(descriptor)

    def call(self, act: Callable[Given, Made], *args: Given.args, **named: Given.kwargs) -> Made:
        """Do ``act`` in it."""
        return self._inside.submit(act, *args, **named).result(60)

    def run(self, *command: str, given: str | None = None) -> None:
        """Run a program in it. Raises ``CalledProcessError``."""
        self.call(_run, *command, given=given)

    def close(self) -> None:
        """Take it away. Its processes must have ended."""
        self._inside.shutdown()
        _run("ip", "netns", "delete", self.name)


class HomeNetwork(Standing):
    """Home, router and centre. A context manager that leaves nothing behind."""

    def __init__(self) -> None:
        self._all: list[Namespace] = []

    def start(self) -> None:
        """Make the three, and lay the cables."""
        self.home, self.router, self.centre = (self._add(what) for what in ("home", "router", "centre"))
        self._connect(self.home, HOME, "lan", _ROUTER)
        self._connect(self.centre, CENTRE, "wan", OUTSIDE)
        self.home.run("ip", "route", "add", "default", "via", _ROUTER)
        self.router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.router.run("nft", "-f", "-", given=_RULES)

    def _add(self, what: str) -> Namespace:
        made = Namespace(what)
        self._all.append(made)
        return made

    def _connect(self, one: Namespace, address: str, side: str, at: str) -> None:
        """Lay a cable from ``eth`` of one namespace to a side of the router."""
        one.run("ip", "link", "add", "eth", "type", "veth", "peer", "name", side, "netns", self.router.name)
        for namespace, name, its in ((one, "eth", address), (self.router, side, at)):
            namespace.run("ip", "address", "add", f"{its}/24", "dev", name)
            namespace.run("ip", "link", "set", name, "up")

    def forget(self) -> None:
        """The router is switched off and on: every binding is gone."""
        self.router.run("conntrack", "-F")

    def move_home(self) -> None:
        """The machine at home gets another address, as in another network."""
        self.home.run("ip", "address", "add", f"{HOME_LATER}/24", "dev", "eth")
        self.home.run("ip", "address", "delete", f"{HOME}/24", "dev", "eth")
        # deleting the first address of a network takes the others of it along
        self.home.run("ip", "address", "replace", f"{HOME_LATER}/24", "dev", "eth")
        self.home.run("ip", "route", "replace", "default", "via", _ROUTER)

    def close(self) -> None:
        """Take everything away. Safe to call twice."""
        while self._all:
            self._all.pop().close()


def _run(*command: str, given: str | None = None) -> None:
    subprocess.run(command, input=given, text=True, check=True, capture_output=True, timeout=30)
