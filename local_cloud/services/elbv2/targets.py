# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Target groups and the health of what is in them."""

from __future__ import annotations

from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.ec2.state import GONE


@handles("elbv2", "DescribeTargetHealth")
def true_health(request: Request, next_handler: Next) -> Response:
    group = request.backend().target_groups.get(request.parameters.get("TargetGroupArn"))
    if group is None:
        return next_handler(request)
    _forget_dead_targets(request, group)
    response = next_handler(request)
    if not response.ok:
        return response
    result = request.read(response)
    in_use = bool(balancers_of(request, group.arn))
    for description in result.get("TargetHealthDescriptions", []):
        _true_description(description, group, in_use)
        live = request.cloud.live
        if live is not None and description["TargetHealth"]["State"] == "healthy":
            description["TargetHealth"] = live.targets.describe(group.arn, description["Target"]["Id"])
    return request.answer(result)


def _forget_dead_targets(request: Request, group: Any) -> None:
    """Instances that an Auto Scaling group ended stay registered in moto."""
    instances = {one.id: one for one in request.backend("ec2").all_instances()}
    for target_id in list(group.targets):
        instance = instances.get(target_id)
        if target_id.startswith("i-") and (instance is None or instance._state.name in GONE):
            group.targets.pop(target_id, None)


def _true_description(description: dict[str, Any], group: Any, in_use: bool) -> None:
    if description.get("HealthCheckPort") == "traffic-port":
        description["HealthCheckPort"] = str(description["Target"].get("Port", group.port))
    if not in_use and description["TargetHealth"]["State"] != "unused":
        description["TargetHealth"] = {
            "State": "unused",
            "Reason": "Target.NotInUse",
            "Description": "Target group is not configured to receive traffic from the load balancer",
        }


def balancers_of(request: Request, group_arn: str) -> list[str]:
    """The load balancers that forward to a target group: a listener of theirs, or a rule, names it."""
    found = []
    for balancer in request.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            actions = [*listener.default_actions, *(one for rule in listener.rules.values() for one in rule.actions)]
            if any(group_arn in groups_of(action.data) for action in actions):
                found.append(balancer.arn)
                break
    return found


def groups_of(action: dict[str, Any]) -> list[str]:
    """ARNs of the target groups that an action forwards to."""
    weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
    named = [action.get("TargetGroupArn"), *(one.get("TargetGroupArn") for one in weighted)]
    return [one for one in named if one]


@amends("elbv2", "DescribeTargetGroups")
def true_balancers(request: Request, result: dict[str, Any]) -> None:
    for group in result.get("TargetGroups", []):
        group["LoadBalancerArns"] = balancers_of(request, group["TargetGroupArn"])
