# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of `prod`, asked with boto3 alone, and what the inventory asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pprint import pformat
from typing import Any

import yaml

from tests.integration.conftest import Built
from tests.integration.runs import ROOT

Item = dict[str, Any]

SIDES = ("blue", "green")
TIERS = ("public", "private", "database")


def same(actual: Any, wanted: Any, what: str = "") -> None:
    """An assertion that shows both sides, also where pytest does not rewrite them."""
    assert actual == wanted, f"{what}\nAWS shows:\n{pformat(actual)}\nwanted:\n{pformat(wanted)}"


def contains(actual: Mapping[str, Any], wanted: Mapping[str, Any], what: str = "") -> None:
    """Every value of wanted is there; whatever else AWS shows is its own business."""
    same({name: actual.get(name) for name in wanted}, dict(wanted), what)


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """A resource's tags, in whichever of AWS's spellings."""
    found: Any = next((item[name] for name in ("Tags", "TagSet", "TagList", "tags") if name in item), [])
    if isinstance(found, dict):
        return dict(found)
    return {tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue")) for tag in found}


def attributes_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """ELB's lists of attributes as a dictionary."""
    return {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}


def by_tag(items: Iterable[Item], tag: str = "Name") -> dict[str, Item]:
    return {tags_of(item)[tag]: item for item in items if tag in tags_of(item)}


def statements(policy: str | Mapping[str, Any]) -> list[Item]:
    document = json.loads(policy) if isinstance(policy, str) else policy
    found: list[Item] = document["Statement"]
    return found


@dataclass
class Reading:
    """One look at the stack. Lists come whole; what many lines of the page ask for is read once."""

    built: Built

    @cached_property
    def inventory(self) -> dict[str, Any]:
        """The variables of `prod`, as its files say them."""
        variables: dict[str, Any] = {}
        for file in sorted((ROOT / "inventories/prod/group_vars/stacks").glob("*.yml")):
            variables |= yaml.safe_load(file.read_text()) or {}
        return variables

    @cached_property
    def name(self) -> str:
        return f"{self.inventory['project']}-{self.inventory['environment_suffix']}"

    @cached_property
    def home(self) -> str:
        return str(self.inventory["region"])

    @cached_property
    def replica(self) -> str:
        return str(self.inventory["replica_region"])

    @cached_property
    def account(self) -> str:
        return str(self.aws("sts").get_caller_identity()["Account"])

    @cached_property
    def outputs(self) -> Any:
        return self.built.controller.outputs()

    @cached_property
    def _clients(self) -> dict[tuple[str, str], Any]:
        return {}

    def aws(self, service: str, region: str | None = None) -> Any:
        key = (service, region or self.home)
        if key not in self._clients:
            self._clients[key] = self.built.controller.aws(*key)
        return self._clients[key]

    def all(self, service: str, operation: str, key: str, *, region: str | None = None, **given: Any) -> list[Item]:
        """A list of AWS's, all pages of it."""
        client = self.aws(service, region)
        if client.can_paginate(operation):
            found = client.get_paginator(operation).paginate(**given).build_full_result().get(key, [])
        else:
            found = getattr(client, operation)(**given)[key]
        return list(found)

    def in_vpc(self, operation: str, key: str, filter_name: str = "vpc-id") -> list[Item]:
        return self.all("ec2", operation, key, Filters=[{"Name": filter_name, "Values": [self.vpc["VpcId"]]}])

    @cached_property
    def vpc(self) -> Item:
        return by_tag(self.all("ec2", "describe_vpcs", "Vpcs"))[f"{self.name}-vpc"]

    @cached_property
    def subnets(self) -> dict[str, Item]:
        """By their names without the stack's: public-a."""
        found = by_tag(self.in_vpc("describe_subnets", "Subnets"))
        return {name.removeprefix(f"{self.name}-"): subnet for name, subnet in found.items()}

    def tier(self, tier: str) -> list[Item]:
        return [self.subnets[name] for name in sorted(self.subnets) if name.rsplit("-", 1)[0] == tier]

    @cached_property
    def route_tables(self) -> list[Item]:
        return self.in_vpc("describe_route_tables", "RouteTables")

    def route_table(self, subnet_id: str) -> Item:
        """The table that the subnet uses: its own, or the VPC's main one where it has none."""
        for wanted in ({"SubnetId": subnet_id}, {"Main": True}):
            for table in self.route_tables:
                if any(wanted.items() <= association.items() for association in table["Associations"]):
                    return table
        raise AssertionError(f"no route table for {subnet_id}")

    @cached_property
    def nat_gateways(self) -> list[Item]:
        return self.in_vpc("describe_nat_gateways", "NatGateways")

    @cached_property
    def groups(self) -> dict[str, Item]:
        """Security groups of the VPC by name, AWS's default one left out."""
        found = self.in_vpc("describe_security_groups", "SecurityGroups")
        return {group["GroupName"]: group for group in found if group["GroupName"] != "default"}

    def group_id(self, what: str) -> str:
        return str(self.groups[f"{self.name}-{what}"]["GroupId"])

    @cached_property
    def group_rules(self) -> list[Item]:
        ids = [group["GroupId"] for group in self.groups.values()]
        return self.all(
            "ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=[{"Name": "group-id", "Values": ids}]
        )

    @cached_property
    def network_acls(self) -> list[Item]:
        return self.in_vpc("describe_network_acls", "NetworkAcls")

    def key(self, region: str | None = None) -> Item:
        """The stack's key in a region, found by its alias."""
        found: Item = self.aws("kms", region).describe_key(KeyId=f"alias/{self.name}")["KeyMetadata"]
        return found

    @cached_property
    def key_arn(self) -> str:
        return str(self.key()["Arn"])

    @cached_property
    def roles(self) -> dict[str, Item]:
        """The stack's roles by what they are for: instance."""
        found = {role["RoleName"]: role for role in self.all("iam", "list_roles", "Roles")}
        return {
            name.removeprefix(f"{self.name}-").removesuffix(f"-{self.home}"): role
            for name, role in found.items()
            if name.startswith(f"{self.name}-")
        }

    def bucket(self, what: str, region: str | None = None) -> str:
        return f"{self.name}-{what}-{region or self.home}-{self.account}"

    @cached_property
    def database(self) -> Item:
        return {i["DBInstanceIdentifier"]: i for i in self.all("rds", "describe_db_instances", "DBInstances")}[
            f"{self.name}-database"
        ]

    @cached_property
    def instances(self) -> list[Item]:
        """Those of the VPC that are not on their way out."""
        reservations = self.in_vpc("describe_instances", "Reservations")
        found = [instance for reservation in reservations for instance in reservation["Instances"]]
        return [instance for instance in found if instance["State"]["Name"] in ("pending", "running")]

    def load_balancer(self, side: str) -> Item:
        (found,) = self.all("elbv2", "describe_load_balancers", "LoadBalancers", Names=[f"{self.name}-app-{side}"])
        return found

    def target_group(self, side: str) -> Item:
        (found,) = self.all("elbv2", "describe_target_groups", "TargetGroups", Names=[f"{self.name}-app-{side}"])
        return found

    def listeners(self, side: str) -> list[Item]:
        arn = self.load_balancer(side)["LoadBalancerArn"]
        return self.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)

    def fleet(self, side: str) -> Item:
        name = f"{self.name}-app-{side}"
        (found,) = self.all(
            "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", AutoScalingGroupNames=[name]
        )
        return found

    def launch_template(self, side: str) -> Item:
        """The data of the version from which instances start."""
        versions = self.aws("ec2").describe_launch_template_versions(
            LaunchTemplateName=f"{self.name}-app-{side}", Versions=["$Default"]
        )
        found: Item = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        return found

    @cached_property
    def zone(self) -> Item:
        zones = self.all("route53", "list_hosted_zones", "HostedZones")
        (found,) = [zone for zone in zones if zone["Name"] == f"{self.inventory['dns_zone_name']}."]
        return found

    @cached_property
    def records(self) -> list[Item]:
        return self.all("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=self.zone["Id"])

    @cached_property
    def topic_arn(self) -> str:
        return f"arn:aws:sns:{self.home}:{self.account}:{self.name}-alarms"

    @cached_property
    def alarms(self) -> dict[str, Item]:
        found = self.all("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=f"{self.name}-")
        return {alarm["AlarmName"].removeprefix(f"{self.name}-"): alarm for alarm in found}

    @cached_property
    def log_groups(self) -> dict[str, Item]:
        groups = self.all("logs", "describe_log_groups", "logGroups")
        return {group["logGroupName"]: group for group in groups}
