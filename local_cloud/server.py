# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The list of layers, the application that runs a request through them, and its HTTP server on loopback."""

from __future__ import annotations

import os
import socket
import threading
from functools import cached_property, partial
from http.server import HTTPServer
from io import BytesIO
from socketserver import ThreadingMixIn
from typing import Any

from local_cloud import guard
from local_cloud.cloud import Cloud
from local_cloud.control import CONTROL_PREFIX, Control
from local_cloud.dns.resolver import Resolver
from local_cloud.dns.server import DnsServer, respond
from local_cloud.errors import LocalCloudError
from local_cloud.layers import Forgetful, Layer, Next, compose, moto
from local_cloud.layers.authorization import authorization
from local_cloud.layers.constraints import constraints
from local_cloud.layers.faults import Disruptions
from local_cloud.layers.late_tags import LateTags
from local_cloud.layers.pages import Pages
from local_cloud.layers.stale_reads import StaleReads
from local_cloud.layers.unknown_roles import UnknownRoles
from local_cloud.request import Environ, parse, read_body
from local_cloud.response import Response
from local_cloud.services import services_layer
from local_cloud.time.certificates import Certificates
from local_cloud.time.changes import RecordChanges
from local_cloud.time.states import States
from local_cloud.time.targets import Targets

LOOPBACK = "127.0.0.1"
MOTO_PREFIX = "/moto-api"


def layers_of(cloud: Cloud) -> list[Layer]:
    """Everything between a caller and moto, outermost first."""
    return [
        cloud.log,
        Disruptions(cloud.faults, cloud.clock),
        authorization,
        Pages(cloud.faults),
        StaleReads(cloud.faults, cloud.clock),
        LateTags(cloud.faults, cloud.clock),
        UnknownRoles(cloud.faults, cloud.clock),
        States(cloud),
        RecordChanges(cloud),
        Certificates(cloud),
        Targets(cloud),
        constraints,
        services_layer,
    ]


class Application:
    """Control calls to the control API, moto's own API to moto, everything else through the layers."""

    def __init__(self, cloud: Cloud, control: Control) -> None:
        self.cloud = cloud
        self._control = control
        layers = layers_of(cloud)
        cloud.resets.extend(layer.reset for layer in layers if isinstance(layer, Forgetful))
        self._handle: Next = compose(layers, moto.moto)

    def respond(self, environ: Environ) -> Response:
        path = environ["PATH_INFO"]
        body = read_body(environ)
        if path.startswith(CONTROL_PREFIX):
            return self._control.respond(environ, body)
        if path == f"{MOTO_PREFIX}/reset":
            # moto emptied and our layers full of memories would be a third state
            self.cloud.reset()
            return Response(200, b'{"status": "ok"}', [("Content-Type", "application/json")])
        if path.startswith(MOTO_PREFIX):
            return moto.call({**environ, "wsgi.input": BytesIO(body)})
        return self._handle(parse(environ, body, self.cloud))


class HttpServer(ThreadingMixIn, HTTPServer):
    """Listens on loopback and nowhere else: there is no parameter for another address."""

    daemon_threads = True
    request_queue_size = 256
    # what werkzeug's request handler asks of its server
    multithread = True
    multiprocess = False
    ssl_context = None
    passthrough_errors = False
    _server_version = "local-cloud"
    app: Application

    def __init__(self, port: int) -> None:
        try:
            # the handler class is set once moto is imported; a port in use is known before that
            super().__init__((LOOPBACK, port), None)  # type: ignore[arg-type]
        except OSError as error:
            another = "take another one with --port, or make LOCAL_PORT=0 demo (0 is any free one)"
            raise LocalCloudError(f"port {port} on {LOOPBACK} cannot be used: {error.strerror}; {another}") from error

    def server_bind(self) -> None:
        # HTTPServer would ask DNS for its own name here
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    def shutdown_request(self, request: Any) -> None:
        # without the orderly shutdown, so that a reset stays one
        self.close_request(request)


class Server:
    """A local cloud that serves in threads of this process."""

    def __init__(self, cloud: Cloud, port: int = 0, dns_port: int = 0) -> None:
        self.cloud = cloud
        self._http = HttpServer(port)
        self.port = self._http.server_port
        cloud.port = self.port
        self.dns = DnsServer(partial(respond, resolver=Resolver(cloud, chance=cloud.dns_chance)), dns_port)
        self.control = Control(cloud, self.port)
        self.control.extra_status["dns"] = self.dns.address
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @cached_property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        os.environ.update(guard.moto_variables(self.port))
        from moto import settings  # noqa: PLC0415  (moto takes a second to import)

        from local_cloud.http_handler import Handler  # noqa: PLC0415

        # moto reads its variable when it is imported, which may have been before us
        settings.ACM_VALIDATION_WAIT = 0
        self._http.RequestHandlerClass = Handler
        self._http.app = Application(self.cloud, self.control)
        self._thread.start()
        self.dns.start()

    def stop(self) -> None:
        self.cloud.go_still()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self.dns.stop()
        self.cloud.log.close()
