# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventories that must be refused before anything is changed: all mistakes at once, each with what to do.

The table runs the preflight in this process. A few go through a whole playbook run, as a person would see them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

# moto reads it when it is imported; its catalogue of images takes seconds to load, and none is looked up here
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import pytest
import yaml

from ansible_collections.cutover.aws.plugins.module_utils._preflight.account import TEMPORARY, Credentials
from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import listed
from local_cloud import quotas
from local_cloud.testing import LocalCloud, boto3_client
from tests.integration.conftest import Controller
from tests.integration.judge import MISSING, NOW, ROOT, Case, judge

REHEARSAL = ROOT / "local_cloud" / "rehearsal.yml"
SECRET = "correct-horse-battery-staple"
SUBNETS = {
    "public": ["10.20.0.0/24", "10.20.1.0/24", "10.20.2.0/24"],
    "private": ["10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"],
    "database": ["10.20.8.0/24", "10.20.9.0/24", "10.20.10.0/24"],
}
TAGS = {"CostCenter": "platform"}
SIDES = {"blue": {"instance_type": "t3.micro", "min_size": 2}, "green": {"instance_type": "m5.large"}}
CERTIFICATE = "certificate/00000000-0000-0000-0000-000000000000"
OTHER_PROD = {"project": "acme", "environment_suffix": "prod"}


def given(**variables: Any) -> Case:
    return Case(variables)


def subnets(**tiers: Any) -> Case:
    return given(vpc_subnets=SUBNETS | tiers)


def tags(**values: Any) -> Case:
    return given(cutover_tags=TAGS | values)


def side(**settings: Any) -> Case:
    return given(compute_sides=SIDES | {"green": {"instance_type": "m5.large", **settings}})


def database_acl(*entries: list[Any]) -> Case:
    """The ACL of the database tier admits this, and answers everybody; the other tiers have the VPC's own."""
    answers = [100, "all", "allow", "0.0.0.0/0", None, None, None, None]
    return given(vpc_network_acls={"database": {"ingress": list(entries), "egress": [answers]}})


def session(minutes: int) -> Case:
    return Case(credentials=Credentials(TEMPORARY, NOW + timedelta(minutes=minutes)))


