"""Datagrams that are too long for a voice never reach the stack: its decoder of G.722 would die of them."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from sip.engines.baresip.sockets import Seen, fresh

CAN_REFUSE = sys.platform == "linux"
"""Whether the kernel keeps them away. Elsewhere G.722 is offered where the voice is encrypted alone."""

_LONGEST = 1_500
"""Bytes of a datagram: what an Ethernet frame carries, many times what a codec sends in one."""
_UDP_HEADER = 8
_SO_ATTACH_FILTER = 26
"""``asm-generic/socket.h``: Python has no name for it."""
_LOAD_LENGTH, _JUMP_IF_GREATER, _RETURN = 0x80, 0x25, 0x06
"""Of the kernel's packet filter (``Documentation/networking/filter.rst``)."""
_INSTRUCTION = struct.Struct("=HBBI")
_PROGRAM = b"".join(
    _INSTRUCTION.pack(*line)
    for line in (
        (_LOAD_LENGTH, 0, 0, 0),
        (_JUMP_IF_GREATER, 1, 0, _LONGEST + _UDP_HEADER),
        (_RETURN, 0, 0, 0xFFFF),
        (_RETURN, 0, 0, 0),
    )
)
_refusing: Final[Seen] = set()
"""Sockets that are done: a hundred calls have two hundred, and each new call asks."""


def refuse_overlong() -> None:
    """Have the kernel drop overlong datagrams at every socket of a call that does not do so yet.

    Baresip reads datagrams of up to 8 kB and decodes G.722, two samples a byte, into a buffer that holds
    fewer (measured: the process dies), and anybody may send to the port of a call. Encrypted voice is safe
    by itself: a stranger's datagram fails its check first.
    """
    if not CAN_REFUSE:
        return
    program = ctypes.create_string_buffer(_PROGRAM, len(_PROGRAM))
    wanted = struct.pack("HP", len(_PROGRAM) // _INSTRUCTION.size, ctypes.addressof(program))
    for found in fresh(_refusing):
        with suppress(OSError):
            if found.type is socket.SOCK_DGRAM and ip_address(found.getsockname()[0]).is_unspecified:
                found.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, wanted)
