# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Network and security groups of `prod`: each function holds one line of the page."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from tests.integration.prod_reachability import INTERNET, Network, Place, default_route, open_ports
from tests.integration.prod_reading import SIDES, TIERS, Reading, by_tag, contains, same

LOAD_BALANCER, APPLICATION, DATABASE = "load balancer", "application", "database"


def subnets_in_three_zones(reading: Reading) -> None:
    zones = reading.inventory["vpc_zones"]
    same(len(zones), 3)
    for tier in TIERS:
        found = {subnet["AvailabilityZone"]: subnet["CidrBlock"] for subnet in reading.tier(tier)}
        same(found, dict(zip(zones, reading.inventory["vpc_subnets"][tier], strict=True)), tier)
        for subnet in reading.tier(tier):
            same(subnet["MapPublicIpOnLaunch"], tier == "public", f"addresses of {tier}")
    same(len(reading.subnets), 9)


def dns_hostnames_and_support(reading: Reading) -> None:
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        answer = reading.aws("ec2").describe_vpc_attribute(VpcId=reading.vpc["VpcId"], Attribute=attribute)
        same(answer[attribute[0].upper() + attribute[1:]]["Value"], True, attribute)


def internet_gateway(reading: Reading) -> None:
    (gateway,) = reading.in_vpc("describe_internet_gateways", "InternetGateways", "attachment.vpc-id")
    same([attachment["State"] for attachment in gateway["Attachments"]], ["available"])
    for subnet in reading.tier("public"):
        out, nat = default_route(reading.route_table(subnet["SubnetId"]))
        same((out, nat), (gateway["InternetGatewayId"], None), f"default route of {subnet['CidrBlock']}")


def nat_in_each_zone(reading: Reading) -> None:
    """Three gateways with an address each, and each private subnet leaves through the one of its own zone."""
    zone_of = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in reading.subnets.values()}
    public = {subnet["SubnetId"] for subnet in reading.tier("public")}
    live = [nat for nat in reading.nat_gateways if nat["State"] == "available"]
    same(sorted(zone_of[nat["SubnetId"]] for nat in live), sorted(reading.inventory["vpc_zones"]))
    assert {nat["SubnetId"] for nat in live} <= public
    addresses = {address["AllocationId"] for address in reading.all("ec2", "describe_addresses", "Addresses")}
    used = [nat["NatGatewayAddresses"][0]["AllocationId"] for nat in live]
    same(len(set(used) & addresses), 3)
    by_id = {nat["NatGatewayId"]: nat for nat in live}
    for subnet in reading.tier("private"):
        out, nat = default_route(reading.route_table(subnet["SubnetId"]))
        assert out is None, f"{subnet['CidrBlock']} leads to the internet gateway"
        same(zone_of[by_id[str(nat)]["SubnetId"]], subnet["AvailabilityZone"])


def route_tables(reading: Reading) -> None:
    """Every subnet has a table of the stack's own; one that is not public shares it with none; the database has no way
    out.
    """
    used = []
    for tier in TIERS:
        for subnet in reading.tier(tier):
            table = reading.route_table(subnet["SubnetId"])
            assert not any(association["Main"] for association in table["Associations"]), f"{tier}: the main table"
            same([route["State"] for route in table["Routes"]], ["active"] * len(table["Routes"]))
            used += [table["RouteTableId"]] if tier != "public" else []
            if tier == "database":
                same(default_route(table), (None, None), "default route of the database")
    same(len(set(used)), 6)


ACLS: dict[str, dict[bool, list[tuple[Any, ...]]]] = {
    "public": {
        False: [
            ("0.0.0.0/0", "6", (443, 443)),
            ("::/0", "6", (443, 443)),
            ("0.0.0.0/0", "6", (1024, 65535)),
            ("vpc", "-1", None),
        ],
        True: [("0.0.0.0/0", "-1", None), ("::/0", "-1", None)],
    },
    "private": {
        False: [("vpc", "-1", None), ("0.0.0.0/0", "6", (1024, 65535)), ("0.0.0.0/0", "17", (1024, 65535))],
        True: [("0.0.0.0/0", "-1", None)],
    },
    "database": {
        False: [("vpc", "6", (3306, 3306))],
        True: [("vpc", "6", (1024, 65535))],
    },
}


