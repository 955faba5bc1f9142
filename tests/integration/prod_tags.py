# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything of `prod` that can carry tags, asked of each service by itself, so that what has none is seen too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.integration.prod_data import buckets
from tests.integration.prod_reading import SIDES, Item, Reading, same, tags_of

Tagged = tuple[str, str, dict[str, str]]
"""What it is, its name or id, its tags."""

COUNTS = {
    "vpc": 1,
    "subnet": 9,
    "internet gateway": 1,
    "address": 3,
    "NAT gateway": 3,
    "route table": 7,
    "network ACL": 3,
    "endpoint": 1,
    "flow log": 1,
    "security group": 3,
    "security group rule": 10,
    "launch template": 2,
    "instance": 3,
    "key": 2,
    "role": 4,
    "instance profile": 1,
    "certificate": 1,
    "bucket": 4,
    "log group": 5,
    "subnet group": 1,
    "parameter group": 1,
    "database": 1,
    "load balancer": 2,
    "target group": 2,
    "listener": 2,
    "fleet": 2,
    "topic": 1,
    "alarm": 22,
    "dashboard": 1,
    "zone": 1,
    "health check": 2,
    "parameter": 164,
}


def every_resource_is_tagged(reading: Reading) -> None:
    """With all tags of the page and of the inventory. What AWS makes by itself in a VPC (main table, default
    group and ACL) is left out."""
    wanted = {
        "Environment": reading.inventory["environment_suffix"],
        "MigrationPhase": "initial",
        "ManagedBy": "cutover.aws",
        **reading.inventory["cutover_tags"],
    }
    assert "CostCenter" in wanted
    found = list(taggable(reading))
    same(dict(Counter(kind for kind, _name, _tags in found)), COUNTS)
    for kind, name, tags in found:
        same({tag: tags.get(tag) for tag in wanted}, wanted, f"{kind} {name}")
        assert tags.get("Name"), f"{kind} {name} has no Name"


def taggable(reading: Reading) -> Iterator[Tagged]:
    yield from _network(reading)
    yield from _keys_and_roles(reading)
    yield from _data(reading)
    yield from _fleets(reading)
    yield from _watching(reading)
    yield from _dns(reading)
    yield from _parameters(reading)


def _inline(kind: str, items: Iterable[Item], name: str) -> Iterator[Tagged]:
    yield from ((kind, item[name], tags_of(item)) for item in items)


def _network(reading: Reading) -> Iterator[Tagged]:
    vpc_id = reading.vpc["VpcId"]
    own_tables = [table for table in reading.route_tables if not any(a["Main"] for a in table["Associations"])]
    gateways = reading.in_vpc("describe_internet_gateways", "InternetGateways", "attachment.vpc-id")
    logs = reading.all("ec2", "describe_flow_logs", "FlowLogs")
    yield from _inline("vpc", [reading.vpc], "VpcId")
    yield from _inline("subnet", reading.subnets.values(), "SubnetId")
    yield from _inline("internet gateway", gateways, "InternetGatewayId")
    yield from _inline("address", reading.all("ec2", "describe_addresses", "Addresses"), "AllocationId")
    yield from _inline("NAT gateway", [n for n in reading.nat_gateways if n["State"] == "available"], "NatGatewayId")
    yield from _inline("route table", own_tables, "RouteTableId")
    yield from _inline("network ACL", [acl for acl in reading.network_acls if not acl["IsDefault"]], "NetworkAclId")
    yield from _inline("endpoint", reading.in_vpc("describe_vpc_endpoints", "VpcEndpoints"), "VpcEndpointId")
    yield from _inline("flow log", [log for log in logs if log["ResourceId"] == vpc_id], "FlowLogId")
    yield from _inline("security group", reading.groups.values(), "GroupName")
    yield from _inline("security group rule", reading.group_rules, "SecurityGroupRuleId")
    templates = reading.all("ec2", "describe_launch_templates", "LaunchTemplates")
    yield from _inline("launch template", templates, "LaunchTemplateName")
    yield from _inline("instance", reading.instances, "InstanceId")


