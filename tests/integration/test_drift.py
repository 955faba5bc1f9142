# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What people change by hand, eleven ways at once: the plan names each and nothing else, the next run puts all right.

Weights, capacities and phases are no drift: they belong to whoever moves traffic. They are reported, and stay as they
were edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.conftest import Built
from tests.integration.prod_reading import Item, Reading, tags_of
from tests.integration.runs import Run, planned

Change = Callable[[Reading], None]


@dataclass(frozen=True)
class Drift:
    """One change by hand. line is the plan's, as type and name; shown is what AWS answers about the thing."""

    edit: Change
    line: Callable[[Reading], str]
    action: str
    attributes: frozenset[str]
    shown: Callable[[Reading], Any]


def named(kind: str, what: str) -> Callable[[Reading], str]:
    return lambda reading: f"{kind} {reading.name}-{what}"


def updated(edit: Change, line: Callable[[Reading], str], attribute: str, shown: Callable[[Reading], Any]) -> Drift:
    return Drift(edit, line, "update", frozenset({attribute}), shown)


# a rule added
def open_ssh(reading: Reading) -> None:
    reading.aws("ec2").authorize_security_group_ingress(
        GroupId=reading.group_id("database"),
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.20.0.0/24"}]},
        ],
    )


def rules(reading: Reading) -> dict[str, Item]:
    return {rule["SecurityGroupRuleId"]: rule for rule in reading.group_rules}


def added_rule(reading: Reading) -> str:
    (rule,) = [rule for rule in reading.group_rules if rule["FromPort"] == 22]
    return f"security_group_rule {rule['SecurityGroupRuleId']}"


# a tag changed
def change_tag(reading: Reading) -> None:
    tag = {"Key": "CostCenter", "Value": "marketing"}
    reading.aws("ec2").create_tags(Resources=[reading.subnets["public-a"]["SubnetId"]], Tags=[tag])


def subnet_tags(reading: Reading) -> dict[str, str]:
    """But for the phase, which is somebody else's."""
    found = tags_of(reading.subnets["public-a"])
    return {tag: value for tag, value in found.items() if tag != "MigrationPhase"}


# a retention changed
def shorten_retention(reading: Reading) -> None:
    reading.aws("logs").put_retention_policy(logGroupName=flow_log_group(reading), retentionInDays=7)


def flow_log_group(reading: Reading) -> str:
    return f"/{reading.name}/vpc-flow-logs"


def retention(reading: Reading) -> int:
    return int(reading.log_groups[flow_log_group(reading)]["retentionInDays"])


# a log group's key taken away
def take_log_key(reading: Reading) -> None:
    reading.aws("logs").disassociate_kms_key(logGroupName=application_log_group(reading))


def application_log_group(reading: Reading) -> str:
    return f"/{reading.name}/app/{next(iter(reading.inventory['monitoring_log_groups']))}"


def log_key(reading: Reading) -> str | None:
    return reading.log_groups[application_log_group(reading)].get("kmsKeyId")


# versioning suspended
def suspend_versioning(reading: Reading) -> None:
    reading.aws("s3").put_bucket_versioning(
        Bucket=reading.bucket("logs"), VersioningConfiguration={"Status": "Suspended"}
    )


def versioning(reading: Reading) -> str:
    return str(reading.aws("s3").get_bucket_versioning(Bucket=reading.bucket("logs"))["Status"])


# an alarm's threshold edited
ALARM_FIELDS = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "Dimensions",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)
"""What the console sends when an alarm is edited, and what makes two alarms equal."""


def raise_threshold(reading: Reading) -> None:
    reading.aws("cloudwatch").put_metric_alarm(**{**alarm(reading, "blue-cpu"), "Threshold": 99.0})


def alarm(reading: Reading, what: str) -> Item:
    found = reading.alarms.get(what, {})
    return {field: found[field] for field in ALARM_FIELDS if field in found}


# an alarm deleted
def delete_alarm(reading: Reading) -> None:
    reading.aws("cloudwatch").delete_alarms(AlarmNames=[f"{reading.name}-green-elb-5xx"])


# a listener's policy weakened
def weaken_tls(reading: Reading) -> None:
    (listener,) = reading.listeners("blue")
    reading.aws("elbv2").modify_listener(ListenerArn=listener["ListenerArn"], SslPolicy="ELBSecurityPolicy-2016-08")


