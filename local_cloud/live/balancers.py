# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers that serve: a loopback address for each, a port for each listener, targets chosen by its rules."""

from __future__ import annotations

import random
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from local_cloud.live.backends import SIDE_HEADER, Backends
from local_cloud.live.certificates import context_for
from local_cloud.live.fleet import ENCRYPTED, Balancer, Group, balancers, groups
from local_cloud.live.forwarding import STICKY_COOKIE, action_for, group_for, is_sticky, sticky_value
from local_cloud.live.http_server import Answer, Asked, Dropped, HttpServer
from local_cloud.live.network import PORT_OFFSET, Network, served_port
from local_cloud.live.traffic import Route, Traffic

Key = tuple[str, str]


class Balancers:
    """``now``: AWS's time, for the counts."""

    def __init__(
        self, network: Network, backends: Backends, traffic: Traffic, now: Callable[[], float], seed: int
    ) -> None:
        self._network = network
        self._backends = backends
        self._traffic = traffic
        self._now = now
        self._random = random.Random(seed)
        self._servers: dict[Key, HttpServer] = {}
        self._lock = Lock()

    def step(self, _at: float) -> None:
        """A server for each listener that there is, none for those that are gone."""
        present = {
            (one.arn, arn): (one, listener) for one in balancers() for arn, listener in one.moto.listeners.items()
        }
        with self._lock:
            for key, (balancer, listener) in present.items():
                if key not in self._servers:
                    self._servers[key] = self._serve(balancer, listener)
            gone = [key for key in self._servers if key not in present]
            for key in gone:
                self._servers.pop(key).stop()
            for arn in {arn for arn, _ in gone} - {arn for arn, _ in present}:
                self._network.give_up(arn)

    def address(self, dns_name: str) -> str | None:
        """Where a load balancer is, by its DNS name; None where there is none of this name that serves."""
        for one in balancers():
            if one.moto.dns_name.lower() == dns_name.rstrip(".").lower():
                return self._network.address(one.arn)
        return None

    def is_internal(self, address: str) -> bool:
        return any(one.moto.scheme == "internal" and self._network.address(one.arn) == address for one in balancers())

    def stop(self) -> None:
        with self._lock:
            for server in self._servers.values():
                server.stop()
            self._servers.clear()

    def describe(self) -> list[dict[str, Any]]:
        found = []
        for one in balancers():
            servers = [server for key, server in list(self._servers.items()) if key[0] == one.arn]
            ports = {str(server.port - PORT_OFFSET): server.port for server in servers}
            found.append({"name": one.moto.name, "address": self._network.address(one.arn), "ports": ports})
        return found

    def _serve(self, balancer: Balancer, listener: Any) -> HttpServer:
        tls = context_for(balancer.scope, listener.certificates) if listener.protocol in ENCRYPTED else None
        address, port = self._network.address(balancer.arn), served_port(int(listener.port))
        return HttpServer(address, port, lambda asked: self._respond(balancer, listener, asked), tls)

    def _respond(self, balancer: Balancer, listener: Any, asked: Asked) -> Answer:
        rules = [
            (rule.priority, rule.conditions, [action.data for action in rule.actions])
            for rule in list(listener.rules.values())
        ]
        action = action_for(rules, asked)
        if action is None:
            return self._own_error(balancer, None, HTTPStatus.SERVICE_UNAVAILABLE)
        if action["Type"] == "redirect":
            return _redirect(action["RedirectConfig"], listener, asked)
        if action["Type"] == "fixed-response":
            config = action["FixedResponseConfig"]
            return Answer(int(config["StatusCode"]), config.get("MessageBody", ""))
        return self._forward(balancer, action, asked)

    def _forward(self, balancer: Balancer, action: Any, asked: Asked) -> Answer:
        with self._lock:
            arn = group_for(action, asked, self._random)
        group = groups().get(arn or "")
        if group is None or not group.moto.targets:
            return self._own_error(balancer, None, HTTPStatus.SERVICE_UNAVAILABLE)
        route = Route(balancer.scope, balancer.full_name, group.full_name)
        began = perf_counter()
        try:
            answer = self._backends.answer(group.name, asked)
        except Dropped:
            return self._own_error(balancer, group, HTTPStatus.BAD_GATEWAY)
        self._traffic.answered(self._now(), route, answer.status, perf_counter() - began)
        if is_sticky(action):
            cookie = f"{STICKY_COOKIE}={sticky_value(group.arn)}; Path=/"
            return Answer(answer.status, answer.body, {**answer.headers, "Set-Cookie": cookie})
        return answer

    def _own_error(self, balancer: Balancer, group: Group | None, status: HTTPStatus) -> Answer:
        """With the side that was chosen, where there is one, so that who asks can tell whose trouble it is."""
        route = Route(balancer.scope, balancer.full_name, group.full_name if group is not None else None)
        self._traffic.failed(self._now(), route)
        headers = {SIDE_HEADER: group.name} if group is not None else {}
        return Answer(status, f"{status.value} {status.phrase}\n", headers)


def _redirect(config: Any, listener: Any, asked: Asked) -> Answer:
    """To where the port that it names is served here."""
    url = urlsplit(asked.path)
    host = next((value for name, value in asked.headers.items() if name.lower() == "host"), "")
    known = {
        "protocol": str(listener.protocol).lower(),
        "host": host.partition(":")[0],
        "port": str(listener.port),
        "path": url.path.lstrip("/"),
        "query": url.query,
    }

    def filled(name: str, default: str) -> str:
        text = str(config.get(name, default))
        for key, value in known.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    query = filled("Query", "#{query}")
    protocol, port = filled("Protocol", "#{protocol}").lower(), served_port(int(filled("Port", "#{port}")))
    target = f"{protocol}://{filled('Host', '#{host}')}:{port}{filled('Path', '/#{path}')}{'?' if query else ''}{query}"
    return Answer(int(str(config["StatusCode"]).removeprefix("HTTP_")), "", {"Location": target})
