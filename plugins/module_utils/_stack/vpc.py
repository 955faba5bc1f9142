# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's network, in the shape of its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import STACK_TAG, Found, Reality, Value, reality_of, told_apart
from .._model.vpc import ANYWHERE
from .context import Context, tags_of
from .logs import log_groups

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""

PROTOCOLS = {"-1": "all", "1": "icmp", "6": "tcp", "17": "udp"}
GONE = ("deleting", "deleted")
DEFAULT_ACL_RULE = 32767
"""The entry that denies what no rule allows; AWS adds it to each ACL and nobody can change it."""


def read_vpc(context: Context) -> Reality:
    """The layer's resources by key; ids that belong to the layer are given as keys, as in the model."""
    listing = _list(context)
    keys = _keys_by_id(context, listing)
    found = [
        *(vpc for item in listing["vpc"] if (vpc := _vpc(context, item, keys))),
        *(_subnet(item, keys) for item in listing["subnet"]),
        *(_internet_gateway(item, keys) for item in listing["internet_gateway"]),
        *(_elastic_ip(item, keys) for item in listing["elastic_ip"]),
        *(_nat_gateway(item, keys) for item in listing["nat_gateway"]),
        *(_route_table(item, keys) for item in listing["route_table"]),
        *(_network_acl(item, keys) for item in listing["network_acl"]),
        *(_endpoint(item, keys) for item in listing["vpc_endpoint"]),
        *(_flow_log(item, keys) for item in listing["flow_log"]),
        *log_groups(context, f"/{context.stack.name}/vpc-"),
    ]
    return reality_of(found)


IDS = {
    "vpc": "VpcId",
    "subnet": "SubnetId",
    "internet_gateway": "InternetGatewayId",
    "elastic_ip": "AllocationId",
    "nat_gateway": "NatGatewayId",
    "route_table": "RouteTableId",
    "network_acl": "NetworkAclId",
    "vpc_endpoint": "VpcEndpointId",
    "flow_log": "FlowLogId",
}


def _list(context: Context) -> dict[str, list[Answer]]:
    owned = context.stack_filter()
    alive = [*owned, {"Name": "state", "Values": ["pending", "available"]}]

    def listing(operation: str, result: str, **arguments: Any) -> Callable[[], list[Answer]]:
        return lambda: context.pages("ec2", operation, result, **arguments)

    listings = context.together(
        vpc=listing("describe_vpcs", "Vpcs", Filters=owned),
        subnet=listing("describe_subnets", "Subnets", Filters=owned),
        internet_gateway=listing("describe_internet_gateways", "InternetGateways", Filters=owned),
        elastic_ip=lambda: context.client("ec2").describe_addresses(Filters=owned)["Addresses"],
        nat_gateway=listing("describe_nat_gateways", "NatGateways", Filters=alive),
        route_table=listing("describe_route_tables", "RouteTables", Filters=owned),
        network_acl=listing("describe_network_acls", "NetworkAcls", Filters=owned),
        vpc_endpoint=listing("describe_vpc_endpoints", "VpcEndpoints", Filters=owned),
        flow_log=listing("describe_flow_logs", "FlowLogs", Filters=owned),
    )
    # Looked at once more here, because destroy removes what this returns: another stack's resource must not depend on a
    # filter alone.
    return {
        kind: [
            item
            for item in items
            if item.get("State") not in GONE and tags_of(item.get("Tags")).get(STACK_TAG) == context.stack.name
        ]
        for kind, items in listings.items()
    }


def _keys_by_id(context: Context, listing: Mapping[str, list[Answer]]) -> dict[str, str]:
    carried: dict[str, str] = {}
    for kind, items in listing.items():
        for item in items:
            tags = tags_of(item.get("Tags"))
            carried[item[IDS[kind]]] = context.key(kind, str(tags.get("Name", "")), tags)
    return dict(zip(carried, told_apart((key, identity) for identity, key in carried.items()), strict=True))


def _found(
    kind: str, item: Answer, keys: Mapping[str, str], facts: Mapping[str, Value] | None = None, **attributes: Value
) -> Found:
    identity = item[IDS[kind]]
    tags = tags_of(item.get("Tags"))
    return Found(
        key=keys[identity],
        type=kind,
        name=str(tags.get("Name", identity)),
        id=identity,
        attributes={**attributes, "tags": tags},
        facts=facts or {},
    )


