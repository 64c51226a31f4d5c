"""The sockets of this process, found among its descriptors: all of them, or those that came since."""

from __future__ import annotations

import os
import socket

from sip.engines.baresip.sockets import Seen, fresh, own


def bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


def names(*sockets: socket.socket) -> set[object]:
    return {found.getsockname() for found in sockets}


def found_by(seen: Seen) -> set[object]:
    return {found.getsockname() for found in fresh(seen)}


def test_all_are_found_each_time_by_who_remembers_none() -> None:
    with bound() as one, bound() as other:
        for _ in range(2):
            assert names(one, other) <= {found.getsockname() for found in own()}


def test_only_those_that_came_since_are_found_by_who_remembers() -> None:
    seen: Seen = set()
    with bound() as one:
        assert names(one) <= found_by(seen)
        with bound() as other:
            assert found_by(seen) == names(other)
        assert found_by(seen) == set()


def test_another_that_took_the_descriptor_of_one_that_was_seen_is_found() -> None:
    seen: Seen = set()
    with bound() as one, bound() as other:
        assert names(one, other) <= found_by(seen)
        os.dup2(other.fileno(), one.fileno())
        assert found_by(seen) == names(other)
