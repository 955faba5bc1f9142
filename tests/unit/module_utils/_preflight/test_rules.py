# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules that need nothing but the inventory: what each refuses, and that it lets everything else through."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import Finding
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.compute import compute_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.database import (
    WEEK,
    Window,
    database_findings,
)
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.dns import dns_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.limits import LIMITS, limit_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.monitoring import monitoring_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.network import network_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.place import account_of, arns, place_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.storage import storage_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.tags import tag_findings

NETWORK: dict[str, Any] = {
    "region": "us-east-1",
    "vpc_cidr": "10.20.0.0/16",
    "vpc_zones": ["us-east-1a", "us-east-1b"],
    "vpc_subnets": {"public": ["10.20.0.0/24", "10.20.1.0/24"], "private": ["10.20.2.0/24", "10.20.3.0/24"]},
    "vpc_network_acls": {"public": {"ingress": [[100, "tcp", "allow", "::/0", None, None, 443, 443]], "egress": []}},
}


def told(findings: Any) -> dict[str, Finding]:
    """The findings by variable; two about one variable would be one too many in these tests."""
    by_variable = {}
    for found in findings:
        assert found.variable not in by_variable, f"{found} and {by_variable[found.variable]}"
        by_variable[found.variable] = found
    return by_variable


def only(findings: Any) -> Finding:
    (found,) = findings
    assert isinstance(found, Finding)
    return found