# a key's rotation off
def stop_rotation(reading: Reading) -> None:
    reading.aws("kms").disable_key_rotation(KeyId=reading.key()["KeyId"])


def rotation(reading: Reading) -> bool:
    return bool(reading.aws("kms").get_key_rotation_status(KeyId=reading.key()["KeyId"])["KeyRotationEnabled"])


# a public access block removed
def unblock(reading: Reading) -> None:
    reading.aws("s3").delete_public_access_block(Bucket=reading.bucket("assets"))


def public_access_block(reading: Reading) -> Item:
    s3 = reading.aws("s3")
    found: Item = s3.get_public_access_block(Bucket=reading.bucket("assets"))["PublicAccessBlockConfiguration"]
    return found


# a subnet's association changed
def leave_to_main_table(reading: Reading) -> None:
    (main,) = [t for t in reading.route_tables if any(association["Main"] for association in t["Associations"])]
    subnet = reading.subnets["database-a"]["SubnetId"]
    table = reading.route_table(subnet)
    (association,) = [a for a in table["Associations"] if a.get("SubnetId") == subnet]
    reading.aws("ec2").replace_route_table_association(
        AssociationId=association["RouteTableAssociationId"], RouteTableId=main["RouteTableId"]
    )


def table_of_database_a(reading: Reading) -> str:
    return str(reading.route_table(reading.subnets["database-a"]["SubnetId"])["RouteTableId"])


DRIFTS: dict[str, Drift] = {
    "rule added": Drift(
        open_ssh,
        added_rule,
        "delete",
        frozenset({"group", "direction", "protocol", "from_port", "to_port", "peer", "description", "tags"}),
        rules,
    ),
    "tag changed": updated(change_tag, named("subnet", "public-a"), "tags.CostCenter", subnet_tags),
    "retention changed": updated(
        shorten_retention, lambda reading: f"log_group {flow_log_group(reading)}", "retention", retention
    ),
    "log group's key taken away": updated(
        take_log_key, lambda reading: f"log_group {application_log_group(reading)}", "key_arn", log_key
    ),
    "versioning suspended": updated(
        suspend_versioning, lambda reading: f"bucket {reading.bucket('logs')}", "versioning", versioning
    ),
    "alarm threshold edited": updated(
        raise_threshold, named("alarm", "blue-cpu"), "threshold", lambda reading: alarm(reading, "blue-cpu")
    ),
    "alarm deleted": Drift(
        delete_alarm,
        named("alarm", "green-elb-5xx"),
        "create",
        frozenset({"metric", "threshold", "dimensions", "alarm_actions", "tags"}),
        lambda reading: alarm(reading, "green-elb-5xx"),
    ),
    "listener policy weakened": updated(
        weaken_tls, named("listener", "app-blue:443"), "ssl_policy", lambda reading: reading.listeners("blue")
    ),
    "key rotation off": updated(stop_rotation, named("kms_key", "key"), "rotation", rotation),
    "public access block removed": updated(
        unblock, lambda reading: f"bucket {reading.bucket('assets')}", "public_access_block", public_access_block
    ),
    "subnet association changed": updated(
        leave_to_main_table, named("route_table", "database-a"), "subnets", table_of_database_a
    ),
}


# What is somebody else's
def weights(reading: Reading) -> dict[str, int]:
    return {record["SetIdentifier"]: record["Weight"] for record in reading.records if "Weight" in record}


def set_weights(reading: Reading, wanted: Mapping[str, int]) -> None:
    changes = [
        {"Action": "UPSERT", "ResourceRecordSet": {**record, "Weight": wanted[record["SetIdentifier"]]}}
        for record in reading.records
        if "Weight" in record
    ]
    reading.aws("route53").change_resource_record_sets(
        HostedZoneId=reading.zone["Id"], ChangeBatch={"Changes": changes}
    )


def capacity(reading: Reading) -> int:
    return int(reading.fleet("blue")["DesiredCapacity"])


def set_capacity(reading: Reading, wanted: int) -> None:
    name = reading.fleet("blue")["AutoScalingGroupName"]
    reading.aws("autoscaling").set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=wanted)


def phase(reading: Reading) -> str:
    """Of the subnet whose other tag has to be put right, which must not touch this one."""
    return tags_of(reading.subnets["public-a"])["MigrationPhase"]


