# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The control API, under a path that no bucket can have. JSON in, JSON out."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from local_cloud import quotas
from local_cloud.errors import LocalCloudError
from local_cloud.live import control as live_control
from local_cloud.response import Response

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

CONTROL_PREFIX = "/_local-cloud/"
# A web page in a browser on this machine cannot send this header to another origin without being asked first.
CONTROL_HEADER = "X-Local-Cloud"

Json = dict[str, Any]
Action = Callable[[Json], Json]


class Control:
    """``token`` proves to the command line that the process behind a port is the one it started."""

    def __init__(self, cloud: Cloud, port: int) -> None:
        self._cloud = cloud
        self._port = port
        self._started = datetime.now(UTC)
        self.token = secrets.token_hex(16)
        self.stopping = threading.Event()
        self.extra_status: Json = {}
        self._actions: dict[tuple[str, str], Action] = {
            ("GET", "status"): self._status,
            ("GET", "calls"): self._calls,
            ("GET", "mark"): lambda _: {"mark": cloud.log.mark()},
            ("GET", "faults"): lambda _: {"faults": cloud.faults.describe()},
            ("POST", "faults"): self._set_faults,
            ("POST", "time"): self._set_time,
            ("POST", "dns"): self._set_undelegated,
            ("POST", "quotas"): _set_quota,
            ("POST", "reset"): self._reset,
            ("POST", "stop"): self._stop,
            **live_control.actions(cloud),
        }

    def respond(self, environ: Json, body: bytes) -> Response:
        method, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(CONTROL_PREFIX)
        action = self._actions.get((method, name))
        if action is None:
            return _json(HTTPStatus.NOT_FOUND, {"error": f"there is no {method} {name}"})
        if method != "GET" and "HTTP_X_LOCAL_CLOUD" not in environ:
            return _json(HTTPStatus.FORBIDDEN, {"error": f"header {CONTROL_HEADER} is missing"})
        try:
            parameters = json.loads(body) if body else dict(parse_qsl(environ.get("QUERY_STRING", "")))
            return _json(HTTPStatus.OK, action(parameters))
        except (ValueError, KeyError, TypeError, LocalCloudError) as error:
            return _json(HTTPStatus.BAD_REQUEST, {"error": str(error)})

    def _status(self, _: Json) -> Json:
        cloud = self._cloud
        return {
            "running": True,
            "endpoint": f"http://127.0.0.1:{self._port}",
            "port": self._port,
            "pid": os.getpid(),
            "token": self.token,
            "started": self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "calls": len(cloud.log.query()),
            "writes": len(cloud.log.query(access="write")),
            "time_scale": cloud.time_scale,
            "faults": cloud.faults.describe(),
            "undelegated": sorted(cloud.undelegated),
            "live": cloud.live is not None,
            **self.extra_status,
        }

    def _calls(self, query: Json) -> Json:
        known = {"access", "service", "operation"}
        filters = {key: value for key, value in query.items() if key in known}
        strange = set(query) - known - {"since"}
        if strange:
            raise ValueError(f"cannot filter calls by {', '.join(sorted(strange))}")
        return {"calls": self._cloud.log.query(since=int(query.get("since", 0)), **filters)}

    def _set_faults(self, parameters: Json) -> Json:
        self._cloud.faults.configure(parameters["faults"])
        return {"faults": self._cloud.faults.describe()}

    def _set_time(self, parameters: Json) -> Json:
        scale = float(parameters["scale"])
        if scale < 0:
            raise ValueError("the time scale cannot be negative")
        if scale == 0 and self._cloud.live is not None:
            raise ValueError("the time scale cannot be 0 while the local cloud is live")
        self._cloud.time_scale = scale
        return {"time_scale": scale}

    def _set_undelegated(self, parameters: Json) -> Json:
        names = {str(name) for name in parameters["undelegated"]}
        # the DNS server holds this very set
        self._cloud.undelegated.clear()
        self._cloud.undelegated.update(names)
        return {"undelegated": sorted(names)}

    def _reset(self, _: Json) -> Json:
        self._cloud.reset()
        return {"reset": True}

    def _stop(self, parameters: Json) -> Json:
        if parameters.get("token") != self.token:
            raise ValueError("the token is not ours")
        self.stopping.set()
        return {"stopping": True}


def _set_quota(parameters: Json) -> Json:
    scope = parameters["account"], parameters["region"]
    quotas.set_value(scope, parameters["service"], parameters["code"], float(parameters["value"]))
    return {"value": quotas.value(scope, parameters["service"], parameters["code"])}


def _json(status: HTTPStatus, data: Json) -> Response:
    body = json.dumps(data, default=str).encode()
    return Response(int(status), b"", [("Content-Type", "application/json")]).with_body(body)