class TestNetwork:
    def test_a_sound_network_has_no_findings(self) -> None:
        assert list(network_findings(NETWORK)) == []

    @pytest.mark.parametrize(
        ("cidr", "rule"),
        [
            ("10.20.0.0", "without a prefix length"),
            ("10.20.0.0/99", "is not a block"),
            ("10.20.0.256/16", "is not a block"),
            ("10.20.0.7/16", "bits set"),
            ("2001:db8::/32", "is IPv6"),
            ("10.0.0.0/8", "AWS allows blocks from /16"),
            ("10.20.0.0/29", "AWS allows blocks from /16"),
            ("169.254.0.0/16", "does not allow this range"),
        ],
    )
    def test_a_vpc_is_a_block_that_aws_allows(self, cidr: str, rule: str) -> None:
        assert rule in told(network_findings({"vpc_cidr": cidr}))["vpc_cidr"].rule

    def test_a_block_with_bits_set_is_put_right(self) -> None:
        assert "10.20.0.0/16" in only(network_findings({"vpc_cidr": "10.20.0.7/16"})).fix

    @pytest.mark.parametrize(
        ("zones", "variable", "rule"),
        [
            (["us-east-1a", "us-west-2b"], "vpc_zones[1]", "is no zone of us-east-1"),
            (["us-east-1a", "us-east-1"], "vpc_zones[1]", "is the region"),
            (["us-east-1a", "us-east-1-bos-1x"], None, ""),
        ],
    )
    def test_zones_are_of_the_region(self, zones: list[str], variable: str | None, rule: str) -> None:
        found = told(network_findings(NETWORK | {"vpc_zones": zones}))
        assert list(found) == ([variable] if variable else [])
        assert all(rule in one.rule for one in found.values())

    def test_a_zone_named_twice_is_one_zone(self) -> None:
        found = told(network_findings(NETWORK | {"vpc_zones": ["us-east-1a", "us-east-1a"]}))
        assert set(found) == {"vpc_zones[1]", "vpc_zones"}

    def test_each_zone_has_its_block(self) -> None:
        found = only(network_findings(NETWORK | {"vpc_zones": ["us-east-1a", "us-east-1b", "us-east-1c"]} | SHORT))
        assert (found.variable, found.rule) == ("vpc_subnets.public", "has 2 blocks for 3 zones in vpc_zones")

    def test_a_subnet_lies_inside_the_vpc(self) -> None:
        subnets = NETWORK["vpc_subnets"] | {"private": ["10.21.2.0/24", "10.20.3.0/24"]}
        found = only(network_findings(NETWORK | {"vpc_subnets": subnets}))
        assert (found.variable, found.rule) == ("vpc_subnets.private[0]", "lies outside vpc_cidr (10.20.0.0/16)")

    def test_a_misspelt_tier_is_guessed(self) -> None:
        subnets = {"public": NETWORK["vpc_subnets"]["public"], "privat": NETWORK["vpc_subnets"]["private"]}
        assert only(network_findings(NETWORK | {"vpc_subnets": subnets})).fix == "Probably private is meant"

    @given(st.lists(st.tuples(st.integers(0, 255), st.integers(20, 28)), min_size=2, max_size=5))
    def test_exactly_the_pairs_that_overlap_are_told(self, blocks: list[tuple[int, int]]) -> None:
        cidrs = [str(ip_network(f"10.20.{third}.0/{prefix}", strict=False)) for third, prefix in blocks]
        networks = [ip_network(cidr) for cidr in cidrs]
        count = range(len(cidrs))
        pairs = {frozenset((i, j)) for i in count for j in count if i < j and networks[i].overlaps(networks[j])}
        found = [one for one in network_findings({"vpc_subnets": {"public": cidrs}}) if "overlaps" in one.rule]
        texts = [f"{one.variable} {one.rule}" for one in found]
        assert {
            frozenset(map(int, (text.split("[")[1][0], n))) for text in texts for n in re.findall(r"\[(\d)\] \(", text)
        } == pairs
        assert len({one.variable for one in found}) == len(found)

    def test_of_two_that_overlap_the_larger_is_told(self) -> None:
        subnets = {"public": ["10.20.0.0/24", "10.20.1.0/24"], "private": ["10.20.0.0/23", "10.20.2.0/24"]}
        found = only(network_findings(NETWORK | {"vpc_subnets": subnets}))
        assert found.variable == "vpc_subnets.private[0]"
        assert found.rule == "overlaps vpc_subnets.public[0] (10.20.0.0/24), vpc_subnets.public[1] (10.20.1.0/24)"

    @pytest.mark.parametrize(
        ("entry", "variable"),
        [
            ([0, "tcp", "allow", "0.0.0.0/0", None, None, 1, 2], "[0]"),
            ([1, "http", "allow", "0.0.0.0/0", None, None, 1, 2], "[1]"),
            ([1, "tcp", "permit", "0.0.0.0/0", None, None, 1, 2], "[2]"),
            ([1, "tcp", "allow", "0.0.0.0", None, None, 1, 2], "[3]"),
            ([1, "tcp", "allow", "0.0.0.0/0", None, None, None, None], "[6:8]"),
            ([1, "tcp", "allow", "0.0.0.0/0", None, None, 443, 80], "[6:8]"),
            ([1, "tcp", "allow", "0.0.0.0/0", None, None, 1, 70000], "[6:8]"),
            ([1, "tcp", "allow", "0.0.0.0/0"], ""),
        ],
    )
    def test_an_entry_of_an_acl_is_complete(self, entry: list[Any], variable: str) -> None:
        acls = {"public": {"ingress": [entry], "egress": []}}
        found = only(network_findings(NETWORK | {"vpc_network_acls": acls}))
        assert found.variable == f"vpc_network_acls.public.ingress[0]{variable}"

    def test_entries_have_numbers_of_their_own_and_tiers_exist(self) -> None:
        entry = [1, "all", "allow", "0.0.0.0/0", None, None, None, None]
        acls = {"publc": {"ingress": [entry, entry], "egress": []}}
        found = told(network_findings(NETWORK | {"vpc_network_acls": acls}))
        assert set(found) == {"vpc_network_acls.publc", "vpc_network_acls.publc.ingress"}


SHORT = {"vpc_subnets": {"public": ["10.20.0.0/24", "10.20.1.0/24"]}}


