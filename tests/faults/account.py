# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything that an account holds, with all that the services say of it, asked of each service by itself.

Nothing here goes by tags or by what the collection knows, so what a run has left without a tag is seen too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.integration.runs import Controller

REGIONS = ("us-east-1", "us-west-2")
Item = dict[str, Any]
Account = Mapping[str, str]
"""Each thing as `<kind> <region> <identifier>`, and what is shown of it as JSON."""

LISTED = (
    # kind, service, operation, result, identifier (of several fields where one is not enough)
    ("vpc", "ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("subnet", "ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("route table", "ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("internet gateway", "ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("address", "ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("NAT gateway", "ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("network ACL", "ec2", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    ("endpoint", "ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("flow log", "ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("security group", "ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("group rule", "ec2", "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"),
    ("launch template", "ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("interface", "ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("volume", "ec2", "describe_volumes", "Volumes", "VolumeId"),
    ("instance", "ec2", "describe_instances", "Reservations", "ReservationId"),
    ("key", "kms", "list_keys", "Keys", "KeyId"),
    ("key alias", "kms", "list_aliases", "Aliases", "AliasName"),
    ("certificate", "acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("database", "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("database snapshot", "rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    ("subnet group", "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("parameter group", "rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    ("secret", "secretsmanager", "list_secrets", "SecretList", "Name"),
    ("load balancer", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("target group", "elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("fleet", "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("scaling policy", "autoscaling", "describe_policies", "ScalingPolicies", "PolicyARN"),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("topic", "sns", "list_topics", "Topics", "TopicArn"),
    ("subscription", "sns", "list_subscriptions", "Subscriptions", "TopicArn Endpoint"),
    ("tagged", "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", "ResourceARN"),
)
LISTED_ONCE = (
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("instance profile", "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("zone", "route53", "list_hosted_zones", "HostedZones", "Id"),
    ("health check", "route53", "list_health_checks", "HealthChecks", "Id"),
)
"""Of services that show the same in every region."""
MOVING = frozenset({"LatestRestorableTime"})
"""What goes on by itself."""


def account(controller: Controller) -> Account:
    """All of it, in both regions that the stacks use."""
    return dict(_things(controller))


def _things(controller: Controller) -> Iterator[tuple[str, str]]:
    for region in REGIONS:
        for kind, service, operation, result, identifier in LISTED + (LISTED_ONCE if region == REGIONS[0] else ()):
            client = controller.aws(service, region)
            for item in _all(client, operation, result):
                details = {name: _answer(client, *call) for name, call in _details(kind, item).items()}
                lasting = {name: value for name, value in item.items() if name not in MOVING}
                shown = _text({**lasting, **details})
                if not _ended(kind, item):
                    yield f"{kind} {region} {' '.join(item[name] for name in identifier.split())}", shown


def _all(client: Any, operation: str, result: str) -> list[Item]:
    if client.can_paginate(operation):
        found = client.get_paginator(operation).paginate().build_full_result().get(result, [])
    else:
        found = getattr(client, operation)()[result]
    return list(found)


def _ended(kind: str, item: Item) -> bool:
    """What AWS still shows for an hour of something that is gone."""
    if kind == "instance":
        return all(instance["State"]["Name"] == "terminated" for instance in item["Instances"])
    return kind == "NAT gateway" and item["State"] == "deleted"


Call = tuple[str, dict[str, Any]]


def _details(kind: str, item: Item) -> dict[str, Call]:
    """What the listing of a kind leaves out: which other calls tell of it."""
    return {operation: (operation, arguments) for operation, arguments in DETAILS.get(kind, lambda _: [])(item)}


def _of(arguments: Callable[[Item], dict[str, Any]], *operations: str) -> Callable[[Item], list[Call]]:
    return lambda item: [(operation, arguments(item)) for operation in operations]


def _of_role(item: Item) -> list[Call]:
    given = {"RoleName": item["RoleName"]}
    return [(operation, given) for operation in ("get_role", "list_attached_role_policies", "list_role_policies")]


def _of_load_balancer(item: Item) -> list[Call]:
    arn = {"LoadBalancerArn": item["LoadBalancerArn"]}
    tags = ("describe_tags", {"ResourceArns": [item["LoadBalancerArn"]]})
    return [("describe_load_balancer_attributes", arn), ("describe_listeners", arn), tags]


def _of_target_group(item: Item) -> list[Call]:
    arn = {"TargetGroupArn": item["TargetGroupArn"]}
    tags = ("describe_tags", {"ResourceArns": [item["TargetGroupArn"]]})
    return [("describe_target_group_attributes", arn), ("describe_target_health", arn), tags]


def _of_zone(item: Item) -> list[Call]:
    return [
        ("list_resource_record_sets", {"HostedZoneId": item["Id"]}),
        ("list_tags_for_resource", {"ResourceType": "hostedzone", "ResourceId": item["Id"].split("/")[-1]}),
    ]


DETAILS: dict[str, Callable[[Item], list[Call]]] = {
    "launch template": _of(
        lambda item: {"LaunchTemplateId": item["LaunchTemplateId"]}, "describe_launch_template_versions"
    ),
    "key": lambda item: [
        ("describe_key", {"KeyId": item["KeyId"]}),
        ("get_key_rotation_status", {"KeyId": item["KeyId"]}),
        ("get_key_policy", {"KeyId": item["KeyId"], "PolicyName": "default"}),
        ("list_resource_tags", {"KeyId": item["KeyId"]}),
    ],
    "certificate": _of(
        lambda item: {"CertificateArn": item["CertificateArn"]}, "describe_certificate", "list_tags_for_certificate"
    ),
    "parameter group": _of(
        lambda item: {"DBParameterGroupName": item["DBParameterGroupName"], "Source": "user"}, "describe_db_parameters"
    ),
    "load balancer": _of_load_balancer,
    "target group": _of_target_group,
    "alarm": _of(lambda item: {"ResourceARN": item["AlarmArn"]}, "list_tags_for_resource"),
    "dashboard": _of(lambda item: {"DashboardName": item["DashboardName"]}, "get_dashboard"),
    "log group": _of(lambda item: {"resourceArn": item["arn"].removesuffix(":*")}, "list_tags_for_resource"),
    "topic": lambda item: [
        ("get_topic_attributes", {"TopicArn": item["TopicArn"]}),
        ("list_tags_for_resource", {"ResourceArn": item["TopicArn"]}),
    ],
    "role": _of_role,
    "bucket": _of(
        lambda item: {"Bucket": item["Name"]},
        "get_bucket_versioning",
        "get_bucket_encryption",
        "get_bucket_policy",
        "get_bucket_tagging",
        "get_public_access_block",
        "get_bucket_lifecycle_configuration",
        "get_bucket_replication",
        "get_bucket_logging",
        "get_bucket_ownership_controls",
    ),
    "zone": _of_zone,
    "health check": _of(
        lambda item: {"ResourceType": "healthcheck", "ResourceId": item["Id"]}, "list_tags_for_resource"
    ),
}


def _answer(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
    """What is said, or with which code nothing is said."""
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


IDENTIFIERS = re.compile(
    r"(?<=rds!db-)[\w-]+"  # secrets of RDS
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # KMS, ACM, Auto Scaling
    r"|(?<=-)[0-9a-f]{8,17}\b"  # EC2
    r"|(?<=/)[0-9a-f]{16}\b|(?<=_)[0-9a-f]{32}\b"  # ELB, validation of certificates
    r"|\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b(?!/)|\bip(-[0-9]{1,3}){4}\b"  # addresses, not networks
    r"|\b[A-Z0-9]{13,32}\b"  # IAM, Route 53
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.+Z]+|-[0-9]{2}-[0-9]{2}\b)"  # times
)
DRAWN = frozenset({"AvailableIpAddressCount", "CallerReference", "InstanceProfileId", "Serial", "creationTime"})
"""Values that AWS or a module draws anew."""
BY_ID = frozenset({"SecretVersionsToStages"})
"""Dictionaries whose keys are ids."""
COUNTED = frozenset({"Instances", "TargetHealthDescriptions"})
"""Lists of what a fleet has started, in zones of its own choice."""
STARTED = frozenset({"instance", "interface", "volume"})


def masked(value: Any, name: str = "") -> Any:
    """A value of an answer without ids, times and the order of lists: equal for two builds of one inventory."""
    if name in DRAWN:
        return "*"
    if name in BY_ID:
        return masked(list(value.values()))
    if isinstance(value, dict):
        return {key: masked(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return len(value) if name in COUNTED else sorted((masked(part) for part in value), key=_text)
    return IDENTIFIERS.sub("*", value) if isinstance(value, str) else value


def portrait(held: Account) -> Counter[str]:
    """An account without ids and times; what is there twice counts twice."""
    return Counter(_portrait(thing, shown) for thing, shown in held.items())


def _portrait(thing: str, shown: str) -> str:
    kind = thing.split(" ", 1)[0]
    return kind if kind in STARTED else f"{masked(thing)}: {_text(masked(json.loads(shown)))}"


def _text(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True)


EC2_ID = re.compile(r"\b(?:vpc|subnet|sg|eni|i|vol)-[0-9a-f]{8,17}\b")


def of_stack(held: Account, *names: str) -> set[str]:
    """The things of the stack that goes by these names: those that say one of them, in a tag or otherwise, and those
    without a name that EC2 makes beside them (a VPC's main route table, a fleet's volumes), known by an id that they
    have in common. Ids of images and snapshots are not among these: two stacks may share them.
    """
    things: set[str] = set()
    ids: set[str] = set()
    while found := {
        thing
        for thing, shown in held.items()
        if thing not in things and (any(name in shown for name in names) or ids & set(EC2_ID.findall(shown)))
    }:
        things |= found
        ids.update(identity for thing in found for identity in EC2_ID.findall(held[thing]))
    return things


def differences(one: Counter[str], other: Counter[str]) -> list[str]:
    """What only one of two portraits has, marked + for the first and - for the second."""
    return sorted([*(f"+ {text}" for text in one - other), *(f"- {text}" for text in other - one)])


RETAINED = re.compile(r"^ *= \S+ +(\S+) ", re.MULTILINE)


def retained(output: str) -> list[str]:
    """The names that a destroy lists as left on purpose."""
    return RETAINED.findall(output)


def unlisted(left: Account, listed: list[str]) -> dict[str, str]:
    """What of the things that are left bears none of the names listed."""
    return {thing: shown for thing, shown in left.items() if not any(name in shown for name in listed)}
