# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What passes through which states, and for how many minutes of AWS's time.

Durations are what AWS's documentation and experience give for small resources; they matter by their order, since
the scale shrinks all of them alike. Sources of the states:
RDS https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status,
EC2 https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html,
NAT https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html,
endpoints https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html,
load balancers https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Course:
    """What an operation sets going. ``named``: parameters that name the things, where its answer does not show them.

    ``deletes``: the thing is on its way out; ``gone``: moto has dropped it, so we show it; ``hidden``: AWS does not
    show it either, but what it used is still in use. ``applies``: to which items.
    """

    phases: tuple[tuple[str, float], ...]
    named: str = ""
    deletes: bool = False
    gone: bool = False
    hidden: bool = False
    applies: Callable[[Item], bool] = lambda item: True


@dataclass(frozen=True)
class Busy:
    """An operation that AWS refuses while the thing is in an intermediate state."""

    named: str
    code: str
    message: str


@dataclass(frozen=True)
class Block:
    """Deleting something is refused while a thing on its way out still uses it."""

    service: str
    operation: str
    named: str
    used: str
    code: str
    message: str


@dataclass(frozen=True)
class Kind:
    """``shown``: where an operation's result has its items. ``describe``: operation and parameter that ask for one."""

    service: str
    name: str
    key: str
    state: str
    shown: Mapping[str, str]
    courses: Mapping[str, Course]
    describe: tuple[str, str, bool]
    filters: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    busy: Mapping[str, Busy] = field(default_factory=dict)
    taken: Mapping[str, Busy] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()


def _group_in_use(used: str) -> Block:
    return Block(
        "ec2", "DeleteSecurityGroup", "GroupId", used, "DependencyViolation", "resource {} has a dependent object"
    )


def _subnet_in_use(used: str) -> Block:
    message = "The subnet '{}' has dependencies and cannot be deleted."
    return Block("ec2", "DeleteSubnet", "SubnetId", used, "DependencyViolation", message)


_not_available = "Instance {} is not currently in the available state."
_cluster_not_available = "DB cluster {} is not in available state."
_creating = (("creating", 8.0), ("backing-up", 2.0))

DB_INSTANCE = Kind(
    service="rds",
    name="db instance",
    key="DBInstanceIdentifier",
    state="DBInstanceStatus",
    describe=("DescribeDBInstances", "DBInstanceIdentifier", False),
    filters={"db-instance-id": "DBInstanceIdentifier", "db-cluster-id": "DBClusterIdentifier", "engine": "Engine"},
    shown={
        "DescribeDBInstances": "DBInstances[]",
        "CreateDBInstance": "DBInstance",
        "CreateDBInstanceReadReplica": "DBInstance",
        "DeleteDBInstance": "DBInstance",
        "ModifyDBInstance": "DBInstance",
        "PromoteReadReplica": "DBInstance",
        "RebootDBInstance": "DBInstance",
        "RestoreDBInstanceFromDBSnapshot": "DBInstance",
        "RestoreDBInstanceToPointInTime": "DBInstance",
        "StartDBInstance": "DBInstance",
        "StopDBInstance": "DBInstance",
    },
    courses={
        "CreateDBInstance": Course(_creating),
        "CreateDBInstanceReadReplica": Course(_creating),
        "RestoreDBInstanceFromDBSnapshot": Course((("creating", 10.0), ("modifying", 1.0))),
        "RestoreDBInstanceToPointInTime": Course((("creating", 10.0), ("modifying", 1.0))),
        # "available" lingers for a while, and a waiter that trusts it stops too early
        "ModifyDBInstance": Course((("available", 0.5), ("modifying", 3.0))),
        "PromoteReadReplica": Course((("available", 0.5), ("modifying", 3.0))),
        "RebootDBInstance": Course((("rebooting", 1.0),)),
        "StartDBInstance": Course((("starting", 5.0),)),
        "StopDBInstance": Course((("stopping", 3.0),)),
        "CreateDBSnapshot": Course((("backing-up", 3.0),), named="DBInstanceIdentifier"),
        "DeleteDBInstance": Course((("deleting", 5.0),), deletes=True, gone=True),
    },
    busy={
        operation: Busy("DBInstanceIdentifier", "InvalidDBInstanceState", _not_available)
        for operation in (
            "ModifyDBInstance",
            "RebootDBInstance",
            "StopDBInstance",
            "CreateDBSnapshot",
            "PromoteReadReplica",
        )
    },
    taken={
        operation: Busy("DBInstanceIdentifier", "DBInstanceAlreadyExists", "DB instance already exists")
        for operation in ("CreateDBInstance", "RestoreDBInstanceFromDBSnapshot", "CreateDBInstanceReadReplica")
    },
    blocks=(
        _group_in_use("VpcSecurityGroups[].VpcSecurityGroupId"),
        Block(
            "rds",
            "DeleteDBSubnetGroup",
            "DBSubnetGroupName",
            "DBSubnetGroup.DBSubnetGroupName",
            "InvalidDBSubnetGroupStateFault",
            "Cannot delete the subnet group '{}' because at least one database instance is still using it.",
        ),
        Block(
            "rds",
            "DeleteDBParameterGroup",
            "DBParameterGroupName",
            "DBParameterGroups[].DBParameterGroupName",
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group {}",
        ),
    ),
)