# What is wrong, the inventory, and the variables that have to be named, all of them and no other.
BAD: dict[str, tuple[Case, list[str]]] = {
    # environments.md, "bad input"
    "cidr malformed": (given(vpc_cidr="10.20.0.0/33"), ["vpc_cidr"]),
    "cidr without length": (given(vpc_cidr="10.20.0.0"), ["vpc_cidr"]),
    "cidr with bits set": (given(vpc_cidr="10.20.0.1/16"), ["vpc_cidr"]),
    "cidr too large": (given(vpc_cidr="10.0.0.0/8"), ["vpc_cidr"]),
    "cidr of IPv6": (given(vpc_cidr="2001:db8::/56"), ["vpc_cidr"]),
    "subnets overlap": (subnets(private=["10.20.0.0/20", *SUBNETS["private"][1:]]), ["vpc_subnets.private[0]"]),
    "subnet twice": (subnets(public=["10.20.0.0/24", "10.20.0.0/24", "10.20.2.0/24"]), ["vpc_subnets.public[1]"]),
    "subnet outside": (subnets(public=["10.21.0.0/24", *SUBNETS["public"][1:]]), ["vpc_subnets.public[0]"]),
    "subnet malformed": (subnets(public=["10.20.0.0-24", *SUBNETS["public"][1:]]), ["vpc_subnets.public[0]"]),
    "a block too few": (subnets(database=SUBNETS["database"][:2]), ["vpc_subnets.database"]),
    "a zone too few": (
        given(vpc_zones=["us-east-1a", "us-east-1b"]),
        ["vpc_subnets.database", "vpc_subnets.private", "vpc_subnets.public"],
    ),
    "zone of another region": (given(vpc_zones=["us-east-1a", "us-east-1b", "us-west-2c"]), ["vpc_zones[2]"]),
    "zone that there is not": (given(vpc_zones=["us-east-1a", "us-east-1b", "us-east-1z"]), ["vpc_zones[2]"]),
    "zone twice": (given(vpc_zones=["us-east-1a", "us-east-1b", "us-east-1b"]), ["vpc_zones[2]"]),
    "ARN of another region": (
        given(security_certificate_arn=f"arn:aws:acm:us-west-1:123456789012:{CERTIFICATE}"),
        ["security_certificate_arn"],
    ),
    "ARN of another account": (
        given(security_certificate_arn=f"arn:aws:acm:us-east-1:210987654321:{CERTIFICATE}"),
        ["security_certificate_arn"] * 2,
    ),
    "certificate that there is not": (
        given(security_certificate_arn=f"arn:aws:acm:us-east-1:123456789012:{CERTIFICATE}"),
        ["security_certificate_arn"],
    ),
    "class that the engine does not offer": (
        given(database_instance_class="db.x2g.large"),
        ["database_instance_class"],
    ),
    "class without db": (given(database_instance_class="m7g.large"), ["database_instance_class"]),
    "version that the engine lacks": (given(database_engine_version="8.4.99"), ["database_engine_version"]),
    "unknown phase": (given(migration_phase="blue_green"), ["migration_phase"]),
    "weight above 255": (
        given(dns_sides={"blue": {"weight": 300}, "green": {"weight": 0}}),
        ["dns_sides.blue.weight"],
    ),
    "weight below 0": (given(dns_sides={"blue": {"weight": 100}, "green": {"weight": -1}}), ["dns_sides.green.weight"]),
    "no weight at all": (given(dns_sides={"blue": {"weight": 0}, "green": {"weight": 0}}), ["dns_sides"]),
    "zone id that there is not": (given(dns_zone_id="Z00000000000000000000"), ["dns_zone_id"]),
    "environment in capitals": (given(environment_suffix="Prod"), ["environment_suffix"]),
    "environment with an underscore": (given(environment_suffix="pr_7"), ["environment_suffix"]),
    "project that begins with a digit": (given(project="4you"), ["project"]),
    "project whose names ELB keeps": (given(project="internal"), ["project"]),
    # what a tired person writes
    "misspelt variable": (given(vpc_cidr=MISSING, vpc_cird="10.20.0.0/16"), ["vpc_cidr", "vpc_cird"]),
    "misspelt list of accounts": (
        given(allowed_account_ids=MISSING, allowed_acount_ids=["123456789012"]),
        ["allowed_account_ids", "allowed_acount_ids"],
    ),
    "misspelt option of the run": (given(cutover_ful=True), ["cutover_ful"]),
    "misspelt tier": (
        given(vpc_subnets={("databse" if tier == "database" else tier): blocks for tier, blocks in SUBNETS.items()}),
        ["vpc_network_acls.database", "vpc_subnets.databse"],
    ),
    "misspelt choice": (given(vpc_nat="per-zone"), ["vpc_nat"]),
    "misspelt region": (given(region="us-esat-1"), ["region"]),
    "zone as region": (given(region="us-east-1a"), ["region"]),
    "region missing": (given(region=MISSING), ["region"]),
    "replica in the home region": (given(replica_region="us-east-1"), ["replica_region"]),
    "nowhere to replicate to": (given(replica_region=MISSING), ["storage_buckets.assets.replicated"]),
    "list as dictionary": (given(vpc_subnets=["10.20.0.0/24"]), ["vpc_subnets"]),
    "text as number": (given(vpc_flow_logs_retention="thirty"), ["vpc_flow_logs_retention"]),
    "word as switch": (given(database_multi_az="maybe"), ["database_multi_az"]),
    "version without quotes": (given(database_engine_version=8.4), ["database_engine_version"]),
    "account without quotes": (
        given(allowed_account_ids=[12345678901]),
        ["allowed_account_ids[0]"],
    ),
    "template of nothing": (given(vpc_cidr="{{ network.cidr }}"), ["vpc_cidr"]),
    "no cost center": (given(cutover_tags={"Application": "web"}), ["cutover_tags.CostCenter"]),
    "tag of AWS": (tags(**{"aws:owner": "me"}), ["cutover_tags.aws:owner"]),
    "tag that is set already": (tags(MigrationPhase="complete"), ["cutover_tags.MigrationPhase"]),
    "tag that is a number": (tags(Team=7), ["cutover_tags.Team"]),
    "retention that CloudWatch lacks": (given(vpc_flow_logs_retention=45), ["vpc_flow_logs_retention"]),
    "backups for too long": (given(database_backup_retention=90), ["database_backup_retention"]),
    "windows overlap": (given(database_maintenance_window="sun:03:30-sun:04:30"), ["database_maintenance_window"]),
    "storage that cannot grow": (given(database_max_allocated_storage=105), ["database_max_allocated_storage"]),
    "port of another engine": (given(security_database_port=5432), ["security_database_port"]),
    "port above 65535": (given(compute_port=80800), ["compute_port", "compute_port"]),
    "database behind a wall": (database_acl(), ["vpc_network_acls.database.ingress"]),
    "database behind a wall in one zone": (
        database_acl([100, "tcp", "allow", "10.20.16.0/20", None, None, 3306, 3306]),
        ["vpc_network_acls.database.ingress"],
    ),
    "redirect that nobody can ask for": (
        given(compute_http_redirect=True),
        ["security_http_redirect", "vpc_network_acls.public.ingress"],
    ),
    "capacities out of order": (side(min_size=3, max_size=2), ["compute_sides.green.min_size"]),
    "class of a database for instances": (side(instance_type="db.m5.large"), ["compute_sides.green.instance_type"]),
    "instance type that there is not": (side(instance_type="m5.lage"), ["compute_sides.green.instance_type"]),
    "side in one place alone": (given(compute_sides={"blue": SIDES["blue"]}), ["dns_sides.green"]),
    "health check without a pause": (given(compute_health_check_timeout=15), ["compute_health_check_timeout"]),
    "old TLS": (given(compute_tls_policy="ELBSecurityPolicy-2016-08"), ["compute_tls_policy"]),
    "image parameter that there is not": (given(compute_image_parameter="/aws/none"), ["compute_image_parameter"]),
    "record outside its zone": (given(dns_records=[{"name": "www.other.org"}]), ["dns_records[0].name"]),
    "record twice": (given(dns_records=[{"name": "www"}, {"name": "WWW"}]), ["dns_records[1]"]),
    "bucket misspelt": (given(security_read_buckets=["asset"]), ["security_read_buckets[0]"]),
    "alarm that cannot ring": (
        given(monitoring_alarms={"cpu": {"threshold": 120}}),
        ["monitoring_alarms.cpu.threshold"],
    ),
    "alarm misspelt": (given(monitoring_alarms={"cpuu": {"threshold": 90}}), ["monitoring_alarms.cpuu"]),
    "mail without a domain": (
        given(monitoring_subscriptions=[{"protocol": "email", "endpoint": "ops"}]),
        ["monitoring_subscriptions[0].endpoint"],
    ),
    "path of parameters with a slash at its end": (given(parameters_path="/acme/prod/"), ["parameters_path"]),
    "path of parameters that AWS keeps": (given(parameters_path="/aws/acme"), ["parameters_path"]),
    "password in the inventory": (given(database_master_password=SECRET), ["database_master_password"]),
    "account not in the list": (given(allowed_account_ids=["210987654321"]), ["allowed_account_ids"]),
    "accounts of production missing": (given(allowed_account_ids=MISSING), ["allowed_account_ids"]),
    "real credentials for a local endpoint": (given(aws_access_key=MISSING), ["aws_endpoint_url"]),
    "confirmation in the inventory": (given(destroy_confirm="acme-prod"), ["destroy_confirm"]),
    "confirmation for a run that builds": (
        Case({"destroy_confirm": "acme-prod"}, extra=["destroy_confirm"]),
        ["destroy_confirm"],
    ),
    "confirmation of another stack": (
        Case({"destroy_confirm": "acme-dev"}, extra=["destroy_confirm"], identity_only=True),
        ["destroy_confirm"],
    ),
    "suffix required": (
        given(environment_suffix=MISSING, environment_suffix_required=True),
        ["environment_suffix"],
    ),
    "two hosts, one stack": (Case(peers={"prod-eu": OTHER_PROD}), ["environment_suffix"]),
    "one suffix for two hosts": (
        Case({}, extra=["environment_suffix"], peers={"dev": {"project": "acme", "environment_suffix": "dev"}}),
        ["environment_suffix"],
    ),
    "session that ends too early": (session(minutes=20), ["credentials"]),
    "session of unknown length": (Case(credentials=Credentials(TEMPORARY)), ["credentials"]),
    "all at once": (
        given(
            region="us-east-1",
            vpc_cird="10.20.0.0/16",
            vpc_zones=["us-east-1a", "us-east-1b", "us-west-2c"],
            vpc_subnets=SUBNETS | {"public": ["10.21.0.0/24", *SUBNETS["public"][1:]]},
            cutover_tags={},
            database_instance_class="db.t3.nano",
            database_backup_retention=90,
            dns_sides={"blue": {"weight": 300}, "green": {"weight": 0}},
            migration_phase="blue_green",
            app_password=SECRET,
        ),
        [
            "app_password",
            "cutover_tags.CostCenter",
            "database_backup_retention",
            "database_instance_class",
            "dns_sides.blue.weight",
            "migration_phase",
            "vpc_cird",
            "vpc_subnets.public[0]",
            "vpc_zones[2]",
        ],
    ),
}


