# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One HTTP connection: reading by moto's rules, answers written by ours."""

from __future__ import annotations

import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import MotoRequestHandler

from local_cloud.errors import ConnectionDropped
from local_cloud.response import Response

if TYPE_CHECKING:
    from local_cloud.server import HttpServer


class Handler(MotoRequestHandler):
    """moto's reading of the request, our writing of the answer, on connections that are kept alive."""

    server: HttpServer  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        try:
            response = self.server.app.respond(self.make_environ())
        except ConnectionDropped:
            self._drop()
            return
        self._write(response)

    def _write(self, response: Response) -> None:
        code, _, phrase = response.status_line.partition(" ")
        self.send_response(int(code), phrase)
        given = {key.lower() for key, _ in response.headers}
        for key, value in response.headers:
            if key.lower() not in ("connection", "transfer-encoding"):
                self.send_header(key, value)
        bodiless = response.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if "content-length" not in given and not bodiless:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(response.body)
        self.wfile.flush()

    def _drop(self) -> None:
        """A reset, not an orderly end: lingering for zero seconds discards what was to be sent."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The call log says it better."""
