"""Somebody between a new device and the hub."""

from __future__ import annotations

import socket
import ssl
import threading

from tests.contract.enrolment.served import Centre
from tests.pbx.certificates import CertificateFiles


class Between:
    """Somebody in between: passes TLS on to the hub with a certificate of their own, and listens."""

    def __init__(self, own: CertificateFiles, centre: Centre, *, authority: bytes | None) -> None:
        self.heard = bytearray()
        self._authority = authority
        self._hub = int(centre.url.rpartition(":")[2])
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(own.chain, own.key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
                with self._context.wrap_socket(connection, server_side=True) as line:
                    self._pass_on(line)
            except ssl.SSLError:
                continue
            except OSError:
                return

    def _pass_on(self, line: ssl.SSLSocket) -> None:
        request = line.recv(65536)
        self.heard += request
        if self._authority is not None:
            body = self._authority
            line.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            return
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self._hub), 10) as plain,
            anybody.wrap_socket(plain) as hub,
        ):
            hub.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
            while piece := hub.recv(65536):
                line.sendall(piece)
