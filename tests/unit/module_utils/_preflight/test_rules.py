# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules on network, places, tags and limits: what each refuses, and that it lets everything else through."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.limits import LIMITS, limit_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.network import network_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.parameters import parameters_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.place import account_of, arns, place_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.tags import tag_findings
from tests.unit.module_utils._preflight.reading import only, told

NETWORK: dict[str, Any] = {
    "region": "us-east-1",
    "vpc_cidr": "10.20.0.0/16",
    "vpc_zones": ["us-east-1a", "us-east-1b"],
    "vpc_subnets": {"public": ["10.20.0.0/24", "10.20.1.0/24"], "private": ["10.20.2.0/24", "10.20.3.0/24"]},
    "vpc_network_acls": {"public": {"ingress": [[100, "tcp", "allow", "::/0", None, None, 443, 443]], "egress": []}},
}


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


class TestParameters:
    @pytest.mark.parametrize("path", ["/acme/prod", "/acme", "/a.b/c_d/e-f", None])
    def test_a_path_below_which_parameters_can_be(self, path: str | None) -> None:
        assert list(parameters_findings({"parameters_path": path})) == []

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("acme/prod", "no path"),
            ("/acme/prod/", "no path"),
            ("/", "no path"),
            ("//prod", "no path"),
            ("/acme/pröd", "no path"),
            ("/aws/prod", "begins with aws"),
            ("/AWSome", "begins with aws"),
            ("/ssm", "begins with aws or ssm"),
            ("/a" * 10, "more than 9 levels"),
        ],
    )
    def test_a_path_that_aws_would_refuse_is_told(self, path: str, rule: str) -> None:
        (found,) = parameters_findings({"parameters_path": path})
        assert rule in found.rule