DB_CLUSTER = Kind(
    service="rds",
    name="db cluster",
    key="DBClusterIdentifier",
    state="Status",
    describe=("DescribeDBClusters", "DBClusterIdentifier", False),
    filters={"db-cluster-id": "DBClusterIdentifier", "engine": "Engine"},
    shown={
        "DescribeDBClusters": "DBClusters[]",
        "CreateDBCluster": "DBCluster",
        "DeleteDBCluster": "DBCluster",
        "ModifyDBCluster": "DBCluster",
        "RestoreDBClusterFromSnapshot": "DBCluster",
        "RestoreDBClusterToPointInTime": "DBCluster",
        "StartDBCluster": "DBCluster",
        "StopDBCluster": "DBCluster",
    },
    courses={
        "CreateDBCluster": Course((("creating", 3.0),)),
        "RestoreDBClusterFromSnapshot": Course((("creating", 6.0),)),
        "RestoreDBClusterToPointInTime": Course((("creating", 6.0),)),
        "ModifyDBCluster": Course((("available", 0.5), ("modifying", 1.0))),
        "StartDBCluster": Course((("starting", 5.0),)),
        "StopDBCluster": Course((("stopping", 5.0),)),
        "DeleteDBCluster": Course((("deleting", 3.0),), deletes=True, gone=True),
    },
    busy={
        operation: Busy("DBClusterIdentifier", "InvalidDBClusterStateFault", _cluster_not_available)
        for operation in ("ModifyDBCluster", "StopDBCluster", "CreateDBClusterSnapshot")
    },
    taken={
        operation: Busy("DBClusterIdentifier", "DBClusterAlreadyExistsFault", "DB Cluster already exists")
        for operation in ("CreateDBCluster", "RestoreDBClusterFromSnapshot")
    },
    blocks=(
        _group_in_use("VpcSecurityGroups[].VpcSecurityGroupId"),
        Block(
            "rds",
            "DeleteDBSubnetGroup",
            "DBSubnetGroupName",
            "DBSubnetGroup",
            "InvalidDBSubnetGroupStateFault",
            "Cannot delete the subnet group '{}' because at least one database cluster is still using it.",
        ),
    ),
)

