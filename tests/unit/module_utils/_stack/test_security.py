# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Groups, rules and certificate as they are read from AWS: finished, half built, edited by hand, gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import count
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.security_group_rules import security_group_rules
from ansible_collections.cutover.aws.plugins.module_utils._certificate import api as certificate_api
from ansible_collections.cutover.aws.plugins.module_utils._certificate.plan import asked_for, record_changes
from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import (
    KEY_TAG,
    STACK_TAG,
    Found,
    Model,
    Reality,
    Stack,
)
from ansible_collections.cutover.aws.plugins.module_utils._model.security import SECURITY_PRUNED, security_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._security_group import api as rules_api
from ansible_collections.cutover.aws.plugins.module_utils._security_group.plan import Rule, rules_plan
from ansible_collections.cutover.aws.plugins.module_utils._stack.certificates import NoSuchCertificate, keyed
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.security import read_security, security_outputs
from local_cloud.testing import LocalCloud

_numbers = count(1)
HTTPS = "security_group_rule/load_balancer-in-https-ipv4"
HTTPS_6 = "security_group_rule/load_balancer-in-https-ipv6"
QUERIES = "security_group_rule/database-in-application"


class Built:
    """A stack with everything, made by plain calls as the role's modules make it."""

    def __init__(self, cloud: LocalCloud) -> None:
        number = next(_numbers)
        self.cloud = cloud
        self.stack = Stack("acme", f"t{number}", "us-east-1", "123456789012", tags={"CostCenter": "web"})
        self.ec2, self.acm, self.route53 = (cloud.client(service) for service in ("ec2", "acm", "route53"))
        self.domain = f"t{number}.example.com"
        self.zone = self._zone()
        self.vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self.config: dict[str, Any] = {
            "vpc_id": self.vpc,
            "application_port": 8080,
            "database_port": 3306,
            "http_redirect": False,
            "extra_rules": {},
            "domain": self.domain,
            "alternative_names": [f"*.{self.domain}", f"www.{self.domain}"],
            "key_algorithm": "RSA_2048",
            "certificate_arn": None,
            "zone_id": self.zone,
        }
        self.model: Model = security_model(self.stack, self.config)  # type: ignore[arg-type]
        self.ids: dict[str, str] = {}

    def _zone(self) -> str:
        made = self.route53.create_hosted_zone(Name=self.domain, CallerReference=self.domain)
        return str(made["HostedZone"]["Id"].rpartition("/")[2])

    def whole(self) -> Built:
        self.groups()
        self.rules()
        self.certificate()
        self.records()
        # ACM issues the certificate when it looks and finds the records.
        self.read()
        return self

    def groups(self) -> None:
        for key, resource in self.model.items():
            if resource.type == "security_group":
                made = self.ec2.create_security_group(
                    GroupName=resource.name,
                    Description=resource.attributes["description"],
                    VpcId=self.vpc,
                    TagSpecifications=[{"ResourceType": "security-group", "Tags": pairs(resource.attributes["tags"])}],
                )
                self.ids[key] = made["GroupId"]

    def rules(self) -> None:
        items = [{**asdict(r), "id": None} for r in self.model.values() if r.type == "security_group_rule"]
        options = security_group_rules(items, self.ids)
        wanted = [Rule(**{name: value for name, value in one.items() if name != "rule_id"}) for one in options]
        existing = rules_api.read(self.ec2, self.ids.values())
        defaults = [str(rule.id) for rule in existing]
        rules_api.apply(self.ec2, rules_plan(wanted, defaults, existing))

    def certificate(self, domain: str | None = None) -> str:
        tags: Any = self.model["certificate"].attributes["tags"]
        made = self.acm.request_certificate(
            DomainName=domain or self.domain,
            SubjectAlternativeNames=[f"*.{domain or self.domain}", f"www.{domain or self.domain}"],
            ValidationMethod="DNS",
            Tags=pairs(tags),
        )
        return str(made["CertificateArn"])

    def records(self) -> None:
        for summary in self.acm.list_certificates()["CertificateSummaryList"]:
            item = certificate_api.describe(self.acm, summary["CertificateArn"])
            if item and item["DomainName"] == self.domain:
                certificate_api.change(self.route53, self.zone, record_changes(asked_for(item) or [], {}, 300))

    def read(self, *, by_name: bool = False) -> Reality:
        def client(service: str, region: str) -> Any:
            return self.cloud.client(service, region)

        return read_security(Context(self.stack, client, None if by_name else LAYERS["security"].expected(self.model)))

    def plan(self) -> Plan:
        return compare(self.model, self.read(), SECURITY_PRUNED)

    def rule_id(self, key: str) -> str:
        return self.read()[key].id