def _keys_and_roles(reading: Reading) -> Iterator[Tagged]:
    iam = reading.aws("iam")
    for region in (reading.home, reading.replica):
        key_id = reading.key(region)["KeyId"]
        yield "key", region, tags_of(reading.aws("kms", region).list_resource_tags(KeyId=key_id))
    for role in reading.roles.values():
        yield "role", role["RoleName"], tags_of(iam.list_role_tags(RoleName=role["RoleName"]))
    yield from _inline(
        "instance profile", reading.all("iam", "list_instance_profiles", "InstanceProfiles"), "InstanceProfileName"
    )
    for found in reading.all("acm", "list_certificates", "CertificateSummaryList"):
        arn = found["CertificateArn"]
        yield "certificate", arn, tags_of(reading.aws("acm").list_tags_for_certificate(CertificateArn=arn))


def _data(reading: Reading) -> Iterator[Tagged]:
    rds = reading.aws("rds")
    for name, region in buckets(reading):
        yield "bucket", name, tags_of(reading.aws("s3", region).get_bucket_tagging(Bucket=name))
    for name, group in reading.log_groups.items():
        yield "log group", name, tags_of(reading.aws("logs").list_tags_for_resource(resourceArn=group["logGroupArn"]))
    kinds = {
        "subnet group": ("describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupArn"),
        "parameter group": ("describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupArn"),
        "database": ("describe_db_instances", "DBInstances", "DBInstanceArn"),
    }
    for kind, (operation, key, arn) in kinds.items():
        for item in reading.all("rds", operation, key):
            yield kind, item[arn], tags_of(rds.list_tags_for_resource(ResourceName=item[arn]))


def _fleets(reading: Reading) -> Iterator[Tagged]:
    for side in SIDES:
        arns = {
            reading.load_balancer(side)["LoadBalancerArn"]: "load balancer",
            reading.target_group(side)["TargetGroupArn"]: "target group",
            **{listener["ListenerArn"]: "listener" for listener in reading.listeners(side)},
        }
        for item in reading.aws("elbv2").describe_tags(ResourceArns=list(arns))["TagDescriptions"]:
            yield arns[item["ResourceArn"]], item["ResourceArn"], tags_of(item)
        yield from _inline("fleet", [reading.fleet(side)], "AutoScalingGroupName")


def _watching(reading: Reading) -> Iterator[Tagged]:
    cloudwatch = reading.aws("cloudwatch")
    sns_tags = reading.aws("sns").list_tags_for_resource(ResourceArn=reading.topic_arn)
    yield "topic", reading.topic_arn, tags_of(sns_tags)
    for alarm in reading.alarms.values():
        yield "alarm", alarm["AlarmName"], tags_of(cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]))
    for board in reading.all("cloudwatch", "list_dashboards", "DashboardEntries"):
        tags = cloudwatch.list_tags_for_resource(ResourceARN=board["DashboardArn"])
        yield "dashboard", board["DashboardName"], tags_of(tags)


def _dns(reading: Reading) -> Iterator[Tagged]:
    checks = [check["Id"] for check in reading.all("route53", "list_health_checks", "HealthChecks")]
    of_kind = {"zone": ("hostedzone", [reading.zone["Id"].split("/")[-1]]), "health check": ("healthcheck", checks)}
    for kind, (resource_type, ids) in of_kind.items():
        answer = reading.aws("route53").list_tags_for_resources(ResourceType=resource_type, ResourceIds=ids)
        for item in answer["ResourceTagSets"]:
            yield kind, item["ResourceId"], tags_of(item)


def _parameters(reading: Reading) -> Iterator[Tagged]:
    ssm = reading.aws("ssm")
    for item in reading.all("ssm", "describe_parameters", "Parameters"):
        answer = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=item["Name"])
        yield "parameter", item["Name"], tags_of(answer)