def _vpc(context: Context, item: Answer, keys: Mapping[str, str]) -> Found | None:
    """None where it was listed a moment ago, and is gone since or not yet known everywhere."""

    def attribute(name: str, field: str) -> Callable[[], bool]:
        return lambda: context.client("ec2").describe_vpc_attribute(VpcId=item["VpcId"], Attribute=name)[field]["Value"]

    try:
        dns = context.together(
            support=attribute("enableDnsSupport", "EnableDnsSupport"),
            hostnames=attribute("enableDnsHostnames", "EnableDnsHostnames"),
        )
    except is_boto3_error_code("InvalidVpcID.NotFound"):
        return None
    return _found("vpc", item, keys, cidr=item["CidrBlock"], dns_support=dns["support"], dns_hostnames=dns["hostnames"])


def _subnet(item: Answer, keys: Mapping[str, str]) -> Found:
    return _found(
        "subnet",
        item,
        keys,
        facts={"tier": keys[item["SubnetId"]].removeprefix("subnet/").split("-")[0], "vpc_id": item["VpcId"]},
        cidr=item["CidrBlock"],
        zone=item["AvailabilityZone"],
        public_ip_on_launch=item["MapPublicIpOnLaunch"],
    )


def _internet_gateway(item: Answer, keys: Mapping[str, str]) -> Found:
    vpcs = [a["VpcId"] for a in item.get("Attachments", [])]
    vpc = vpcs[0] if vpcs else None
    return _found("internet_gateway", item, keys, facts={"vpc_id": vpc}, vpc=keys.get(vpc, vpc) if vpc else None)


def _elastic_ip(item: Answer, keys: Mapping[str, str]) -> Found:
    return _found("elastic_ip", item, keys, facts={"address": item.get("PublicIp")}, domain=item["Domain"])


def _nat_gateway(item: Answer, keys: Mapping[str, str]) -> Found:
    allocation = next((a["AllocationId"] for a in item.get("NatGatewayAddresses", []) if "AllocationId" in a), None)
    return _found(
        "nat_gateway",
        item,
        keys,
        facts={"state": item["State"]},
        subnet=keys.get(item["SubnetId"], item["SubnetId"]),
        elastic_ip=keys.get(allocation, allocation) if allocation else None,
    )


def _route_table(item: Answer, keys: Mapping[str, str]) -> Found:
    subnets = [a["SubnetId"] for a in item.get("Associations", []) if a.get("SubnetId")]
    routes = sorted(_routes(item, keys), key=lambda route: str(route["dest"]))
    return _found(
        "route_table",
        item,
        keys,
        facts={"default_route": next((route["gateway_id"] for route in routes if route["dest"] == ANYWHERE), None)},
        vpc=keys.get(item["VpcId"], item["VpcId"]),
        subnets=sorted(keys.get(subnet, subnet) for subnet in subnets),
        routes=routes,
    )


