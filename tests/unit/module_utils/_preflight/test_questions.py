# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS is asked, against the local cloud: what it does not offer, has no room for, or has given to others."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

# moto reads it when it is imported; its catalogue of images takes seconds to load, and no test here reads it
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import pytest
from botocore.client import BaseClient
from moto.backends import get_backend

from ansible_collections.cutover.aws.plugins.module_utils._model.core import (
    STACK_TAG,
    Found,
    Model,
    Reality,
    Resource,
    Stack,
    model_of,
)
from ansible_collections.cutover.aws.plugins.module_utils._preflight.asking import Question, Subject, answers
from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import Finding
from ansible_collections.cutover.aws.plugins.module_utils._preflight.questions import (
    given,
    offers,
    quotas,
    restored,
    taken,
)
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from local_cloud import quotas as limits
from local_cloud.testing import LocalCloud

STACK = Stack("acme", "prod", "us-east-1", "123456789012", replica_region="us-west-2")
SCOPE = ("123456789012", "us-east-1")
OURS = {STACK_TAG: "acme-prod"}
THEIRS = {STACK_TAG: "acme-dev"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ZONES = ["us-east-1a", "us-east-1b"]

Ask = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def running() -> Iterator[LocalCloud]:
    with LocalCloud() as cloud:
        # A thousand policies of AWS are loaded after each reset otherwise.
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"
        yield cloud


@pytest.fixture
def cloud(running: LocalCloud) -> Iterator[LocalCloud]:
    yield running
    if running.control.calls(access="write"):
        running.cloud.reset()


@pytest.fixture(scope="module")
def client(running: LocalCloud) -> Callable[[str, str], Any]:
    """Making a client costs more than all its calls here."""
    return cache(running.client)


@pytest.fixture
def ask(cloud: LocalCloud, client: Callable[[str, str], Any]) -> Ask:
    """The findings of some questions about variables and planned resources; something is asked, nothing written."""

    def asking(
        questions: Sequence[Question],
        models: dict[str, Model] | None = None,
        present: dict[str, Reality] | None = None,
        **typed: Any,
    ) -> list[Finding]:
        before = cloud.control.mark()
        subject = Subject(STACK, Context(STACK, client), typed, models or {}, present or {})
        found, _skipped = answers([one for one in questions if not one.needs(subject)], subject)
        assert present or cloud.control.calls(since=before), "nothing was asked"
        assert cloud.control.calls(since=before, access="write") == []
        return found

    return asking


def tags(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def resource(kind: str, name: str, key: str | None = None, **attributes: Any) -> Model:
    return model_of([Resource(key or f"{kind}/{name}", kind, name, attributes)])


def found(kind: str, *names: str, **labels: str) -> Reality:
    """Resources as a reader hands them on, with these tags."""
    return {f"{kind}/{n}": Found(f"{kind}/{n}", kind, n, n, {"tags": dict(labels)}) for n in names}


def database(**attributes: Any) -> dict[str, Model]:
    wanted = {
        "engine": "mysql",
        "engine_version": "8.4.6",
        "instance_class": "db.t3.medium",
        "storage_type": "gp3",
        "multi_az": True,
        **attributes,
    }
    return {"database": resource("db_instance", "acme-prod-database", "instance", **wanted)}


class TestOffers:
    def test_zones_that_are_there_have_no_finding(self, ask: Ask) -> None:
        assert ask(offers.QUESTIONS, vpc_zones=ZONES) == []

    def test_a_zone_that_the_region_lacks_is_told(self, ask: Ask) -> None:
        (found,) = ask(offers.QUESTIONS, vpc_zones=["us-east-1a", "us-east-1z"])
        assert (found.variable, found.value) == ("vpc_zones[1]", "us-east-1z")

    def test_an_instance_type_that_there_is_not_is_told_with_its_side(self, ask: Ask) -> None:
        models = {
            "compute": model_of(
                Resource(f"launch_template/{side}", "launch_template", side, {"instance_type": kind})
                for side, kind in {"blue": "t3.micro", "green": "m5.lage"}.items()
            )
        }
        (found,) = ask(offers.QUESTIONS, models, vpc_zones=ZONES)
        assert (found.variable, found.value) == ("compute_sides.green.instance_type", "m5.lage")

    @pytest.mark.parametrize(
        ("changed", "variable", "text"),
        [
            ({}, None, ""),
            ({"engine_version": "8.4"}, None, ""),
            ({"engine_version": "8.4.99"}, "database_engine_version", "8.4.6"),
            ({"instance_class": "db.t3.nano"}, "database_instance_class", "db.t3."),
            ({"storage_type": "io9"}, "database_storage_type", "gp2, gp3, io1"),
            (
                {"engine": "aurora-postgresql", "engine_version": "15.13", "instance_class": "db.t3.small"},
                "database_instance_class",
                "db.t3.medium",
            ),
            (
                {"instance_class": "db.t3.micro", "performance_insights": True},
                "database_performance_insights",
                "cannot",
            ),
        ],
        ids=str,
    )
    def test_a_database_that_rds_does_not_offer_is_told(
        self, ask: Ask, changed: dict[str, Any], variable: str | None, text: str
    ) -> None:
        found = ask(offers.QUESTIONS, database(**changed), vpc_zones=ZONES)
        assert [one.variable for one in found] == ([variable] if variable else [])
        assert all(text in str(one) for one in found)

    def test_two_zones_need_the_class(self, ask: Ask) -> None:
        (found,) = ask(offers.QUESTIONS, database(), vpc_zones=["us-east-1a", "us-east-1e"], database_multi_az=True)
        assert "fewer than two" in found.rule

    def test_images_are_looked_up_where_no_side_names_its_own(self, ask: Ask) -> None:
        known = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        sides: dict[str, Any] = {"blue": {}, "green": {"image_parameter": "/aws/service/none"}}
        (found,) = ask(offers.QUESTIONS, compute_sides=sides, compute_image_parameter=known)
        assert found.variable == "compute_sides.green.image_parameter"
        (found,) = ask(offers.QUESTIONS, compute_sides={"blue": {}}, compute_image_parameter="/aws/service/none")
        assert found.variable == "compute_image_parameter"

    def test_a_given_image_exists(self, ask: Ask) -> None:
        (found,) = ask(offers.QUESTIONS, compute_image_id="ami-00000000000000000")
        assert found.variable == "compute_image_id"


ADDRESSES = {"vpc": model_of(Resource(f"elastic_ip/{zone}", "elastic_ip", zone, {}) for zone in "abc")}


class TestQuotas:
    def test_room_enough_is_no_finding(self, ask: Ask) -> None:
        assert ask(quotas.QUESTIONS, ADDRESSES) == []

    def test_addresses_of_others_leave_too_few(self, ask: Ask, cloud: LocalCloud) -> None:
        for _ in range(3):
            cloud.client("ec2").allocate_address(Domain="vpc")
        (found,) = ask(quotas.QUESTIONS, ADDRESSES)
        assert found.variable == "vpc_nat"
        assert found.rule == (
            "the stack needs 3 more of the quota EC2-VPC Elastic IPs, and of 5 in us-east-1 2 are free"
        )

    def test_what_the_stack_has_already_is_not_needed_again(self, ask: Ask, cloud: LocalCloud) -> None:
        limits.set_value(SCOPE, "ec2", limits.ELASTIC_ADDRESSES, 3)
        for _ in range(2):
            cloud.client("ec2").allocate_address(Domain="vpc")
        present = {"vpc": found("elastic_ip", "a", "b", **OURS) | found("elastic_ip", "c", **THEIRS)}
        assert ask(quotas.QUESTIONS, ADDRESSES, present) == []
        cloud.client("ec2").allocate_address(Domain="vpc")
        (wrong,) = ask(quotas.QUESTIONS, ADDRESSES, present)
        assert wrong.rule.startswith("the stack needs 1 more")

    def test_a_stack_that_has_everything_asks_for_no_quota(self, ask: Ask, cloud: LocalCloud) -> None:
        before = cloud.control.mark()
        assert ask(quotas.QUESTIONS, ADDRESSES, {"vpc": found("elastic_ip", "a", "b", "c", **OURS)}) == []
        assert cloud.control.calls(since=before) == []


class TestRestored:
    @pytest.fixture(autouse=True)
    def legacy(self, cloud: LocalCloud) -> None:
        cloud.client("rds").create_db_instance(
            DBInstanceIdentifier="legacy",
            Engine="mysql",
            EngineVersion="8.4.6",
            DBInstanceClass="db.t3.medium",
            AllocatedStorage=100,
            MasterUsername="dbadmin",
            ManageMasterUserPassword=True,
            StorageEncrypted=True,
        )
        cloud.client("rds").create_db_snapshot(DBSnapshotIdentifier="friday", DBInstanceIdentifier="legacy")

    @staticmethod
    def planned(source: dict[str, Any], **changes: Any) -> dict[str, Model]:
        sizes = {"allocated_storage": 100, "max_allocated_storage": 200, "username": "dbadmin", **changes}
        return database(restored_from=source, **sizes)

    @pytest.mark.parametrize(
        "source",
        [
            {"snapshot": "friday"},
            {"database": "legacy", "snapshot_type": "manual"},
            {"database": "legacy", "take": "acme-prod-database-from-legacy"},
        ],
        ids=["snapshot", "rule", "running"],
    )
    def test_a_source_that_is_there_and_fits_has_no_finding(self, ask: Ask, source: dict[str, Any]) -> None:
        assert ask(restored.QUESTIONS, self.planned(source)) == []

    @pytest.mark.parametrize(
        ("source", "changes", "variable", "text"),
        [
            ({"snapshot": "monday"}, {}, "database_restore.snapshot", "does not exist"),
            ({"database": "old", "take": "x"}, {}, "database_restore.database", "there is no instance old"),
            ({"database": "legacy", "tags": {"keep": "yes"}}, {}, "database_restore", "has no snapshot that"),
            ({"snapshot": "friday"}, {"engine": "postgres"}, "database_engine", "is of mysql, not postgres"),
            ({"snapshot": "friday"}, {"engine_version": "8.0"}, "database_engine_version", "another major version"),
            ({"snapshot": "friday"}, {"username": "root"}, "database_username", "never renames"),
            ({"snapshot": "friday"}, {"allocated_storage": 50}, "database_allocated_storage", "never shrinks"),
            ({"database": "legacy", "time": "2020-01-01"}, {}, "database_restore.time", "where the backups begin"),
            ({"database": "legacy", "take": "friday"}, {}, "database_restore.take", "of this name already, with"),
        ],
        ids=["snapshot", "instance", "rule", "engine", "version", "user", "size", "time", "earlier"],
    )
    def test_a_source_that_does_not_fit_is_told_by_its_variable(
        self, ask: Ask, source: dict[str, Any], changes: dict[str, Any], variable: str, text: str
    ) -> None:
        found = {one.variable: one.rule for one in ask(restored.QUESTIONS, self.planned(source, **changes))}
        assert text in found[variable]

    @pytest.mark.parametrize(("hours", "told"), [(23, []), (25, ["database_restore.take"])])
    def test_a_snapshot_that_a_run_has_taken_before_it_died_is_gone_on_with_for_a_day(
        self, ask: Ask, hours: int, told: list[str]
    ) -> None:
        taken = get_backend("rds")[SCOPE[0]][SCOPE[1]].database_snapshots["friday"]
        taken.original_snapshot_create_time = datetime.now(UTC) - timedelta(hours=hours)
        groups = {"subnet_group": Found("subnet_group", "subnet_group", "acme-prod-database", "one", {})}
        source = {"database": "legacy", "take": "friday"}
        found = ask(restored.QUESTIONS, self.planned(source), {"database": groups})
        assert [one.variable for one in found] == told
        assert all("which is too old to go on with" in one.rule for one in found)

    @pytest.mark.parametrize(
        ("came_from", "told"),
        [
            ({"snapshot": "friday"}, None),
            ("arn:of:friday (unfinished)", None),
            ("arn:of:monday", "came from arn:of:monday"),
            (None, "is not known to have come from any snapshot"),
        ],
        ids=["the same", "unfinished", "another", "none"],
    )
    def test_a_database_that_came_from_elsewhere_is_refused(self, ask: Ask, came_from: Any, told: str | None) -> None:
        there = Found("instance", "db_instance", "acme-prod-database", "one", {"restored_from": came_from})
        present = {"database": {"instance": there}}
        found = ask(restored.QUESTIONS, self.planned({"snapshot": "friday"}), present)
        assert [one.variable for one in found] == (["database_restore"] if told else [])
        assert all(str(told) in one.rule for one in found)


class TestTaken:
    def test_a_database_of_another_stack_is_told(self, ask: Ask, cloud: LocalCloud) -> None:
        def make(values: dict[str, str]) -> None:
            cloud.client("rds").create_db_instance(
                DBInstanceIdentifier="acme-prod-database",
                Engine="mysql",
                DBInstanceClass="db.t3.medium",
                AllocatedStorage=20,
                MasterUsername="dbadmin",
                ManageMasterUserPassword=True,
                Tags=tags(values),
            )

        assert ask(taken.QUESTIONS, database()) == []
        make(THEIRS)
        (found,) = ask(taken.QUESTIONS, database())
        assert "belongs to stack acme-dev" in found.rule

    @pytest.mark.parametrize(("values", "text"), [(OURS, None), (THEIRS, "stack acme-dev"), ({}, "not tagged it")])
    def test_a_role_of_somebody_else_is_told(
        self, ask: Ask, cloud: LocalCloud, values: dict[str, str], text: str | None
    ) -> None:
        cloud.client("iam").create_role(RoleName="acme-prod-x", AssumeRolePolicyDocument=TRUST, Tags=tags(values))
        wrong = ask(taken.QUESTIONS, {"keys": resource("iam_role", "acme-prod-x")})
        assert [text in one.rule for one in wrong] == ([True] if text else [])  # type: ignore[operator]

    @pytest.mark.parametrize(("values", "found"), [(OURS, 0), (THEIRS, 1), ({}, 0)])
    def test_a_bucket_without_tags_is_half_made_and_one_of_another_stack_is_told(
        self, ask: Ask, cloud: LocalCloud, values: dict[str, str], found: int
    ) -> None:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="acme-prod-logs")
        if values:
            s3.put_bucket_tagging(Bucket="acme-prod-logs", Tagging={"TagSet": tags(values)})
        models = {"storage": resource("bucket", "acme-prod-logs", region="us-east-1")}
        assert len(ask(taken.QUESTIONS, models)) == found

    def test_a_bucket_that_is_free_has_no_finding(self, ask: Ask) -> None:
        assert ask(taken.QUESTIONS, {"storage": resource("bucket", "acme-prod-logs", region="us-west-2")}) == []

    @pytest.mark.parametrize("can_page", [True, False], ids=["this botocore", "an older one"])
    def test_a_bucket_of_another_account_is_told(
        self, ask: Ask, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, can_page: bool
    ) -> None:
        if not can_page:
            monkeypatch.setattr(BaseClient, "can_paginate", lambda _s3, _name: False)
            monkeypatch.setattr(BaseClient, "get_paginator", lambda _s3, name: pytest.fail(f"{name} has no pages"))
        denied = {"kind": "error", "status": 403, "code": "AccessDenied", "match": {"operation": "GetBucketTagging"}}
        cloud.control.faults([denied])
        questions = [one for one in taken.QUESTIONS if one.name == "names of buckets"]
        try:
            (wrong,) = ask(questions, {"storage": resource("bucket", "acme-prod-logs", region="us-east-1")})
        finally:
            cloud.control.faults()
        assert "belongs to another account" in wrong.rule

    def test_a_key_alias_of_another_stack_is_told(self, ask: Ask, cloud: LocalCloud) -> None:
        models = {"keys": resource("kms_alias", "alias/acme-prod", region="us-west-2")}
        kms = cloud.client("kms", "us-west-2")
        key = kms.create_key(Tags=[{"TagKey": STACK_TAG, "TagValue": "acme-dev"}])["KeyMetadata"]["KeyId"]
        assert ask(taken.QUESTIONS, models) == []
        kms.create_alias(AliasName="alias/acme-prod", TargetKeyId=key)
        (found,) = ask(taken.QUESTIONS, models)
        assert found.value == "alias/acme-prod"

    def test_of_what_the_stack_has_nothing_is_asked_but_of_another_stacks_it_is(
        self, ask: Ask, cloud: LocalCloud
    ) -> None:
        cloud.client("iam").create_role(RoleName="x", AssumeRolePolicyDocument=TRUST, Tags=tags(THEIRS))
        planned = [
            Resource("kms_key/home", "kms_key", "home", {}),
            Resource("kms_alias/home", "kms_alias", "alias/acme-prod", {"key": "kms_key/home"}),
            Resource("iam_role/x", "iam_role", "x", {}),
        ]
        alias = Found("kms_alias/home", "kms_alias", "alias/acme-prod", "alias/acme-prod", {"key": "kms_key/home"})
        ours = {**found("kms_key", "home", **OURS), alias.key: alias, **found("iam_role", "x", **OURS)}
        models = {"keys": model_of(planned)}
        before = cloud.control.mark()
        assert ask(taken.QUESTIONS, models, {"keys": ours}) == []
        assert cloud.control.calls(since=before) == []
        (wrong,) = ask(taken.QUESTIONS, models, {"keys": {**ours, **found("iam_role", "x", **THEIRS)}})
        assert wrong.value == "x"
        before = cloud.control.mark()
        ask(taken.QUESTIONS, models, {"keys": {**ours, **found("kms_key", "home", **THEIRS)}})
        assert [call["operation"] for call in cloud.control.calls(since=before)] == ["DescribeKey"]

    @pytest.mark.parametrize(("values", "told"), [(OURS, 0), (THEIRS, 1), ({}, 0)])
    def test_what_a_name_alone_leads_to_is_told_where_another_stack_has_tagged_it(
        self, ask: Ask, values: dict[str, str], told: int
    ) -> None:
        models = {"monitoring": resource("alarm", "acme-prod-blue-cpu")}
        (key,) = models["monitoring"]
        present = {key: Found(key, "alarm", "acme-prod-blue-cpu", "arn", {"tags": values})}
        wrong = ask(taken.QUESTIONS, models, {"monitoring": present})
        texts = ("alarm of this name", "stack acme-dev")
        assert [all(text in one.rule for text in texts) for one in wrong] == [True] * told

    def test_a_load_balancer_of_another_stack_is_told(self, ask: Ask, cloud: LocalCloud) -> None:
        ec2 = cloud.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for n, zone in enumerate(ZONES)
        ]
        cloud.client("elbv2").create_load_balancer(Name="acme-prod-app-blue", Subnets=subnets, Tags=tags(THEIRS))
        models = {"compute": resource("load_balancer", "acme-prod-app-blue")}
        (found,) = ask(taken.QUESTIONS, models)
        assert "belongs to stack acme-dev" in found.rule

    def test_a_zone_that_others_use_is_told_and_an_empty_one_without_tags_is_not(
        self, ask: Ask, cloud: LocalCloud
    ) -> None:
        models = {"zone": resource("hosted_zone", "acme.example.com")}
        route53 = cloud.client("route53")
        zone = route53.create_hosted_zone(Name="acme.example.com", CallerReference="one")["HostedZone"]["Id"]
        assert ask(taken.QUESTIONS, models) == []
        record = {"Name": "www.acme.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        (found,) = ask(taken.QUESTIONS, models)
        assert f"dns_zone_id: {zone.rsplit('/', 1)[-1]}" in found.fix

    def test_parameters_of_others_in_the_place_of_outputs_are_told(self, ask: Ask, cloud: LocalCloud) -> None:
        ssm = cloud.client("ssm")
        for name, owner in (("vpc/vpc_id", OURS), ("database/password", THEIRS), ("app/colour", {})):
            ssm.put_parameter(Name=f"/acme/prod/{name}", Value="x", Type="String", Tags=tags(owner))
        assert ask(taken.QUESTIONS, parameters_path="/acme/prod") == []
        ssm.put_parameter(Name="/acme/prod/vpc/subnet_ids/public", Value="x", Type="String", Tags=tags(THEIRS))
        (found,) = ask(taken.QUESTIONS, parameters_path="/acme/prod")
        assert found.variable == "parameters_path"
        assert "a parameter /acme/prod/vpc/subnet_ids/public already" in found.rule


class TestGiven:
    def test_a_zone_that_does_not_exist_is_told(self, ask: Ask) -> None:
        (found,) = ask(given.QUESTIONS, dns_zone_id="Z00000000000000000000")
        assert (found.variable, found.value) == ("dns_zone_id", "Z00000000000000000000")

    def test_a_zone_has_the_name_that_the_inventory_gives(self, ask: Ask, cloud: LocalCloud) -> None:
        answer = cloud.client("route53").create_hosted_zone(Name="acme.example.com", CallerReference="one")
        zone = answer["HostedZone"]["Id"].rsplit("/", 1)[-1]
        assert ask(given.QUESTIONS, dns_zone_id=zone, dns_zone_name="acme.example.com") == []
        (found,) = ask(given.QUESTIONS, dns_zone_id=zone, dns_zone_name="other.example.com")
        assert "is the zone acme.example.com" in found.rule

    def test_a_certificate_is_issued(self, ask: Ask, cloud: LocalCloud) -> None:
        missing = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
        (found,) = ask(given.QUESTIONS, security_certificate_arn=missing)
        assert found.rule == "there is no such certificate"
        acm = cloud.client("acm")
        pending = acm.request_certificate(DomainName="acme.example.com", ValidationMethod="DNS")["CertificateArn"]
        (found,) = ask(given.QUESTIONS, security_certificate_arn=pending)
        assert found.rule == "the certificate is PENDING_VALIDATION, not ISSUED"

    def test_an_arn_of_another_account_is_told(self, ask: Ask) -> None:
        foreign = "arn:aws:acm:us-east-1:210987654321:certificate/00000000-0000-0000-0000-000000000000"
        rules = {one.rule for one in ask(given.QUESTIONS, security_certificate_arn=foreign)}
        assert "is of account 210987654321, and the stack is in 123456789012" in rules