class TestTags:
    @pytest.mark.parametrize(
        ("tags", "variable", "rule"),
        [
            ({}, "CostCenter", "is missing"),
            ({"aws:owner": "me"}, "aws:owner", "AWS keeps names"),
            ({"AWS:owner": "me"}, "AWS:owner", "AWS keeps names"),
            ({"Name": "web"}, "Name", "set by the collection"),
            ({"MigrationPhase": "initial"}, "MigrationPhase", "set by the collection"),
            ({"cutover:stack": "x"}, "cutover:stack", "set by the collection"),
            ({"k" * 129: "v"}, "k" * 129, "1 to 128 characters"),
            ({"a<b": "v"}, "a<b", "letters, digits"),
            ({"Team": 7}, "Team", "YAML has read it as something else"),
            ({"Team": "v" * 257}, "Team", "longer than 256"),
            ({"Team": "a|b"}, "Team", "letters, digits"),
            ({"Team": " "}, "Team", "is empty"),
            ({"costcenter": "x"}, "costcenter", "upper and lower case alone"),
        ],
        ids=str,
    )
    def test_a_tag_that_aws_would_refuse_is_told(self, tags: dict[str, Any], variable: str, rule: str) -> None:
        given_tags = {"cutover_tags": tags if not tags else {"CostCenter": "platform", **tags}}
        found = only(tag_findings(given_tags))
        assert found.variable == f"cutover_tags.{variable}"
        assert rule in found.rule

    def test_the_tags_of_the_collection_count(self) -> None:
        tags = {"CostCenter": "x", **{f"tag{number}": "v" for number in range(43)}}
        assert list(tag_findings({"cutover_tags": tags})) == []
        assert only(tag_findings({"cutover_tags": tags | {"last": "v"}})).variable == "cutover_tags"

    def test_letters_of_any_language_are_allowed(self) -> None:
        assert list(tag_findings({"cutover_tags": {"CostCenter": "Zürich 東京 +1 a@b.c/d=e_f:g"}})) == []


class TestPlace:
    @pytest.mark.parametrize(
        ("values", "variable", "rule"),
        [
            ({"region": "us-esat-1"}, "region", "is no region"),
            ({"region": "us-east-1a"}, "region", "is no region"),
            ({"region": "us-east-1", "replica_region": "us-east-1"}, "replica_region", "is the home region"),
            ({"region": "us-east-1", "replica_region": "cn-north-1"}, "replica_region", "another partition"),
            ({"aws_endpoint_url": "localhost:5599"}, "aws_endpoint_url", "no address of a server"),
            ({"aws_endpoint_url": "http://10.0.0.7:5599"}, "aws_endpoint_url", "unencrypted"),
            ({"aws_endpoint_url": "http://127.0.0.1:5599"}, "aws_endpoint_url", "open a real account"),
        ],
        ids=str,
    )
    def test_a_place_that_cannot_be_is_told(self, values: dict[str, Any], variable: str, rule: str) -> None:
        found = only(place_findings(values))
        assert found.variable == variable
        assert rule in found.rule

    @pytest.mark.parametrize(
        "values",
        [
            {"region": "us-east-1", "replica_region": "us-west-2"},
            {
                "region": "cn-north-1",
                "security_certificate_arn": "arn:aws-cn:acm:cn-north-1:123456789012:certificate/a",
            },
            {"aws_endpoint_url": "http://127.0.0.1:5599", "aws_access_key": "AKIALOCALCLOUD000000"},
            {"aws_endpoint_url": "https://ec2.internal.example.org"},
            {"aws_endpoint_url": ""},
        ],
        ids=str,
    )
    def test_a_place_that_can_be_is_not(self, values: dict[str, Any]) -> None:
        assert list(place_findings(values)) == []

    @pytest.mark.parametrize(
        ("arn", "rule"),
        [
            ("arn:aws:acm:us-west-1:123456789012:certificate/a", "is of region us-west-1"),
            ("arn:aws-cn:acm:us-east-1:123456789012:certificate/a", "is of partition aws-cn"),
            ("certificate/a", "is no ARN"),
            ("arn:aws:acm::123456789012:certificate/a", "names a region"),
        ],
    )
    def test_an_arn_is_of_the_stacks_region(self, arn: str, rule: str) -> None:
        values = {"region": "us-east-1", "replica_region": "us-west-2", "security_certificate_arn": arn}
        assert rule in only(place_findings(values)).rule

    def test_arns_are_found_wherever_they_lie(self) -> None:
        values = {"a": {"role_arn": "one"}, "b": [{"key_arn": "two"}], "some_arns": ["three"], "name": "arn:aws:x"}
        assert dict(arns(values)) == {"a.role_arn": "one", "b[0].key_arn": "two", "some_arns[0]": "three"}
        assert account_of("arn:aws:iam::123456789012:role/x") == "123456789012"
        assert account_of("arn:aws:iam::aws:policy/x") is None


