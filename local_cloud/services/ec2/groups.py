# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Security groups: AWS keeps one that an interface has, or that another group's rule names."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.ec2.state import active_endpoints, databases, live_interfaces, load_balancers


@handles("ec2", "DeleteSecurityGroup")
def refuse_group_in_use(request: Request, next_handler: Next) -> Response:
    backend = request.backend()
    group_id = request.parameters.get("GroupId")
    group = backend.get_security_group_from_id(group_id) if group_id else None
    if group is not None and group.name == "default":
        message = f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
        raise AwsError("CannotDelete", message)
    if group is not None and (has_interface(request, group.id) or is_referenced(backend, group)):
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")
    return next_handler(request)


def has_interface(request: Request, group_id: str) -> bool:
    backend = request.backend()
    if any(group.id == group_id for one in live_interfaces(backend) for group in one.group_set):
        return True
    if any(group_id in (one.security_groups or []) for one in load_balancers(request)):
        return True
    if any(group_id in (one.security_group_ids or []) for one in active_endpoints(backend)):
        return True
    return any(group_id in (one.vpc_security_group_ids or []) for one in databases(request))


def is_referenced(backend: Any, group: Any) -> bool:
    for other in backend.groups[group.vpc_id].values():
        if other.id == group.id:
            continue
        for rule in (*other.ingress_rules, *other.egress_rules):
            if (rule.source_group or {}).get("GroupId") == group.id:
                return True
    return False
