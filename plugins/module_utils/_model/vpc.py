# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The network that a stack ought to have: subnets in tiers over zones, their routes and ACLs, flow logs, the S3
gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, TypedDict

from .core import Model, ModelError, Resource, Stack, Value, known, model_of
from .names import zone_suffix

PUBLIC = "public"
VPC_TYPES = (
    "vpc",
    "internet_gateway",
    "subnet",
    "elastic_ip",
    "nat_gateway",
    "route_table",
    "vpc_endpoint",
    "network_acl",
    "log_group",
    "flow_log",
)
ANYWHERE = "0.0.0.0/0"


AclRule: TypeAlias = "Sequence[int | str | None]"
"""One entry of a network ACL as amazon.aws.ec2_vpc_nacl writes it: number, protocol, action, CIDR, ICMP type, ICMP
code, first port, last port.
"""


class VpcConfig(TypedDict):
    """The vpc role's inputs. subnets maps each tier to its CIDRs, one a zone, in the zones' order; nat is per_zone,
    single or none.
    """

    cidr: str
    zones: Sequence[str]
    subnets: Mapping[str, Sequence[str]]
    nat: str
    network_acls: Mapping[str, Mapping[str, Sequence[AclRule]]]
    s3_endpoint: bool
    flow_logs: bool
    flow_logs_retention: int
    flow_logs_role_arn: str | None
    key_arn: str | None


def vpc_model(stack: Stack, config: VpcConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    return model_of(
        [
            _vpc(stack, config),
            *_subnets(stack, config),
            _internet_gateway(stack),
            *_nat_gateways(stack, config),
            *_route_tables(stack, config),
            *_network_acls(stack, config),
            *_s3_endpoint(stack, config),
            *_flow_logs(stack, config),
        ]
    )


def _resource(stack: Stack, key: str, kind: str, what: str, *qualifiers: str, **attributes: Value) -> Resource:
    name = stack.named(what, *qualifiers)
    return Resource(key, kind, name, {**attributes, "tags": stack.tagged(key, name)})


def _vpc(stack: Stack, config: VpcConfig) -> Resource:
    return _resource(stack, "vpc", "vpc", "vpc", cidr=config["cidr"], dns_support=True, dns_hostnames=True)


def _subnets(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    for tier, cidrs in config["subnets"].items():
        if len(cidrs) != len(config["zones"]):
            raise ModelError(f"vpc_subnets.{tier} has {len(cidrs)} CIDRs for {len(config['zones'])} zones in vpc_zones")
        for zone, cidr in zip(config["zones"], cidrs, strict=True):
            suffix = zone_suffix(zone, stack.region)
            yield _resource(
                stack,
                f"subnet/{tier}-{suffix}",
                "subnet",
                tier,
                suffix,
                cidr=cidr,
                zone=zone,
                public_ip_on_launch=tier == PUBLIC,
            )


def _internet_gateway(stack: Stack) -> Resource:
    return _resource(stack, "internet_gateway", "internet_gateway", "igw", vpc="vpc")


def _nat_zones(stack: Stack, config: VpcConfig) -> list[str]:
    suffixes = [zone_suffix(zone, stack.region) for zone in config["zones"]]
    return {"per_zone": suffixes, "single": suffixes[:1], "none": []}[config["nat"]]


def _nat_gateways(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    zones = _nat_zones(stack, config)
    for suffix in zones:
        yield _resource(stack, f"elastic_ip/nat-{suffix}", "elastic_ip", "nat", suffix, domain="vpc")
    for suffix in zones:
        yield _resource(
            stack,
            f"nat_gateway/{suffix}",
            "nat_gateway",
            "nat",
            suffix,
            subnet=f"subnet/{PUBLIC}-{suffix}",
            elastic_ip=f"elastic_ip/nat-{suffix}",
        )


def _route_tables(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    """One table for the public tier; one a zone for each other tier, so that a zone's traffic leaves by its own NAT
    gateway.
    """
    suffixes = [zone_suffix(zone, stack.region) for zone in config["zones"]]
    nat = _nat_zones(stack, config)
    for tier in config["subnets"]:
        if tier == PUBLIC:
            routes = [{"dest": ANYWHERE, "gateway_id": "internet_gateway"}]
            yield _route_table(stack, tier, "all", [f"subnet/{tier}-{s}" for s in suffixes], routes)
            continue
        for suffix in suffixes:
            out = suffix if suffix in nat else (nat[0] if nat else None)
            routed = [{"dest": ANYWHERE, "gateway_id": f"nat_gateway/{out}"}] if out and tier != "database" else []
            yield _route_table(stack, tier, suffix, [f"subnet/{tier}-{suffix}"], routed)


def _route_table(
    stack: Stack, tier: str, qualifier: str, subnets: list[str], routes: Sequence[Mapping[str, Value]]
) -> Resource:
    return _resource(
        stack,
        f"route_table/{tier}-{qualifier}",
        "route_table",
        tier,
        qualifier,
        vpc="vpc",
        subnets=sorted(subnets),
        routes=list(routes),
    )


def _network_acls(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    suffixes = [zone_suffix(zone, stack.region) for zone in config["zones"]]
    for tier, rules in config["network_acls"].items():
        if tier not in config["subnets"]:
            raise ModelError(f"vpc_network_acls.{tier}: there is no such tier in vpc_subnets")
        yield _resource(
            stack,
            f"network_acl/{tier}",
            "network_acl",
            tier,
            "acl",
            vpc="vpc",
            subnets=sorted(f"subnet/{tier}-{s}" for s in suffixes),
            ingress=_acl_rules(rules["ingress"]),
            egress=_acl_rules(rules["egress"]),
        )


def _acl_rules(rules: Sequence[AclRule]) -> list[Value]:
    return [list(rule) for rule in sorted(rules, key=lambda rule: int(rule[0] or 0))]


def _s3_endpoint(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    if not config["s3_endpoint"]:
        return
    tables = [table.key for table in _route_tables(stack, config) if not table.key.startswith(f"route_table/{PUBLIC}-")]
    yield _resource(
        stack,
        "vpc_endpoint/s3",
        "vpc_endpoint",
        "s3",
        vpc="vpc",
        service=f"com.amazonaws.{stack.region}.s3",
        endpoint_type="Gateway",
        route_tables=sorted(tables),
    )


def _flow_logs(stack: Stack, config: VpcConfig) -> Iterator[Resource]:
    """The group exists, encrypted and with a retention, before anything writes to it; a service that makes its own
    group sets neither.
    """
    if not config["flow_logs"]:
        return
    name = f"/{stack.name}/vpc-flow-logs"
    group = "log_group/vpc-flow-logs"
    yield Resource(
        group,
        "log_group",
        name,
        {
            "retention": config["flow_logs_retention"],
            "key_arn": known(config["key_arn"]),
            "tags": stack.tagged(group, name),
        },
    )
    yield _resource(
        stack,
        "flow_log",
        "flow_log",
        "vpc-flow-logs",
        vpc="vpc",
        traffic="ALL",
        destination=stack.arn("logs", f"log-group:{name}"),
        role_arn=known(config["flow_logs_role_arn"]),
    )
