# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The applications behind target groups: an HTTP server for each, which answers with the side's name."""

from __future__ import annotations

from http import HTTPStatus
from threading import Event, Lock

from local_cloud.live.behaviour import HEALTH_PATH, Behaviours
from local_cloud.live.fleet import Group, groups
from local_cloud.live.http_server import Answer, Asked, Dropped, HttpServer
from local_cloud.live.network import Network, served_port
from local_cloud.live.probe import Endpoint

SIDE_HEADER = "X-Side"


class Backends:
    """All targets of a group are one server. A load balancer asks it directly, a health check over the network."""

    def __init__(self, network: Network, behaviours: Behaviours) -> None:
        self._network = network
        self._behaviours = behaviours
        self._servers: dict[str, HttpServer] = {}
        self._lock = Lock()
        self._ended = Event()

    def step(self, _at: float) -> None:
        """A server for each target group that there is, none for those that are gone."""
        present = groups()
        with self._lock:
            for arn, group in present.items():
                if arn not in self._servers:
                    self._servers[arn] = self._serve(group)
            for arn in [one for one in self._servers if one not in present]:
                self._servers.pop(arn).stop()
                self._network.give_up(arn)

    def endpoint(self, arn: str, path: str) -> Endpoint | None:
        """Where a target group's health check finds it; None as long as it is not served."""
        server = self._servers.get(arn)
        return None if server is None else Endpoint(server.address, server.port, path)

    def answer(self, side: str, asked: Asked) -> Answer:
        """Raises Dropped where the side is down."""
        behaviour = self._behaviours.of(side)
        if behaviour.down:
            raise Dropped(side)
        if behaviour.delay:
            # ended early by the end of all
            self._ended.wait(behaviour.delay)
        status = behaviour.status(asked.path, self._behaviours.draw())
        word = "" if status == HTTPStatus.OK else f" {status.value}"
        return Answer(status, f"{side}{word}\n", {SIDE_HEADER: side})

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            for server in self._servers.values():
                server.stop()
            self._servers.clear()

    def describe(self) -> list[dict[str, object]]:
        present = groups()
        return [
            {"side": present[arn].name, "url": f"http://{server.address}:{server.port}{HEALTH_PATH}"}
            for arn, server in list(self._servers.items())
            if arn in present
        ]

    def _serve(self, group: Group) -> HttpServer:
        address = self._network.address(group.arn)
        return HttpServer(address, served_port(int(group.moto.port)), lambda asked: self.answer(group.name, asked))