def network_acls(reading: Reading) -> None:
    """One for each tier, on all of its subnets; entries by their numbers."""
    acls = by_tag(acl for acl in reading.network_acls if not acl["IsDefault"])
    same(sorted(acls), sorted(f"{reading.name}-{tier}-acl" for tier in TIERS))
    for tier, wanted in ACLS.items():
        acl = acls[f"{reading.name}-{tier}-acl"]
        ids = {association["SubnetId"] for association in acl["Associations"]}
        same(ids, {subnet["SubnetId"] for subnet in reading.tier(tier)}, tier)
        for egress, entries in wanted.items():
            same(_acl_entries(reading, acl, egress), entries, f"{tier}, egress {egress}")


def _acl_entries(reading: Reading, acl: dict[str, Any], egress: bool) -> list[tuple[Any, ...]]:
    entries = [entry for entry in acl["Entries"] if entry["Egress"] == egress and entry["RuleNumber"] < 32767]
    same({entry["RuleAction"] for entry in entries}, {"allow"})
    found = []
    for entry in sorted(entries, key=lambda entry: int(entry["RuleNumber"])):
        cidr = entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
        ports = (entry["PortRange"]["From"], entry["PortRange"]["To"]) if "PortRange" in entry else None
        found.append(("vpc" if cidr == reading.vpc["CidrBlock"] else cidr, entry["Protocol"], ports))
    return found


def flow_logs(reading: Reading) -> None:
    (log,) = reading.all(
        "ec2", "describe_flow_logs", "FlowLogs", Filters=[{"Name": "resource-id", "Values": [reading.vpc["VpcId"]]}]
    )
    group = f"/{reading.name}/vpc-flow-logs"
    wanted = {
        "FlowLogStatus": "ACTIVE",
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogDestination": f"arn:aws:logs:{reading.home}:{reading.account}:log-group:{group}",
        "DeliverLogsPermissionArn": reading.roles["flow-logs"]["Arn"],
    }
    contains(log, wanted)
    contains(reading.log_groups[group], {"kmsKeyId": reading.key_arn, "retentionInDays": 30})


def s3_gateway_endpoint(reading: Reading) -> None:
    (endpoint,) = reading.in_vpc("describe_vpc_endpoints", "VpcEndpoints")
    wanted = {
        "VpcEndpointType": "Gateway",
        "ServiceName": f"com.amazonaws.{reading.home}.s3",
        "State": "available",
    }
    contains(endpoint, wanted)
    for tier in ("private", "database"):
        for subnet in reading.tier(tier):
            table = reading.route_table(subnet["SubnetId"])
            assert table["RouteTableId"] in endpoint["RouteTableIds"], f"{tier} does not reach S3 through the endpoint"


def load_balancers_admit_443(reading: Reading) -> None:
    wanted = {("in", "tcp", 443, 443, "0.0.0.0/0"), ("in", "tcp", 443, 443, "::/0")}
    same(rules_of(reading, "load-balancer", "in"), wanted)
    for side in SIDES:
        same(reading.load_balancer(side)["SecurityGroups"], [reading.group_id("load-balancer")], side)


def application_admits_8080(reading: Reading) -> None:
    wanted = {("in", "tcp", 8080, 8080, "load-balancer"), ("in", "tcp", 8080, 8080, "application")}
    same(rules_of(reading, "application", "in"), wanted)
    for side in SIDES:
        same(reading.launch_template(side)["SecurityGroupIds"], [reading.group_id("application")], side)


def database_admits_3306(reading: Reading) -> None:
    same(rules_of(reading, "database", "in"), {("in", "tcp", 3306, 3306, "application")})
    attached = [group["VpcSecurityGroupId"] for group in reading.database["VpcSecurityGroups"]]
    same(attached, [reading.group_id("database")])


def egress_is_written_out(reading: Reading) -> None:
    """Also the database's: it asks nobody, which is written as a rule to nowhere, since a group without any looks
    forgotten.
    """
    wanted = {
        "load-balancer": {("out", "tcp", 8080, 8080, "application")},
        "application": {
            ("out", "tcp", 8080, 8080, "application"),
            ("out", "tcp", 3306, 3306, "database"),
            ("out", "tcp", 443, 443, "0.0.0.0/0"),
        },
        "database": {("out", "-1", -1, -1, "127.0.0.1/32")},
    }
    for group, rules in wanted.items():
        same(rules_of(reading, group, "out"), rules, group)