def _routes(item: Answer, keys: Mapping[str, str]) -> Iterator[dict[str, Value]]:
    """Routes that somebody asked for: not the local one, nor those that a gateway endpoint brings."""
    for route in item.get("Routes", []):
        if route.get("GatewayId") == "local" or route.get("GatewayId", "").startswith("vpce-"):
            continue
        targets = ("GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "TransitGatewayId", "NetworkInterfaceId")
        target = next((route[t] for t in targets if route.get(t)), None)
        destination = (
            route.get("DestinationCidrBlock")
            or route.get("DestinationIpv6CidrBlock")
            or route.get("DestinationPrefixListId")
        )
        yield {"dest": destination, "gateway_id": keys.get(target, target) if target else None}


def _network_acl(item: Answer, keys: Mapping[str, str]) -> Found:
    def entries(*, egress: bool) -> list[Value]:
        chosen = [e for e in item["Entries"] if e["Egress"] is egress and e["RuleNumber"] != DEFAULT_ACL_RULE]
        return [_acl_rule(entry) for entry in sorted(chosen, key=lambda e: e["RuleNumber"])]

    subnets = [a["SubnetId"] for a in item.get("Associations", [])]
    return _found(
        "network_acl",
        item,
        keys,
        vpc=keys.get(item["VpcId"], item["VpcId"]),
        subnets=sorted(keys.get(subnet, subnet) for subnet in subnets),
        ingress=entries(egress=False),
        egress=entries(egress=True),
    )


def _acl_rule(entry: Answer) -> list[Value]:
    ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
    return [
        entry["RuleNumber"],
        PROTOCOLS.get(entry["Protocol"], entry["Protocol"]),
        entry["RuleAction"],
        entry.get("CidrBlock") or entry.get("Ipv6CidrBlock"),
        icmp.get("Type"),
        icmp.get("Code"),
        ports.get("From"),
        ports.get("To"),
    ]


def _endpoint(item: Answer, keys: Mapping[str, str]) -> Found:
    return _found(
        "vpc_endpoint",
        item,
        keys,
        facts={"state": item.get("State")},
        vpc=keys.get(item["VpcId"], item["VpcId"]),
        service=item["ServiceName"],
        endpoint_type=item["VpcEndpointType"],
        route_tables=sorted(keys.get(table, table) for table in item.get("RouteTableIds", [])),
    )


def _flow_log(item: Answer, keys: Mapping[str, str]) -> Found:
    destination = item.get("LogDestination")
    return _found(
        "flow_log",
        item,
        keys,
        facts={"resource_id": item["ResourceId"]},
        vpc=keys.get(item["ResourceId"], item["ResourceId"]),
        traffic=item["TrafficType"],
        destination=destination.removesuffix(":*") if destination else None,
        role_arn=item.get("DeliverLogsPermissionArn"),
    )


def vpc_outputs(found: Reality) -> dict[str, Value]:
    """What other layers and other tools need of the network; absent is null."""
    vpc = found.get("vpc")
    gateway = found.get("internet_gateway")
    return {
        "vpc_id": vpc.id if vpc else None,
        "vpc_cidr": vpc.attributes["cidr"] if vpc else None,
        "internet_gateway_id": gateway.id if gateway else None,
        "subnet_ids": _by_tier(found),
        "subnet_routes": _subnet_routes(found),
        "zones": sorted({str(f.attributes["zone"]) for f in found.values() if f.type == "subnet"}),
        "nat_gateway_ids": _ids(found, "nat_gateway"),
        "nat_addresses": {k.split("/")[1]: f.facts.get("address") for k, f in found.items() if f.type == "elastic_ip"},
        "route_table_ids": _ids(found, "route_table"),
        "network_acl_ids": _ids(found, "network_acl"),
        "s3_endpoint_id": found["vpc_endpoint/s3"].id if "vpc_endpoint/s3" in found else None,
        "flow_log_id": found["flow_log"].id if "flow_log" in found else None,
        "flow_log_group": found["log_group/vpc-flow-logs"].name if "log_group/vpc-flow-logs" in found else None,
    }


def _ids(found: Reality, kind: str) -> dict[str, Value]:
    return {key.split("/", 1)[1]: f.id for key, f in found.items() if f.type == kind and "/" in key}


def _by_tier(found: Reality) -> dict[str, Value]:
    tiers: dict[str, list[tuple[str, str]]] = {}
    for f in found.values():
        if f.type == "subnet":
            tiers.setdefault(str(f.facts["tier"]), []).append((str(f.attributes["zone"]), f.id))
    return {tier: [identity for _zone, identity in sorted(subnets)] for tier, subnets in tiers.items()}


def _subnet_routes(found: Reality) -> dict[str, Value]:
    """Each subnet's route table and default route, so that nobody has to look up what reaches the internet."""
    routes: dict[str, Value] = {}
    for table in (f for f in found.values() if f.type == "route_table"):
        target = found.get(str(table.facts["default_route"]))
        default = target.id if target else table.facts["default_route"]
        for subnet in _strings(table.attributes["subnets"]):
            routes[subnet.removeprefix("subnet/")] = {"route_table_id": table.id, "default_route": default}
    return routes


def _strings(value: Value) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) else []