DB_SNAPSHOT = Kind(
    service="rds",
    name="db snapshot",
    key="DBSnapshotIdentifier",
    state="Status",
    describe=("DescribeDBSnapshots", "DBSnapshotIdentifier", False),
    shown={
        "DescribeDBSnapshots": "DBSnapshots[]",
        "CopyDBSnapshot": "DBSnapshot",
        "CreateDBSnapshot": "DBSnapshot",
    },
    courses={
        "CreateDBSnapshot": Course((("creating", 3.0),)),
        "CopyDBSnapshot": Course((("creating", 3.0),)),
    },
    extra={"creating": {"PercentProgress": 50}},
    busy={
        "RestoreDBInstanceFromDBSnapshot": Busy(
            "DBSnapshotIdentifier", "InvalidDBSnapshotState", "The snapshot {} is not in the available state."
        ),
        "CopyDBSnapshot": Busy(
            "SourceDBSnapshotIdentifier",
            "InvalidDBSnapshotState",
            "The source snapshot {} is not in the available state.",
        ),
        "ModifyDBSnapshotAttribute": Busy(
            "DBSnapshotIdentifier", "InvalidDBSnapshotState", "The snapshot {} is not in the available state."
        ),
    },
)

DB_CLUSTER_SNAPSHOT = Kind(
    service="rds",
    name="db cluster snapshot",
    key="DBClusterSnapshotIdentifier",
    state="Status",
    describe=("DescribeDBClusterSnapshots", "DBClusterSnapshotIdentifier", False),
    shown={
        "DescribeDBClusterSnapshots": "DBClusterSnapshots[]",
        "CopyDBClusterSnapshot": "DBClusterSnapshot",
        "CreateDBClusterSnapshot": "DBClusterSnapshot",
    },
    courses={
        "CreateDBClusterSnapshot": Course((("creating", 3.0),)),
        "CopyDBClusterSnapshot": Course((("creating", 3.0),)),
    },
    extra={"creating": {"PercentProgress": 50}},
    busy={
        operation: Busy(named, "InvalidDBClusterSnapshotStateFault", "The snapshot {} is not in the available state.")
        for operation, named in (
            ("RestoreDBClusterFromSnapshot", "SnapshotIdentifier"),
            ("CopyDBClusterSnapshot", "SourceDBClusterSnapshotIdentifier"),
            ("ModifyDBClusterSnapshotAttribute", "DBClusterSnapshotIdentifier"),
        )
    },
)

_proxy_not_available = "DB Proxy {} is not in the available state."

DB_PROXY = Kind(
    service="rds",
    name="db proxy",
    key="DBProxyName",
    state="Status",
    describe=("DescribeDBProxies", "DBProxyName", False),
    shown={
        "DescribeDBProxies": "DBProxies[]",
        "CreateDBProxy": "DBProxy",
        "DeleteDBProxy": "DBProxy",
        "ModifyDBProxy": "DBProxy",
    },
    courses={
        "CreateDBProxy": Course((("creating", 5.0),)),
        "ModifyDBProxy": Course((("modifying", 1.0),)),
        "DeleteDBProxy": Course((("deleting", 3.0),), deletes=True, gone=True),
    },
    busy={
        operation: Busy("DBProxyName", "InvalidDBProxyStateFault", _proxy_not_available)
        for operation in ("ModifyDBProxy", "ModifyDBProxyTargetGroup", "RegisterDBProxyTargets")
    },
    taken={"CreateDBProxy": Busy("DBProxyName", "DBProxyAlreadyExistsFault", "DB Proxy already exists")},
    blocks=(_group_in_use("VpcSecurityGroupIds[]"), _subnet_in_use("VpcSubnetIds[]")),
)

NAT_GATEWAY = Kind(
    service="ec2",
    name="nat gateway",
    key="NatGatewayId",
    state="State",
    describe=("DescribeNatGateways", "NatGatewayIds", True),
    shown={"DescribeNatGateways": "NatGateways[]", "CreateNatGateway": "NatGateway"},
    courses={
        "CreateNatGateway": Course((("pending", 2.0),)),
        "DeleteNatGateway": Course((("deleting", 1.0),), named="NatGatewayId", deletes=True),
    },
    blocks=(
        _subnet_in_use("SubnetId"),
        Block(
            "ec2",
            "ReleaseAddress",
            "AllocationId",
            "NatGatewayAddresses[].AllocationId",
            "InvalidIPAddress.InUse",
            "The address with allocation id {} is in use.",
        ),
    ),
)