@pytest.fixture(scope="module")
def local() -> Iterator[LocalCloud]:
    with LocalCloud() as cloud:
        # A thousand policies of AWS are loaded otherwise.
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"
        yield cloud
        assert cloud.control.calls(access="write") == [], "an inventory that was only looked at has changed something"


def test_prod_itself_is_sound(local: LocalCloud) -> None:
    report = judge(Case(), local)
    assert [str(found) for found in report.findings] == []
    assert report.stack is not None
    assert (report.stack.name, report.stack.account_id) == ("acme-prod", "123456789012")


def test_what_a_rehearsal_asks_is_sound(local: LocalCloud) -> None:
    report = judge(Case(yaml.safe_load(REHEARSAL.read_text(encoding="utf-8"))), local)
    assert [str(found) for found in report.findings] == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_inventory_is_refused_with_all_its_mistakes(name: str, local: LocalCloud) -> None:
    case, variables = BAD[name]
    report = judge(case, local)
    text = listed(report.findings, "Stack prod")
    assert sorted(found.variable for found in report.findings) == sorted(variables), text
    assert report.stack is None
    for found in report.findings:
        assert re.fullmatch(r"[^\n]{8,}", found.rule), f"no rule: {found!r}"
        assert re.fullmatch(r"[A-Z`][^\n]{5,}", found.fix), f"nothing to do: {found!r}"
    assert SECRET not in text