def set_phase(reading: Reading, wanted: str) -> None:
    tag = {"Key": "MigrationPhase", "Value": wanted}
    reading.aws("ec2").create_tags(Resources=[reading.subnets["public-a"]["SubnetId"]], Tags=[tag])


@dataclass(frozen=True)
class HandedOver:
    """A value that a build only sets at the beginning, and to what it is moved here."""

    read: Callable[[Reading], Any]
    write: Callable[[Reading, Any], None]
    moved_to: Any
    line: Callable[[Reading], str]
    attribute: str


def record_line(reading: Reading) -> str:
    return f"weighted_records www.{reading.inventory['dns_zone_name']} A"


HANDED_OVER: dict[str, HandedOver] = {
    "weight": HandedOver(weights, set_weights, {"blue": 90, "green": 10}, record_line, "weights"),
    "capacity": HandedOver(capacity, set_capacity, 4, named("autoscaling_group", "app-blue"), "desired_capacity"),
    "phase": HandedOver(phase, set_phase, "traffic-shift", named("subnet", "public-a"), "tags.MigrationPhase"),
}


@dataclass(frozen=True)
class Story:
    """The stack before the edits and after the run that followed them, what the plan should name, and both plans."""

    before: Mapping[str, Any]
    lines: Mapping[str, str]
    plan: Mapping[str, Any]
    run: Run
    plan_after: Mapping[str, Any]
    after: Mapping[str, Any]


def look(built: Built) -> dict[str, Any]:
    """Everything that is edited here, as AWS shows it now."""
    shown = {what: drift.shown(Reading(built)) for what, drift in DRIFTS.items()}
    return shown | {what: value.read(Reading(built)) for what, value in HANDED_OVER.items()}


@pytest.fixture(scope="module")
def story(prod: Built) -> Iterator[Story]:
    before = look(prod)
    outputs = prod.controller.directory / "outputs/prod.json"
    told = outputs.read_text()
    for drift in DRIFTS.values():
        drift.edit(Reading(prod))
    for value in HANDED_OVER.values():
        value.write(Reading(prod), value.moved_to)
    try:
        lines = {what: drift.line(Reading(prod)) for what, drift in DRIFTS.items()}
        mark = prod.controller.cloud.mark()
        plan = prod.controller.plan()
        assert prod.controller.cloud.calls(since=mark, access="write") == [], "the plan has changed something"
        run = prod.controller.run("site.yml").expect()
        yield Story(before, lines, plan, run, prod.controller.plan(), look(prod))
    finally:
        for what, value in HANDED_OVER.items():
            value.write(Reading(prod), before[what])
        # The run has told of the weights that it found, which are put back here without a run.
        outputs.write_text(told)


def test_the_plan_names_each_and_nothing_else(story: Story) -> None:
    found = planned(story.plan)
    assert sorted(found) == sorted(story.lines.values())
    assert len(found) == len(DRIFTS)
    assert story.plan["counts"] == {"create": 1, "update": 9, "delete": 1, "left_alone": 3, "unexpected": 0}


@pytest.mark.parametrize("what", DRIFTS)
def test_the_plan_says_which_attribute(what: str, story: Story) -> None:
    drift, change = DRIFTS[what], planned(story.plan)[story.lines[what]]
    assert change["action"] == drift.action
    attributes = set(change["attributes"])
    assert attributes >= drift.attributes
    assert drift.action == "create" or attributes == drift.attributes


@pytest.mark.parametrize("what", DRIFTS)
def test_the_next_run_puts_it_right(what: str, story: Story) -> None:
    assert story.after[what] == story.before[what]


def test_then_the_plan_is_empty(story: Story) -> None:
    assert story.run.changed() > 0
    assert story.plan_after["counts"] == {"create": 0, "update": 0, "delete": 0, "left_alone": 3, "unexpected": 0}


@pytest.mark.parametrize("what", HANDED_OVER)
def test_what_belongs_to_somebody_else_is_reported_and_left_alone(what: str, story: Story, prod: Built) -> None:
    value = HANDED_OVER[what]
    assert story.before[what] != value.moved_to
    for plan in (story.plan, story.plan_after):
        change = planned(plan, "left_alone")[value.line(Reading(prod))]
        assert set(change["attributes"]) == {value.attribute}
        assert change["attributes"][value.attribute]["before"] == value.moved_to
    assert story.after[what] == value.moved_to
