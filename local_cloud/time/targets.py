# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Health of targets: initial after registration, draining after deregistration. moto's targets are healthy at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

# Two checks of 30 seconds make a new target healthy, and it takes a while to begin.
MINUTES_INITIAL = 1.5
SECONDS_OF_DRAINING = "deregistration_delay.timeout_seconds"
DEFAULT_DRAINING = 300.0

Target = tuple[str, str, str]


class Targets:
    """A target is new from the moment somebody first could have seen it: groups of instances register by themselves."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._healthy_at: dict[Target, float] = {}
        self._drained_at: dict[Target, tuple[float, dict[str, Any]]] = {}

    def reset(self) -> None:
        self._healthy_at.clear()
        self._drained_at.clear()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        concerned = request.service == "elbv2" and request.operation in (
            "RegisterTargets",
            "DeregisterTargets",
            "DescribeTargetHealth",
        )
        if self._cloud.time_scale == 0 or not (concerned or _may_register(request)):
            return next_layer(request)
        if request.operation == "DeregisterTargets":
            return self._deregister(request, next_layer)
        response = next_layer(request)
        if not response.ok:
            return response
        if request.operation == "DescribeTargetHealth":
            return self._show(request, response)
        self._notice(request)
        return response

    def _notice(self, request: Request) -> None:
        """Begin the clock of every target that is new, whoever registered it."""
        now = self._cloud.clock.now()
        healthy_at = now + self._cloud.seconds(MINUTES_INITIAL)
        for arn, group in request.backend("elbv2").target_groups.items():
            for target in list(group.targets.values()):
                key = arn, str(target["Id"]), str(target.get("Port") or group.port)
                self._healthy_at.setdefault(key, healthy_at)
                self._drained_at.pop(key, None)

    def _deregister(self, request: Request, next_layer: Next) -> Response:
        arn = request.parameters["TargetGroupArn"]
        group = request.backend("elbv2").target_groups.get(arn)
        response = next_layer(request)
        if response.ok and group is not None:
            delay = float(group.attributes.get(SECONDS_OF_DRAINING, DEFAULT_DRAINING))
            end = self._cloud.clock.now() + self._cloud.seconds(delay / 60)
            for target in request.parameters["Targets"]:
                port = str(target.get("Port") or group.port)
                key = arn, target["Id"], port
                self._healthy_at.pop(key, None)
                self._drained_at[key] = end, {"Id": target["Id"], "Port": int(port)}
        return response

    def _show(self, request: Request, response: Response) -> Response:
        self._notice(request)
        now, arn = self._cloud.clock.now(), request.parameters["TargetGroupArn"]
        result = request.read(response)
        shown = result.get("TargetHealthDescriptions", [])
        for description in shown:
            key = arn, description["Target"]["Id"], str(description["Target"].get("Port", ""))
            healthy = description["TargetHealth"]["State"] == "healthy"
            if healthy and self._cloud.live is None and now < self._healthy_at.get(key, now):
                description["TargetHealth"] = {
                    "State": "initial",
                    "Reason": "Elb.InitialHealthChecking",
                    "Description": "Initial health checks in progress",
                }
            elif now < self._drained_at.get(key, (now, {}))[0]:
                description["TargetHealth"] = _draining()
        if not request.parameters.get("Targets"):
            shown += [
                {"Target": target, "HealthCheckPort": "traffic-port", "TargetHealth": _draining()}
                for key, (end, target) in self._drained_at.items()
                if key[0] == arn and now < end
            ]
        return request.answer({**result, "TargetHealthDescriptions": shown})


def _may_register(request: Request) -> bool:
    return request.service == "autoscaling" and request.access == "write"


def _draining() -> dict[str, str]:
    return {
        "State": "draining",
        "Reason": "Target.DeregistrationInProgress",
        "Description": "Target deregistration is in progress",
    }