DATABASE: dict[str, Any] = {
    "database_engine": "mysql",
    "database_engine_version": "8.4.6",
    "database_instance_class": "db.m7g.large",
    "database_storage_type": "gp3",
    "database_allocated_storage": 100,
    "database_max_allocated_storage": 200,
    "database_backup_window": "03:00-04:00",
    "database_maintenance_window": "sun:04:30-sun:05:30",
    "database_log_exports": ["error"],
    "database_username": "dbadmin",
    "security_database_port": 3306,
}


class TestDatabase:
    def test_a_sound_database_has_no_findings(self) -> None:
        assert list(database_findings(DATABASE)) == []

    @pytest.mark.parametrize(
        ("variable", "value", "rule"),
        [
            ("database_instance_class", "m7g.large", "is no class"),
            ("database_instance_class", "db.m7g", "is no class"),
            ("database_engine", "mysq", "is none of"),
            ("database_engine_version", "latest", "is no version number"),
            ("database_parameter_family", "mysql8.0", "of family mysql8.4"),
            ("database_max_allocated_storage", 110, "a quarter above"),
            ("database_backup_window", "3am", "no window"),
            ("database_backup_window", "180", "no window"),
            ("database_backup_window", "03:00-03:20", "no window"),
            ("database_maintenance_window", "sunday:04:30-05:30", "no window"),
            ("database_maintenance_window", "tue:03:30-tue:04:30", "overlaps database_backup_window"),
            ("database_monitoring_interval", 45, "is none of"),
            ("database_performance_insights_retention", 90, "neither 7, nor 731"),
            ("database_username", "Admin", "reserved"),
            ("database_username", "db-admin", "RDS allows"),
            ("database_name", "my-app", "RDS allows"),
            ("database_iops", 12000, "below 400 GiB"),
            ("database_storage_throughput", 500, "below 400 GiB"),
            ("security_database_port", 5432, "listens on port 3306"),
        ],
    )
    def test_what_rds_would_refuse_is_told(self, variable: str, value: Any, rule: str) -> None:
        found = only(database_findings(DATABASE | {variable: value}))
        assert found.variable == variable
        assert rule in found.rule

    def test_provisioned_storage_needs_its_operations(self) -> None:
        assert only(database_findings(DATABASE | {"database_storage_type": "io2"})).variable == "database_iops"
        assert list(database_findings(DATABASE | {"database_storage_type": "io2", "database_iops": 3000})) == []

    def test_a_log_that_the_engine_does_not_write_is_told(self) -> None:
        found = only(database_findings(DATABASE | {"database_log_exports": ["error", "postgresql"]}))
        assert found.variable == "database_log_exports[1]"

    @given(st.integers(0, WEEK - 1), st.integers(30, 600), st.integers(0, WEEK - 1), st.integers(30, 600))
    def test_windows_overlap_exactly_if_they_share_a_minute(self, one: int, long: int, other: int, short: int) -> None:
        shared = {(one + minute) % WEEK for minute in range(long)} & {
            (other + minute) % WEEK for minute in range(short)
        }
        assert Window(one, long).overlaps(Window(other, short)) is bool(shared)