def pairs(tags: Any) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]


@pytest.fixture
def built(cloud: LocalCloud) -> Built:
    return Built(cloud).whole()


@pytest.fixture(scope="module")
def finished(cloud: LocalCloud) -> Built:
    """One that tests only read."""
    return Built(cloud).whole()


def changes(plan: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (c.action, c.key, tuple(d.path for d in c.differences) if c.action == "update" else ()) for c in plan.changes
    ]


def test_a_finished_stack_equals_its_model(finished: Built) -> None:
    plan = finished.plan()
    assert (plan.changes, plan.unexpected) == ((), ())


def test_it_is_read_by_name_alone_with_the_same_keys(finished: Built) -> None:
    assert set(finished.read(by_name=True)) == set(finished.model)


def test_an_empty_account_has_none_of_it(cloud: LocalCloud) -> None:
    assert Built(cloud).read() == {}


def permission(**changes: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], **changes}


def add_a_rule(built: Built) -> None:
    group = built.ids["security_group/database"]
    built.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])


def let_everything_out(built: Built) -> None:
    group = built.ids["security_group/database"]
    everything = permission(IpProtocol="-1", FromPort=-1, ToPort=-1)
    built.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[everything])


def revoke_a_rule(built: Built) -> None:
    group = built.ids["security_group/database"]
    built.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[built.rule_id(QUERIES)])


def untag_a_rule(built: Built) -> None:
    tags = [{"Key": name} for name in (KEY_TAG, STACK_TAG, "Name")]
    built.ec2.delete_tags(Resources=[built.rule_id(HTTPS)], Tags=tags)


def edit_a_rule(built: Built) -> None:
    said = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 443, "CidrIpv6": "::/0", "Description": "wide"}
    update = {"SecurityGroupRuleId": built.rule_id(HTTPS_6), "SecurityGroupRule": said}
    built.ec2.modify_security_group_rules(
        GroupId=built.ids["security_group/load_balancer"], SecurityGroupRules=[update]
    )


def rename_a_group(built: Built) -> None:
    built.ec2.create_tags(Resources=[built.ids["security_group/database"]], Tags=[{"Key": "Name", "Value": "mine"}])


def untag_the_certificate(built: Built) -> None:
    arn = built.read()["certificate"].id
    built.acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "CostCenter"}])


def record_of(built: Built, name: str) -> dict[str, Any]:
    listed = built.route53.list_resource_record_sets(HostedZoneId=built.zone)["ResourceRecordSets"]
    found: dict[str, Any] = next(r for r in listed if r["Type"] == "CNAME" and r["Name"].endswith(f".{name}."))
    return found