VPC_ENDPOINT = Kind(
    service="ec2",
    name="vpc endpoint",
    key="VpcEndpointId",
    state="State",
    describe=("DescribeVpcEndpoints", "VpcEndpointIds", True),
    filters={"vpc-id": "VpcId", "vpc-endpoint-id": "VpcEndpointId", "service-name": "ServiceName"},
    shown={"DescribeVpcEndpoints": "VpcEndpoints[]", "CreateVpcEndpoint": "VpcEndpoint"},
    courses={
        "CreateVpcEndpoint": Course(
            (("pending", 2.0),), applies=lambda item: item.get("VpcEndpointType") == "Interface"
        ),
        "DeleteVpcEndpoints": Course(
            (("deleting", 1.0),),
            named="VpcEndpointIds[]",
            deletes=True,
            gone=True,
            applies=lambda item: item.get("VpcEndpointType") == "Interface",
        ),
    },
    blocks=(_subnet_in_use("SubnetIds[]"), _group_in_use("Groups[].GroupId")),
)

INSTANCE = Kind(
    service="ec2",
    name="instance",
    key="InstanceId",
    state="State.Name",
    describe=("DescribeInstances", "InstanceIds", True),
    shown={"DescribeInstances": "Reservations[].Instances[]", "RunInstances": "Instances[]"},
    courses={
        "RunInstances": Course((("pending", 0.5),)),
        "StartInstances": Course((("pending", 0.5),), named="InstanceIds[]"),
        "StopInstances": Course((("stopping", 0.5),), named="InstanceIds[]"),
        "TerminateInstances": Course((("shutting-down", 0.5),), named="InstanceIds[]", deletes=True),
    },
    extra={
        "pending": {"State.Code": 0},
        "shutting-down": {"State.Code": 32},
        "stopping": {"State.Code": 64},
    },
    blocks=(_subnet_in_use("SubnetId"), _group_in_use("SecurityGroups[].GroupId")),
)

LOAD_BALANCER = Kind(
    service="elbv2",
    name="load balancer",
    key="LoadBalancerArn",
    state="State.Code",
    describe=("DescribeLoadBalancers", "LoadBalancerArns", True),
    shown={"DescribeLoadBalancers": "LoadBalancers[]", "CreateLoadBalancer": "LoadBalancers[]"},
    courses={
        "CreateLoadBalancer": Course((("provisioning", 2.0),)),
        # its network interfaces stay for a while, and with them its groups and subnets in use
        "DeleteLoadBalancer": Course(
            (("deleting", 1.0),), named="LoadBalancerArn", deletes=True, gone=True, hidden=True
        ),
    },
    blocks=(_group_in_use("SecurityGroups[]"), _subnet_in_use("AvailabilityZones[].SubnetId")),
)

TABLE = Kind(
    service="dynamodb",
    name="table",
    key="TableName",
    state="TableStatus",
    describe=("DescribeTable", "TableName", False),
    shown={"DescribeTable": "Table", "CreateTable": "TableDescription", "UpdateTable": "TableDescription"},
    courses={
        "CreateTable": Course((("CREATING", 0.2),)),
        "UpdateTable": Course((("UPDATING", 0.2),)),
    },
)

FUNCTION = Kind(
    service="lambda",
    name="function",
    key="FunctionName",
    state="State",
    describe=("GetFunctionConfiguration", "FunctionName", False),
    shown={"GetFunction": "Configuration", "GetFunctionConfiguration": "", "CreateFunction": ""},
    courses={"CreateFunction": Course((("Pending", 0.3),))},
)

KINDS = (
    DB_INSTANCE,
    DB_CLUSTER,
    DB_SNAPSHOT,
    DB_CLUSTER_SNAPSHOT,
    DB_PROXY,
    NAT_GATEWAY,
    VPC_ENDPOINT,
    INSTANCE,
    LOAD_BALANCER,
    TABLE,
    FUNCTION,
)