class TestCompute:
    @pytest.mark.parametrize(
        ("side", "variable", "rule"),
        [
            ({"instance_type": "t3.micro", "min_size": 1, "desired_capacity": 2, "max_size": 4}, None, ""),
            ({"instance_type": "t3.micro", "min_size": 3, "max_size": 2}, ".min_size", "is above max_size (2)"),
            (
                {"instance_type": "t3.micro", "desired_capacity": 5, "max_size": 2},
                ".desired_capacity",
                "above max_size",
            ),
            ({"instance_type": "t3.micro", "min_size": -1}, ".min_size", "0 or more"),
            ({"instance_type": "t3.micro", "min_size": "two"}, ".min_size", "whole number"),
            ({"instance_type": "db.m5.large"}, ".instance_type", "no instance type"),
            ({"instance_type": "huge"}, ".instance_type", "no instance type"),
            ({}, ".instance_type", "is missing"),
            ("t3.micro", "", "has to be a dictionary"),
        ],
        ids=str,
    )
    def test_a_side_has_an_instance_type_and_sizes_in_order(self, side: Any, variable: str | None, rule: str) -> None:
        found = told(compute_findings({"compute_sides": {"blue": side}}))
        assert list(found) == ([] if variable is None else [f"compute_sides.blue{variable}"])
        assert all(rule in one.rule for one in found.values())

    @pytest.mark.parametrize("name", ["Blue", "blue-1", "1blue", "averylongsidename"])
    def test_a_sides_name_fits_into_those_of_load_balancers(self, name: str) -> None:
        assert only(compute_findings({"compute_sides": {name: {"instance_type": "t3.micro"}}})).variable == (
            f"compute_sides.{name}"
        )

    @pytest.mark.parametrize(
        ("values", "variable"),
        [
            ({"compute_sides": {}}, "compute_sides"),
            ({"compute_health_check_interval": 10, "compute_health_check_timeout": 10}, "compute_health_check_timeout"),
            ({"compute_health_check_path": "health"}, "compute_health_check_path"),
            ({"compute_health_check_codes": "ok"}, "compute_health_check_codes"),
            ({"compute_tls_policy": "ELBSecurityPolicy-2016-08"}, "compute_tls_policy"),
            ({"compute_tls_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, "compute_tls_policy"),
            ({"compute_image_id": "al2023"}, "compute_image_id"),
            ({"compute_port": 8080, "security_application_port": 8443}, "compute_port"),
        ],
        ids=str,
    )
    def test_what_elastic_load_balancing_would_refuse_is_told(self, values: dict[str, Any], variable: str) -> None:
        assert only(compute_findings(values)).variable == variable


DNS: dict[str, Any] = {
    "dns_zone_name": "prod.acme.com",
    "dns_records": [{"name": "www", "type": "A"}, {"name": "@", "type": "A"}],
    "dns_sides": {"blue": {"weight": 100}, "green": {"weight": 0}},
    "dns_plain_records": [{"name": "mail", "type": "A", "ttl": 300, "values": ["192.0.2.1"]}],
    "compute_sides": {"blue": {}, "green": {}},
}


def plain(**changed: Any) -> dict[str, Any]:
    return DNS | {"dns_plain_records": [{"name": "x", "type": "A", "ttl": 300, "values": ["192.0.2.1"]} | changed]}


class TestDns:
    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"dns_records": [{"name": "www.prod.acme.com", "type": "A"}, {"name": "api.v1", "type": "A"}]},
            {"dns_records": [{"name": "*.apps", "type": "A"}, {"name": "PROD.acme.com.", "type": "A"}]},
            {"dns_zone_name": None, "dns_records": [], "dns_plain_records": []},
            {"dns_sides": {"blue": {"weight": 50}, "green": {"weight": 50}}},
            {"dns_zone_id": "Z0123456789ABCDEFGHIJ"},
        ],
        ids=str,
    )
    def test_sound_records_have_no_findings(self, values: dict[str, Any]) -> None:
        assert list(dns_findings(DNS | values)) == []

    @pytest.mark.parametrize(
        ("values", "variable", "rule"),
        [
            ({"dns_zone_name": "https://acme.com"}, "dns_zone_name", "is a URL"),
            ({"dns_zone_name": "acme"}, "dns_zone_name", "is no domain name"),
            ({"dns_zone_name": "acme_prod.com"}, "dns_zone_name", "is no domain name"),
            ({"dns_zone_name": None}, "dns_zone_name", "there are records"),
            ({"dns_zone_id": "/hostedzone/Z123"}, "dns_zone_id", "is a path"),
            ({"dns_zone_id": "example.com"}, "dns_zone_id", "is no id"),
            ({"dns_sides": {"blue": {"weight": 300}, "green": {"weight": 0}}}, "dns_sides.blue.weight", "0 to 100"),
            ({"dns_sides": {"blue": {"weight": -1}, "green": {"weight": 1}}}, "dns_sides.blue.weight", "0 to 100"),
            (
                {"dns_sides": {"blue": {"weight": "all"}, "green": {"weight": 1}}},
                "dns_sides.blue.weight",
                "whole number",
            ),
            ({"dns_sides": {"blue": {"wieght": 1}, "green": {"weight": 1}}}, "dns_sides.blue.weight", "whole number"),
            ({"dns_sides": {"blue": {"weight": 0}, "green": {"weight": 0}}}, "dns_sides", "the same share"),
            (
                {"compute_sides": {"blue": {}, "green": {}, "grey": {}}},
                "compute_sides.grey",
                "no such side in dns_sides",
            ),
            ({"dns_health_checks": {"blu": {}}}, "dns_health_checks.blu", "no such side"),
            ({"dns_health_checks": {"blue": {"type": "tcp"}}}, "dns_health_checks.blue.type", "none of https, alarm"),
            ({"dns_records": [{"name": "www.acme.com", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "www.acme.org", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "www.other.", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "my site", "type": "A"}]}, "dns_records[0].name", "is no domain name"),
            ({"dns_records": [{"name": "a" * 64, "type": "A"}]}, "dns_records[0].name", "is no domain name"),
            (
                {"dns_records": [{"name": "www", "type": "A"}, {"name": "WWW.prod.acme.com", "type": "A"}]},
                "dns_records[1]",
                "there is A of this name already (dns_records[0])",
            ),
            (
                plain(name="www", type="CNAME", values=["x.acme.com"]),
                "dns_plain_records[0]",
                "already (dns_records[0])",
            ),
            (plain(type="CNAME", values=["a.b", "c.d"]), "dns_plain_records[0].values", "exactly one"),
            (plain(type="a"), "dns_plain_records[0].type", "no such type"),
            (plain(ttl=-1), "dns_plain_records[0].ttl", "lies outside"),
            (plain(values=["acme.com"]), "dns_plain_records[0].values[0]", "is no address"),
            (plain(type="AAAA"), "dns_plain_records[0].values[0]", "is no address"),
            (plain(values=[]), "dns_plain_records[0].values", "has a value"),
        ],
        ids=str,
    )
    def test_what_route_53_would_refuse_is_told(self, values: dict[str, Any], variable: str, rule: str) -> None:
        found = only(dns_findings(DNS | values))
        assert found.variable == variable
        assert rule in found.rule

    def test_the_zones_own_name_is_no_cname(self) -> None:
        values = plain(name="@", type="CNAME", values=["x.acme.com"]) | {"dns_records": []}
        assert "cannot be a CNAME" in only(dns_findings(values)).rule


