# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small client of the control API, for tests and for the command line. It needs the standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from local_cloud.control import CONTROL_HEADER, CONTROL_PREFIX
from local_cloud.errors import LocalCloudError
from local_cloud.guard import ACCOUNT, REGION

Json = dict[str, Any]

TIMEOUT = 60.0

# never through a proxy, whatever the environment says: this is loopback
_open = build_opener(ProxyHandler({})).open


class Client:
    """``endpoint``: ``http://127.0.0.1:5599``."""

    def __init__(self, endpoint: str, timeout: float = TIMEOUT) -> None:
        self.endpoint = endpoint
        self._timeout = timeout

    def status(self) -> Json:
        return self._get("status")

    def mark(self) -> int:
        """To be given to `calls` later: what came after now?"""
        return int(self._get("mark")["mark"])

    def calls(
        self, since: int = 0, access: str | None = None, service: str | None = None, operation: str | None = None
    ) -> list[Json]:
        """Calls to AWS since a mark; ``access`` is read or write."""
        given = {"since": str(since), "access": access, "service": service, "operation": operation}
        found: list[Json] = self._get("calls", {key: value for key, value in given.items() if value})["calls"]
        return found

    def reset(self) -> None:
        """Empty the cloud: no resources, no call log."""
        self._post("reset", {})

    def faults(self, rules: Iterable[Mapping[str, Any]] = ()) -> list[Json]:
        """Replace the fault rules; without any, there are no faults."""
        found: list[Json] = self._post("faults", {"faults": [dict(rule) for rule in rules]})["faults"]
        return found

    def fault_rules(self) -> list[Json]:
        """The rules in force, with how often each has struck."""
        found: list[Json] = self._get("faults")["faults"]
        return found

    def time_scale(self, scale: float) -> None:
        """Seconds of real time for a minute of AWS's time; 0 passes every state at once."""
        self._post("time", {"scale": scale})

    def quota(self, service: str, code: str, value: float, region: str = REGION, account: str = ACCOUNT) -> None:
        """A quota of Service Quotas, which the services enforce (``"ec2", "L-0263D0A3", 10``: addresses)."""
        self._post("quotas", {"service": service, "code": code, "value": value, "region": region, "account": account})

    def undelegated(self, names: Iterable[str]) -> None:
        """Zones that no registrar knows: they are not found in DNS. Replaces the list; all others are delegated."""
        self._post("dns", {"undelegated": list(names)})

    def go_live(self, seed: int = 0) -> Json:
        """From now on it acts by itself. All that is drawn by lot repeats with the seed."""
        return self._post("live", {"on": True, "seed": seed})

    def side(self, pattern: str, **behaviour: Any) -> list[Json]:
        """How the servers of target groups whose name matches behave; without settings, well again.

        ``errors`` (share of requests, 0 to 1), ``delay`` (seconds), ``unhealthy``, ``down``.
        """
        found: list[Json] = self._post("side", {"side": pattern, **behaviour})["behaviours"]
        return found

    def go_still(self) -> None:
        self._post("live", {"on": False})

    def live(self) -> Json:
        return self._get("live")

    def stop(self, token: str) -> None:
        self._post("stop", {"token": token})

    def _get(self, name: str, query: Mapping[str, Any] | None = None) -> Json:
        suffix = f"?{urlencode(query)}" if query else ""
        return self._send(Request(f"{self.endpoint}{CONTROL_PREFIX}{name}{suffix}"))

    def _post(self, name: str, data: Json) -> Json:
        headers = {"Content-Type": "application/json", CONTROL_HEADER: "1"}
        body = json.dumps(data).encode()
        return self._send(Request(f"{self.endpoint}{CONTROL_PREFIX}{name}", body, headers))

    def _send(self, request: Request) -> Json:
        try:
            with _open(request, timeout=self._timeout) as response:
                answer = json.load(response)
        except HTTPError as error:
            raise LocalCloudError(_reason(error)) from error
        except (URLError, OSError, ValueError) as error:
            raise LocalCloudError(f"no local cloud answers at {self.endpoint}: {error}") from error
        if not isinstance(answer, dict):
            raise LocalCloudError(f"what answers at {self.endpoint} is not a local cloud")
        return answer


def _reason(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return f"what answers is not a local cloud (HTTP {error.code})"