def test_nothing_is_asked_of_an_account_that_is_not_allowed(local: LocalCloud) -> None:
    before = local.control.mark()
    judge(given(allowed_account_ids=["210987654321"]), local)
    assert {call["operation"] for call in local.control.calls(since=before)} == {"GetCallerIdentity"}


def test_a_run_that_removes_asks_only_who_it_is(local: LocalCloud) -> None:
    before = local.control.mark()
    report = judge(Case({"vpc_cidr": "nonsense"}, identity_only=True), local)
    assert report.findings == ()
    assert {call["operation"] for call in local.control.calls(since=before)} == {"GetCallerIdentity"}


def test_without_room_for_addresses_nothing_is_begun(local: LocalCloud) -> None:
    quotas.set_value(("123456789012", "us-east-1"), "ec2", quotas.ELASTIC_ADDRESSES, 2)
    try:
        (found,) = judge(Case(), local).findings
    finally:
        quotas.set_value(("123456789012", "us-east-1"), "ec2", quotas.ELASTIC_ADDRESSES, 5)
    assert found.variable == "vpc_nat"
    assert "needs 3 more" in found.rule


def test_what_may_not_be_read_is_not_taken_for_good(local: LocalCloud) -> None:
    denied = {
        "kind": "error",
        "match": {"operation": "DescribeAddresses"},
        "status": 403,
        "code": "UnauthorizedOperation",
    }
    local.control.faults([denied])
    try:
        (found,) = judge(Case(), local).findings
    finally:
        local.control.faults()
    assert found.variable == "vpc_nat"
    assert found.fix.startswith("Allow ec2:DescribeAddresses")


# A whole run, as a person sees it: these are read from what ansible-playbook prints.
RUNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "one mistake": (
        {"vpc_subnets": SUBNETS | {"private": ["10.20.0.0/24", *SUBNETS["private"][1:]]}},
        [
            "1 thing has to be put right",
            "vpc_subnets.private[0] = 10.20.0.0/24: overlaps vpc_subnets.public[0] (10.20.0.0/24).",
        ],
    ),
    "several mistakes": (
        {
            "vpc_cird": "10.0.0.0/8",
            "database_instance_class": "db.t3.nano",
            "database_engine_version": 8.4,
            "dns_sides": {"blue": {"weight": 0}, "green": {"weight": 0}},
            "cutover_tags": {"Owner": "me"},
            "database_master_password": SECRET,
        },
        [
            "6 things have to be put right",
            "vpc_cird: there is no such variable. Probably vpc_cidr is meant.",
            "database_engine_version = 8.4: is text, and YAML has read it as a number",
            "database_master_password: is a secret in a variable",
            "cutover_tags.CostCenter: is missing",
            'dns_sides = {"blue": 0, "green": 0}: all weights are 0',
        ],
    ),
    "a template of nothing": (
        {"region": "{{ home_region }}"},
        ["region: cannot be computed: 'home_region' is undefined."],
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_person_sees_all_mistakes_and_nothing_is_written(name: str, controller: Controller) -> None:
    variables, texts = RUNS[name]
    before = controller.cloud.mark()
    run = controller.run("site.yml", **variables).expect(2)
    for text in texts:
        assert text in run.output, run.output[-4000:]
    assert SECRET not in run.output
    assert controller.cloud.calls(since=before, access="write") == []


class Nobody:
    """An endpoint at which nobody listens."""

    def client(self, service: str, region: str) -> Any:
        return boto3_client("http://127.0.0.1:9", service, region)


def test_where_no_local_cloud_answers_its_inventory_says_how_to_start_it() -> None:
    (found,) = judge(Case(), Nobody()).findings  # type: ignore[arg-type]
    assert found.rule.startswith("nobody answers at http://127.0.0.1:9")
    assert "local_cloud start" in found.fix
