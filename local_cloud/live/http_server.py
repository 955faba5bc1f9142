# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small HTTP server on a loopback address of its own, with or without TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local_cloud.errors import LocalCloudError

POLL = 0.05
IDLE = 60.0


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Dropped(ConnectionError):
    """The connection is to be reset without an answer."""


Respond = Callable[[Asked], Answer]


class HttpServer:
    """Serves from the moment that it is made until `stop`. Raises LocalCloudError where the address cannot be used."""

    def __init__(self, address: str, port: int, respond: Respond, tls: ssl.SSLContext | None = None) -> None:
        try:
            self._server = _Server((address, port), _Handler)
        except OSError as error:
            raise LocalCloudError(f"{address}:{port} cannot be used: {error.strerror}") from error
        self._server.respond, self._server.tls = respond, tls
        self.address, self.port = address, port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True, name=f"{address}:{port}"
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # its threads may be waiting on idle clients for a minute
    block_on_close = False
    request_queue_size = 256
    respond: Respond
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, object]:
        connection, client = super().get_request()
        if self.tls is not None:
            # the handshake is made by the connection's own thread, at its first read
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, client

    def handle_error(self, _request: object, _client: object) -> None:
        """A client that hangs up is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    disable_nagle_algorithm = True
    wbufsize = 65536

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        try:
            answer = self.server.respond(Asked(self.path, dict(self.headers.items())))
        except Dropped:
            # lingering for zero seconds makes a reset of the end of the connection
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "text/plain", **answer.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """The metrics say it better."""
