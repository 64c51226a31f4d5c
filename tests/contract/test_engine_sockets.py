"""What the phone makes of the stack's own connections, seen at real sockets of this process."""

from __future__ import annotations

import socket

from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from sip.engines.baresip import sockets
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from tests.contract.engine import line
from tests.stubs.stream_registrar import stream_registrar

HERE = ("127.0.0.1",)


async def test_the_kernel_watches_the_connection_and_keeps_its_binding_at_home_routers() -> None:
    async with stream_registrar() as registrar, line(BaresipEngine(BaresipStack(), SilencePort)) as phone:
        domain = f"127.0.0.1:{registrar.port}"
        account = Account("1001", domain, "x", transport=Transport.TCP, media_encryption=MediaEncryption.OFF)
        await phone.register(account)
        (options,) = [
            tuple(
                found.getsockopt(level, name)
                for level, name in (
                    (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
                )
            )
            for found in sockets._to(HERE, registrar.port)
        ]
        assert options == (1, 5, 10_000)
        assert sockets.connections(HERE, registrar.port) == 1
        sockets.cut(HERE, registrar.port)
        await registrar.left()
        assert sockets.connections(HERE, registrar.port + 1) == 0
