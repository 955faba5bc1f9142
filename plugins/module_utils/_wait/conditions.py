# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be waited for, as data: how to ask, which states are the end, which are a failure that no waiting mends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._rds.instance import FAILED, SETTLED
from .fleets import FAILED as FLEET_FAILED
from .fleets import READY as FLEET_READY
from .fleets import group_state, target_group_state


@dataclass(frozen=True)
class Condition:
    """How one kind of resource is watched.

    operation is called with {argument: names}, or with what ask makes of each name, and answers a list under result;
    state is the path of the state in each item, or finds it with the client and the item. absent_errors are the error
    codes that mean it does not exist. timeout and interval are in seconds; each default is a few times what AWS usually
    takes.
    """

    service: str
    operation: str
    argument: str
    result: str
    identity: str
    state: str | Callable[[Any, Mapping[str, Any]], str]
    ready: frozenset[str]
    failed: frozenset[str]
    gone: frozenset[str] = frozenset({"deleted"})
    absent_errors: frozenset[str] = frozenset()
    one_by_one: bool = False
    ask: Callable[[str], Mapping[str, Any]] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    timeout: int = 600
    interval: int = 5


CONDITIONS: Mapping[str, Condition] = {
    "autoscaling_group": Condition(
        service="autoscaling",
        operation="describe_auto_scaling_groups",
        argument="AutoScalingGroupNames",
        result="AutoScalingGroups",
        identity="AutoScalingGroupName",
        state=group_state,
        ready=frozenset({FLEET_READY}),
        failed=frozenset({FLEET_FAILED}),
        timeout=1200,
        interval=10,
    ),
    "certificate": Condition(
        service="acm",
        operation="describe_certificate",
        argument="CertificateArn",
        result="Certificate",
        identity="CertificateArn",
        state="Status",
        ready=frozenset({"ISSUED"}),
        failed=frozenset({"FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE"}),
        absent_errors=frozenset({"ResourceNotFoundException"}),
        one_by_one=True,
        reason="FailureReason",
        timeout=1800,
        interval=10,
    ),
    "load_balancer": Condition(
        service="elbv2",
        operation="describe_load_balancers",
        argument="LoadBalancerArns",
        result="LoadBalancers",
        identity="LoadBalancerArn",
        state="State.Code",
        ready=frozenset({"active"}),
        failed=frozenset({"failed"}),
        absent_errors=frozenset({"LoadBalancerNotFound"}),
    ),
    # A load balancer is gone at once, its network interfaces hold groups and subnets for minutes more. Their
    # description is "ELB app/<name>/<id>".
    "load_balancer_interfaces": Condition(
        service="ec2",
        operation="describe_network_interfaces",
        argument="Filters",
        result="NetworkInterfaces",
        identity="Description",
        state="Status",
        ready=frozenset({"in-use"}),
        failed=frozenset(),
        one_by_one=True,
        ask=lambda description: {"Filters": [{"Name": "description", "Values": [description]}]},
    ),
    "nat_gateway": Condition(
        service="ec2",
        operation="describe_nat_gateways",
        argument="NatGatewayIds",
        result="NatGateways",
        identity="NatGatewayId",
        state="State",
        ready=frozenset({"available"}),
        failed=frozenset({"failed"}),
        absent_errors=frozenset({"NatGatewayNotFound"}),
        reason="FailureMessage",
    ),
    "rds_instance": Condition(
        service="rds",
        operation="describe_db_instances",
        argument="DBInstanceIdentifier",
        result="DBInstances",
        identity="DBInstanceIdentifier",
        state="DBInstanceStatus",
        ready=SETTLED,
        failed=FAILED,
        absent_errors=frozenset({"DBInstanceNotFound"}),
        one_by_one=True,
        # 10 to 25 minutes for a new one over several zones, longer for a deletion with a final snapshot of many GiB.
        timeout=3600,
        interval=15,
    ),
    "rds_snapshot": Condition(
        service="rds",
        operation="describe_db_snapshots",
        argument="DBSnapshotIdentifier",
        result="DBSnapshots",
        identity="DBSnapshotIdentifier",
        state="Status",
        ready=frozenset({"available"}),
        failed=frozenset({"failed", "incompatible-restore", "incompatible-parameters"}),
        absent_errors=frozenset({"DBSnapshotNotFound"}),
        one_by_one=True,
        timeout=7200,
        interval=15,
    ),
    # A change is with all name servers within a minute, as a rule.
    "route53_change": Condition(
        service="route53",
        operation="get_change",
        argument="Id",
        result="ChangeInfo",
        identity="Id",
        state="Status",
        ready=frozenset({"INSYNC"}),
        failed=frozenset(),
        one_by_one=True,
        timeout=300,
    ),
    "target_group": Condition(
        service="elbv2",
        operation="describe_target_groups",
        argument="TargetGroupArns",
        result="TargetGroups",
        identity="TargetGroupArn",
        state=target_group_state,
        ready=frozenset({FLEET_READY}),
        failed=frozenset(),
        absent_errors=frozenset({"TargetGroupNotFound"}),
        timeout=1200,
        interval=10,
    ),
}
