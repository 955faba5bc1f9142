# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What carries a stack's tag and belongs to no layer: the tagging API's only use here, since it lags behind."""

from __future__ import annotations

from .._model.core import STACK_TAG
from .context import Context

GLOBAL_SERVICES_REGION = "us-east-1"
"""Where the tagging API shows Route 53 and CloudFront, whatever the home region is."""


READ_BY_LAYERS = frozenset(
    {
        "acm:certificate",
        "autoscaling:autoScalingGroup",
        "cloudwatch:alarm",
        "cloudwatch:dashboard",
        "ec2:elastic-ip",
        "ec2:internet-gateway",
        "ec2:launch-template",
        "ec2:natgateway",
        "ec2:network-acl",
        "ec2:route-table",
        "ec2:security-group",
        "ec2:security-group-rule",
        "ec2:subnet",
        "ec2:vpc",
        "ec2:vpc-endpoint",
        "ec2:vpc-flow-log",
        "elasticloadbalancing:loadbalancer",
        "elasticloadbalancing:listener",
        "elasticloadbalancing:targetgroup",
        "iam:instance-profile",
        "iam:role",
        "kms:key",
        "logs:log-group",
        "rds:db",
        "rds:pg",
        "rds:subgrp",
        "route53:healthcheck",
        "route53:hostedzone",
        "s3:",
        "sns:",
        "ssm:parameter",
    }
)
"""What the readers list by the stack's tag, as service and first word of the ARN's resource part. They ask the services
themselves, so one of these that they do not show is gone, however long the tagging API goes on naming it.
"""

ALIVE = ["pending", "running", "stopping", "stopped"]
OF_INSTANCES = {
    "ec2:instance": ("describe_instances", "Reservations", "instance-id"),
    "ec2:volume": ("describe_volumes", "Volumes", "volume-id"),
    "ec2:network-interface": ("describe_network_interfaces", "NetworkInterfaces", "network-interface-id"),
}
"""What comes and goes with instances: operation, result, and the filter that takes the id. The tagging API names ended
instances for an hour, so EC2 itself is asked for each.
"""


def leftovers(context: Context) -> list[str]:
    """ARNs in the stack's regions that carry its tag and are of a kind that no layer reads, sorted."""
    regions = {context.stack.region, context.stack.replica_region or context.stack.region, GLOBAL_SERVICES_REGION}
    answers = context.each(lambda region: _tagged(context, region), sorted(regions))
    unread = sorted({arn for answer in answers for arn in answer if _kind(arn) not in READ_BY_LAYERS})
    there = context.each(lambda arn: _kind(arn) not in OF_INSTANCES or _is_there(context, arn), unread)
    return [arn for arn, is_there in zip(unread, there, strict=True) if is_there]


def _is_there(context: Context, arn: str) -> bool:
    operation, result, by_id = OF_INSTANCES[_kind(arn)]
    filters = [{"Name": by_id, "Values": [arn.rpartition("/")[-1]]}]
    if by_id == "instance-id":
        filters.append({"Name": "instance-state-name", "Values": ALIVE})
    return bool(context.pages("ec2", operation, result, arn.split(":")[3], Filters=filters))


def _tagged(context: Context, region: str) -> list[str]:
    filters = [{"Key": STACK_TAG, "Values": [context.stack.name]}]
    answers = context.pages(
        "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", region, TagFilters=filters
    )
    return [str(answer["ResourceARN"]) for answer in answers]


def _kind(arn: str) -> str:
    """ec2:vpc of arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1; s3: and sns: of the two whose resource part is a bare
    name.
    """
    service, resource = arn.split(":")[2], arn.split(":", 5)[-1]
    separators = [resource.index(mark) for mark in "/:" if mark in resource]
    return f"{service}:{resource[: min(separators)]}" if separators and service != "s3" else f"{service}:"