def bucket(**rule: Any) -> dict[str, Any]:
    return {"storage_buckets": {"logs": {"lifecycle": {"one": rule}}}}


class TestStorage:
    @pytest.mark.parametrize(
        ("values", "variable", "rule"),
        [
            (bucket(expiration_days=90, transitions=[{"days": 30, "storage_class": "standard_ia"}]), None, ""),
            ({"storage_buckets": {"App_Logs": {}}}, "storage_buckets.App_Logs", "part of a bucket's name"),
            (bucket(expiration_days=0), ".expiration_days", "1 or more"),
            (bucket(noncurrent_days="30d"), ".noncurrent_days", "1 or more"),
            (bucket(transitions=[{"days": 30}]), ".transitions[0]", "needs days and storage_class"),
            (bucket(transitions=[{"days": 30, "storage_class": "COLD"}]), ".transitions[0].storage_class", "no such"),
            (bucket(transitions=[{"days": 7, "storage_class": "STANDARD_IA"}]), ".transitions[0].days", "30 days or"),
            (
                bucket(noncurrent_days=60, noncurrent_transitions=[{"days": 60, "storage_class": "GLACIER"}]),
                ".noncurrent_transitions[0].days",
                "is not before noncurrent_days (60)",
            ),
            (
                {"storage_buckets": {"assets": {}}, "security_read_buckets": ["asets"]},
                "security_read_buckets[0]",
                "no such bucket",
            ),
            (
                {"storage_buckets": {"assets": {"replicated": True}}, "security_replicated_buckets": []},
                "storage_buckets.assets.replicated",
                "lacks it",
            ),
        ],
        ids=str,
    )
    def test_what_s3_would_refuse_is_told(self, values: dict[str, Any], variable: str | None, rule: str) -> None:
        found = told(storage_findings(values))
        path = "storage_buckets.logs.lifecycle.one" if str(variable).startswith(".") else ""
        assert list(found) == ([f"{path}{variable}"] if variable else [])
        assert all(rule in one.rule for one in found.values())