def change_record(built: Built, action: str, record: dict[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    built.route53.change_resource_record_sets(HostedZoneId=built.zone, ChangeBatch=batch)


def remove_a_record(built: Built) -> None:
    change_record(built, "DELETE", record_of(built, f"www.{built.domain}"))


def turn_a_record_elsewhere(built: Built) -> None:
    elsewhere = {"TTL": 60, "ResourceRecords": [{"Value": "elsewhere.example."}]}
    change_record(built, "UPSERT", {**record_of(built, built.domain), **elsewhere})


DRIFT: list[tuple[Callable[[Built], None], str, str, set[str]]] = [
    (add_a_rule, "delete", "security_group_rule/sgr-", set()),
    (let_everything_out, "delete", "security_group_rule/sgr-", set()),
    (revoke_a_rule, "create", QUERIES, set()),
    (untag_a_rule, "update", HTTPS, {"tags.Name", f"tags.{STACK_TAG}", f"tags.{KEY_TAG}"}),
    (edit_a_rule, "update", HTTPS_6, {"from_port", "description"}),
    (rename_a_group, "update", "security_group/database", {"tags.Name"}),
    (untag_the_certificate, "update", "certificate", {"tags.CostCenter"}),
    (remove_a_record, "create", "validation_record/www.", set()),
    (turn_a_record_elsewhere, "update", "validation_record/t", {"proves", "ttl"}),
]


def test_whatever_somebody_edits_is_named_and_nothing_else(built: Built) -> None:
    for edit, *_ in DRIFT:
        edit(built)
    found = changes(built.plan())
    unnamed = [
        edit.__name__
        for edit, action, key, paths in DRIFT
        if not [c for c in found if c[0] == action and c[1].startswith(key) and set(c[2]) == paths]
    ]
    assert unnamed == []
    assert len(found) == len(DRIFT)


def test_a_new_rule_that_says_what_ours_said_takes_its_place(built: Built) -> None:
    """Ours was edited, and somebody made by hand what it ought to say: nothing is made, the edited one goes."""
    edit_a_rule(built)
    again = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    built.ec2.authorize_security_group_ingress(GroupId=built.ids["security_group/load_balancer"], IpPermissions=[again])
    found = {(action, key.partition("sgr-")[0]) for action, key, _paths in changes(built.plan())}
    assert found == {("update", HTTPS_6), ("delete", "security_group_rule/")}


def test_groups_that_have_only_the_rule_of_aws_are_read(cloud: LocalCloud) -> None:
    built = Built(cloud)
    built.groups()
    found = changes(built.plan())
    assert [key for action, key, _ in found if action == "delete"] and ("create", HTTPS, ()) in found
    assert len([key for action, key, _ in found if action == "delete"]) == 3


def test_a_certificate_that_waits_for_its_records_is_read(cloud: LocalCloud) -> None:
    built = Built(cloud)
    built.certificate()
    found = built.read()
    assert found["certificate"].attributes["status"] == "PENDING_VALIDATION"
    assert not [f for f in found.values() if f.type == "validation_record"]
    assert security_outputs(found)["certificate_status"] == "PENDING_VALIDATION"


def test_of_two_certificates_the_one_with_the_wanted_names_counts(built: Built) -> None:
    other = built.certificate(f"old.{built.domain}")
    found = built.read()
    assert found["certificate"].attributes["domain"] == built.domain
    assert found[f"certificate/{other.rpartition('/')[2]}"].name == f"old.{built.domain}"
    assert [f.key for f in built.plan().unexpected] == [f"certificate/{other.rpartition('/')[2]}"]


@pytest.mark.parametrize(
    ("statuses", "counts"),
    [
        (["PENDING_VALIDATION", "VALIDATION_TIMED_OUT"], 0),
        (["FAILED", "PENDING_VALIDATION"], 1),
        (["PENDING_VALIDATION", "ISSUED"], 1),
        (["ISSUED", "EXPIRED"], 0),
    ],
)
def test_of_certificates_with_the_same_names_the_one_that_lives_counts(statuses: list[str], counts: int) -> None:
    ids = [f"arn:{number}" for number in range(len(statuses))]
    found = [
        Found(f"certificate/{name}", "certificate", "a", name, {"status": status})
        for name, status in zip(ids, statuses, strict=True)
    ]
    assert [f.id for f in keyed(found, None) if f.key == "certificate"] == [ids[counts]]


def test_a_record_that_another_certificate_needs_is_shared(built: Built) -> None:
    key = f"validation_record/{built.domain}"
    assert built.read()[key].facts["shared"] is False
    built.acm.request_certificate(DomainName=built.domain, ValidationMethod="DNS")
    assert built.read()[key].facts["shared"] is True


def test_a_given_certificate_is_read_by_its_arn(cloud: LocalCloud, finished: Built) -> None:
    arn = finished.read()["certificate"].id
    borrower = Built(cloud)
    borrower.config["certificate_arn"] = arn
    borrower.model = security_model(borrower.stack, borrower.config)  # type: ignore[arg-type]
    assert [key for _action, key, _paths in changes(borrower.plan()) if "certificate" in key] == []
    assert security_outputs(borrower.read())["certificate_arn"] == arn
    assert "certificate" not in borrower.read(by_name=True)


def test_a_given_certificate_that_does_not_exist_is_named(cloud: LocalCloud) -> None:
    built = Built(cloud)
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    built.config["certificate_arn"] = arn
    built.model = security_model(built.stack, built.config)  # type: ignore[arg-type]
    with pytest.raises(NoSuchCertificate, match=arn):
        built.read()


def test_outputs_of_nothing_have_the_shape_of_all(finished: Built) -> None:
    everything, nothing = security_outputs(finished.read()), security_outputs({})
    assert set(everything) == set(nothing)
    assert set(nothing["group_ids"]) == set(everything["group_ids"])  # type: ignore[arg-type,call-overload]
    assert None not in everything.values() and None not in everything["group_ids"].values()  # type: ignore[union-attr]
    assert set(nothing["group_ids"].values()) == {None}  # type: ignore[union-attr]
