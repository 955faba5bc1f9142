# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""GetResources over more types of resources than moto's, and without what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.ec2.state import GONE, active_endpoints, is_left_over

PAGE = 50
# Route 53 is global: AWS lists its resources in this region
GLOBAL_REGION = "us-east-1"


@dataclass(frozen=True)
class Tagged:
    """``kind``: service and type, as ResourceTypeFilters has them."""

    arn: str
    kind: str
    tags: dict[str, str]


@handles("resourcegroupstaggingapi", "GetResources")
def get_resources(request: Request, _: Next) -> Response:
    parameters = request.parameters
    gone = set(_gone(request))
    found = {one.arn: one for one in (*_known_to_moto(request), *_of_ec2(request), *_of_others(request))}
    wanted = [one for one in found.values() if one.tags and one.arn not in gone and _matches(one, parameters)]
    size = int(parameters.get("ResourcesPerPage", PAGE))
    start = int(parameters.get("PaginationToken") or 0)
    page = [
        {"ResourceARN": one.arn, "Tags": [{"Key": key, "Value": value} for key, value in one.tags.items()]}
        for one in wanted[start : start + size]
    ]
    more = start + size < len(wanted)
    return request.answer({"ResourceTagMappingList": page, "PaginationToken": str(start + size) if more else ""})


def _matches(one: Tagged, parameters: dict[str, Any]) -> bool:
    kinds = parameters.get("ResourceTypeFilters")
    arns = parameters.get("ResourceARNList")
    if kinds and one.kind not in kinds and one.kind.partition(":")[0] not in kinds:
        return False
    if arns and one.arn not in arns:
        return False
    for chosen in parameters.get("TagFilters", []):
        values = chosen.get("Values") or [one.tags.get(chosen["Key"])]
        if chosen["Key"] not in one.tags or one.tags[chosen["Key"]] not in values:
            return False
    return True


def _known_to_moto(request: Request) -> Iterator[Tagged]:
    for one in request.backend()._get_resources_generator():
        kind = "ec2:vpc-flow-log" if one.resource_type == "ec2:flow-logs" else one.resource_type
        yield Tagged(one.arn.replace(":flow-logs/", ":vpc-flow-log/"), kind, dict(one.tags))


def _gone(request: Request) -> Iterator[str]:
    """moto keeps these for ever; AWS lists them for a short while only."""
    ec2 = request.backend("ec2")
    dead = [("instance", one.id) for one in ec2.all_instances() if one._state.name in GONE]
    dead += [("natgateway", one.id) for one in ec2.nat_gateways.values() if one.state == "deleted"]
    dead += [("network-interface", one.id) for one in ec2.enis.values() if is_left_over(one)]
    for kind, resource_id in dead:
        yield _ec2_arn(request, kind, resource_id)


def _of_ec2(request: Request) -> Iterator[Tagged]:
    ec2 = request.backend("ec2")
    held = {
        "elastic-ip": [one.allocation_id for one in ec2.addresses],
        "launch-template": list(ec2.launch_templates),
        "network-acl": list(ec2.network_acls),
        "vpc-endpoint": [one.id for one in active_endpoints(ec2)],
    }
    for kind, ids in held.items():
        for resource_id in ids:
            tags = dict(ec2.tags.get(resource_id, {}))
            yield Tagged(_ec2_arn(request, kind, resource_id), f"ec2:{kind}", tags)


def _ec2_arn(request: Request, kind: str, resource_id: str) -> str:
    return f"arn:aws:ec2:{request.region}:{request.account}:{kind}/{resource_id}"


def _of_others(request: Request) -> Iterator[Tagged]:
    rds = request.backend("rds")
    groups = {"subgrp": rds.subnet_groups, "pg": rds.db_parameter_groups, "og": rds.option_groups}
    for kind, held in groups.items():
        for group in held.values():
            yield Tagged(group.arn, f"rds:{kind}", {tag["Key"]: tag["Value"] for tag in group.get_tags()})
    elbv2 = request.backend("elbv2")
    for balancer in elbv2.load_balancers.values():
        for arn in balancer.listeners:
            tags = elbv2.tagging_service.get_tag_dict_for_resource(arn)
            yield Tagged(arn, "elasticloadbalancing:listener", tags)
    if request.region == GLOBAL_REGION:
        yield from _of_route53(request)


def _of_route53(request: Request) -> Iterator[Tagged]:
    route53 = request.backend("route53", "aws")
    for kind, held in (("hostedzone", route53.zones), ("healthcheck", route53.health_checks)):
        for resource_id in held:
            tags = dict(route53.list_tags_for_resource(resource_id))
            yield Tagged(f"arn:aws:route53:::{kind}/{resource_id}", f"route53:{kind}", tags)