def alarm(kind: str, **limits: Any) -> dict[str, Any]:
    return {"monitoring_alarms": {kind: limits}}


def subscription(protocol: str, endpoint: str) -> dict[str, Any]:
    return {"monitoring_subscriptions": [{"protocol": protocol, "endpoint": endpoint}]}


class TestMonitoring:
    @pytest.mark.parametrize(
        ("values", "variable"),
        [
            (alarm("cpu", threshold=90.0, period=300, evaluation_periods=3), None),
            (alarm("target_5xx", threshold=500.0), None),
            (alarm("cpu", threshold=120.0), "monitoring_alarms.cpu.threshold"),
            (alarm("latency_p95", threshold=-1.0), "monitoring_alarms.latency_p95.threshold"),
            (alarm("cpu", period=90), "monitoring_alarms.cpu.period"),
            (alarm("cpu", evaluation_periods=0), "monitoring_alarms.cpu.evaluation_periods"),
            (alarm("cpu", period=86400, evaluation_periods=8), "monitoring_alarms.cpu.evaluation_periods"),
            (alarm("scale_down", threshold=75.0), "monitoring_alarms.scale_down.threshold"),
            (alarm("scale_up", threshold=30.0), "monitoring_alarms.scale_down.threshold"),
            ({"monitoring_log_groups": {"application": 45}}, "monitoring_log_groups.application"),
            ({"monitoring_log_groups": {"my app": 30}}, "monitoring_log_groups.my app"),
            (subscription("email", "ops@example.com"), None),
            (subscription("email", "ops"), "monitoring_subscriptions[0].endpoint"),
            (subscription("https", "http://example.com"), "monitoring_subscriptions[0].endpoint"),
            (subscription("sms", "0151 123"), "monitoring_subscriptions[0].endpoint"),
            (subscription("sqs", "my-queue"), "monitoring_subscriptions[0].endpoint"),
        ],
        ids=str,
    )
    def test_what_cloudwatch_and_sns_would_refuse_is_told(self, values: dict[str, Any], variable: str | None) -> None:
        assert [one.variable for one in monitoring_findings(values)] == ([variable] if variable else [])


class TestLimits:
    @pytest.mark.parametrize("name", LIMITS)
    def test_limits_are_included_and_what_lies_beyond_is_told(self, name: str) -> None:
        limits = LIMITS[name]
        inside = [limits.lowest, limits.highest, *([0] if limits.zero else [])]
        outside = [limits.lowest - 1, limits.highest + 1]
        assert [list(limit_findings({name: value})) for value in inside] == [[] for _ in inside]
        told_of = [value for value in outside if list(limit_findings({name: value}))]
        assert told_of == [value for value in outside if not (limits.zero and value == 0)]

    @pytest.mark.parametrize("name", ["vpc_flow_logs_retention", "database_log_retention"])
    def test_logs_are_kept_for_days_that_cloudwatch_knows(self, name: str) -> None:
        assert list(limit_findings({name: 30})) == []
        assert only(limit_findings({name: 45})).fix.startswith("Take 30, the nearest")

    def test_backups_are_no_logs(self) -> None:
        assert list(limit_findings({"database_backup_retention": 31, "preflight_aws": True})) == []
