# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DB subnet groups."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

ZONES = 2
NOT_FOUND = 404


@handles("rds", "CreateDBSubnetGroup")
def refuse_existing_group(request: Request, next_handler: Next) -> Response:
    """moto replaces it."""
    name = request.parameters.get("DBSubnetGroupName", "").lower()
    if name in request.backend().subnet_groups:
        raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
    if name == "default":
        raise AwsError("InvalidParameterValue", "The parameter DBSubnetGroupName is not a valid identifier.")
    return next_handler(request)


@handles("rds", "CreateDBSubnetGroup", "ModifyDBSubnetGroup")
def check_subnets(request: Request, next_handler: Next) -> Response:
    ec2 = request.backend("ec2")
    wanted = request.parameters.get("SubnetIds", [])
    found = [subnet for zone in ec2.subnets.values() for key, subnet in zone.items() if key in wanted]
    if len(found) < len(set(wanted)):
        unknown = sorted(set(wanted) - {subnet.id for subnet in found})
        raise AwsError("InvalidSubnet", f"The requested subnets are invalid: {unknown}")
    if len({subnet.vpc_id for subnet in found}) > 1:
        raise AwsError("InvalidParameterValue", "Subnets of a DB subnet group must belong to one VPC.")
    zones = sorted({subnet.availability_zone for subnet in found})
    if len(zones) < ZONES:
        message = (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least {ZONES} AZs."
        )
        raise AwsError("DBSubnetGroupDoesNotCoverEnoughAZs", message)
    return next_handler(request)


@handles("rds", "ModifyDBSubnetGroup")
def keep_modified_group(request: Request, next_handler: Next) -> Response:
    """moto takes the group out of its list and forgets to put it back."""
    backend, name = request.backend(), request.parameters.get("DBSubnetGroupName", "").lower()
    group = backend.subnet_groups.get(name)
    if group is None:
        raise AwsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", NOT_FOUND)
    try:
        return next_handler(request)
    finally:
        backend.subnet_groups[name] = group


@handles("rds", "DeleteDBSubnetGroup")
def refuse_group_in_use(request: Request, next_handler: Next) -> Response:
    name = request.parameters.get("DBSubnetGroupName", "").lower()
    user = next((one for one in request.backend().databases.values() if _group_name(one) == name), None)
    if user is not None:
        message = (
            f"Cannot delete the subnet group '{name}' because at least one database instance: "
            f"{user.db_instance_identifier} is still using it."
        )
        raise AwsError("InvalidDBSubnetGroupStateFault", message)
    return next_handler(request)


def _group_name(database: Any) -> str | None:
    group = getattr(database, "db_subnet_group", None)
    return group.name if group is not None else None
