# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two stacks in one account: removing one leaves every attribute of the other as it was."""

from __future__ import annotations

from typing import Any

from tests.integration.runs import Controller

SECOND = {"environment_suffix": "prod-eu", "vpc_cidr": "10.30.0.0/16", "dns_zone": "eu.acme.example"}
# The longest common beginning that two names can have: acme-prod is how acme-prod-eu begins.


def everything(controller: Controller, stack: str) -> dict[str, Any]:
    """All that carries the stack's tag, with its tags, and the full description of its network, data and fleets."""
    owned = [{"Name": "tag:cutover:stack", "Values": [stack]}]
    ec2, tagging = controller.aws("ec2"), controller.aws("resourcegroupstaggingapi")
    described = {
        "vpcs": ec2.describe_vpcs(Filters=owned)["Vpcs"],
        "subnets": ec2.describe_subnets(Filters=owned)["Subnets"],
        "routes": ec2.describe_route_tables(Filters=owned)["RouteTables"],
        "groups": ec2.describe_security_groups(Filters=owned)["SecurityGroups"],
        "acls": ec2.describe_network_acls(Filters=owned)["NetworkAcls"],
        "databases": [
            d
            for d in controller.aws("rds").describe_db_instances()["DBInstances"]
            if d["DBInstanceIdentifier"].startswith(stack)
        ],
        "fleets": controller.aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"],
        "balancers": controller.aws("elbv2").describe_load_balancers()["LoadBalancers"],
        "alarms": controller.aws("cloudwatch").describe_alarms()["MetricAlarms"],
    }
    for kind, name in (("fleets", "AutoScalingGroupName"), ("balancers", "LoadBalancerName"), ("alarms", "AlarmName")):
        described[kind] = [item for item in described[kind] if item[name].startswith(f"{stack}-")]
    tagged = tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "cutover:stack", "Values": [stack]}])
    described["tagged"] = sorted(
        (a["ResourceARN"], str(a["Tags"])) for page in tagged for a in page["ResourceTagMappingList"]
    )
    return described


def test_destroying_one_stack_leaves_the_other_as_it_was(controller: Controller) -> None:
    controller.run("site.yml").expect()
    controller.run("site.yml", **SECOND).expect()
    before = everything(controller, "acme-prod-eu")
    assert all(before.values()), f"nothing to compare: {[kind for kind, found in before.items() if not found]}"
    controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    assert everything(controller, "acme-prod-eu") == before