def rules_are_objects(reading: Reading) -> None:
    """Each rule has an id, a name and a sentence that says what it is for, and stands for one peer."""
    same(len(reading.group_rules), 10)
    names = by_tag(reading.group_rules)
    same(len(names), 10, "rules with a name of their own")
    for name, rule in names.items():
        assert rule["SecurityGroupRuleId"].startswith("sgr-"), name
        assert len(rule.get("Description", "")) > 10, f"{name} does not say what it is for"


def rules_of(reading: Reading, group: str, way: str) -> set[tuple[Any, ...]]:
    """(way, protocol, from, to, peer); groups of the stack by what they are for."""
    names = {g["GroupId"]: name.removeprefix(f"{reading.name}-") for name, g in reading.groups.items()}
    found = set()
    for rule in reading.group_rules:
        if rule["GroupId"] == reading.group_id(group) and rule["IsEgress"] == (way == "out"):
            peer = rule.get("CidrIpv4") or rule.get("CidrIpv6")
            peer = peer or names.get(rule["ReferencedGroupInfo"]["GroupId"], rule["ReferencedGroupInfo"]["GroupId"])
            found.add((way, rule["IpProtocol"], rule["FromPort"], rule["ToPort"], peer))
    return found


PORTS = (22, 25, 53, 80, 123, 443, 444, 1024, 3305, 3306, 3307, 3389, 5432, 6379, 8079, 8080, 8081, 9100, 40000, 65535)
"""Those that are open, their neighbours, and what is usually left open by mistake."""

REACHABLE = {
    (INTERNET, LOAD_BALANCER): {"tcp/443"},
    (LOAD_BALANCER, APPLICATION): {"tcp/8080"},
    (APPLICATION, APPLICATION): {"tcp/8080"},
    (APPLICATION, DATABASE): {"tcp/3306"},
    (APPLICATION, INTERNET): {"tcp/443"},
    # What the internet may ask, the application may ask as well.
    (APPLICATION, LOAD_BALANCER): {"tcp/443"},
}


def network_of(reading: Reading) -> Network:
    """The network as the places are really put into it: by load balancers, fleets and the database."""
    fleet = reading.fleet("blue")["VPCZoneIdentifier"].split(",")
    balancer = [zone["SubnetId"] for zone in reading.load_balancer("blue")["AvailabilityZones"]]
    database = [subnet["SubnetIdentifier"] for subnet in reading.database["DBSubnetGroup"]["Subnets"]]
    ids = {subnet["SubnetId"]: subnet for subnet in reading.subnets.values()}
    return Network(
        places={
            LOAD_BALANCER: Place(tuple(balancer), reading.group_id("load-balancer")),
            APPLICATION: Place(tuple(fleet), reading.group_id("application")),
            DATABASE: Place(tuple(database), reading.group_id("database")),
        },
        cidrs={subnet_id: subnet["CidrBlock"] for subnet_id, subnet in ids.items()},
        rules=tuple(reading.group_rules),
        acls=tuple(reading.network_acls),
        tables={subnet_id: reading.route_table(subnet_id) for subnet_id in ids},
        nat_subnets={nat["NatGatewayId"]: nat["SubnetId"] for nat in reading.nat_gateways},
    )


def reachability(reading: Reading) -> None:
    same(open_ports(network_of(reading), PORTS), REACHABLE)
    assert all(ip_network(cidr).is_private for cidr in network_of(reading).cidrs.values())


def outputs_name_routes(reading: Reading) -> None:
    """Each subnet's route table and default route, as AWS shows them."""
    wanted = {}
    for name, subnet in reading.subnets.items():
        table = reading.route_table(subnet["SubnetId"])
        gateway, nat = default_route(table)
        wanted[name] = {"route_table_id": table["RouteTableId"], "default_route": gateway or nat}
    same(reading.outputs["vpc"]["subnet_routes"], wanted)
