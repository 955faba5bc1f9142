# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The life of `prod`: planned on an empty account, built, looked at again, moved to green, removed. In this order."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from http import HTTPStatus

from ansible_collections.cutover.aws.plugins.module_utils._preflight.asking import DENIED
from local_cloud.client import Client
from scripts import iam_policy
from tests.integration.conftest import REMOVABLE, Built
from tests.integration.runs import Controller, planned
from tests.integration.shift_world import ShiftWorld


def test_the_plan_on_an_empty_account_writes_nothing_and_names_what_the_run_creates(prod: Built) -> None:
    assert prod.calls_of_plan == []
    document = prod.plan
    assert document["counts"]["update"] == document["counts"]["delete"] == 0
    outputs_say = prod.controller.run("playbooks/destroy.yml", "--check").expect().output
    kept_by_the_account = [name for name in planned(document) if name.startswith("service_linked_role ")]
    for name in set(planned(document)) - set(kept_by_the_account):
        assert name.split(" ", 1)[1] in outputs_say, f"planned, but not there after the run: {name}"
    made = document["counts"]["create"] - len(kept_by_the_account)
    assert f"{made} resources." in outputs_say, "the run made something that the plan did not name"


def test_outputs_need_no_lookup(prod: Built) -> None:
    outputs = prod.controller.outputs()
    assert leaves(outputs) >= 60
    assert "nothing" not in json.dumps(outputs)


def test_the_plan_of_a_finished_stack_is_empty(prod: Built) -> None:
    document = prod.controller.plan()
    assert document["counts"] == {"create": 0, "update": 0, "delete": 0, "left_alone": 0, "unexpected": 0}


def test_a_second_run_changes_nothing_and_writes_nothing(prod: Built, cloud: Client) -> None:
    mark = cloud.mark()
    again = prod.controller.run("site.yml").expect()
    assert again.changed() == 0
    assert cloud.calls(since=mark, access="write") == []


def test_a_run_that_takes_nothing_for_granted_changes_nothing_either(prod: Built) -> None:
    """Every task of every role, whatever the plan says."""
    full = prod.controller.run("site.yml", cutover_full=True).expect()
    assert full.changed() == 0


def test_a_run_without_changes_looks_nothing_up_twice(prod: Built, cloud: Client) -> None:
    mark = cloud.mark()
    prod.controller.run("site.yml").expect()
    asked = [(c["service"], c["operation"], c["region"], str(c["parameters"])) for c in cloud.calls(since=mark)]
    assert [question for question, times in Counter(asked).items() if times > 1] == []
    assert len(asked) > 100


def test_a_database_is_protected_unless_the_inventory_says_otherwise(prod: Built) -> None:
    as_it_comes = {name: value for name, value in prod.controller.variables.items() if name not in REMOVABLE}
    replace(prod.controller, variables=as_it_comes).run("site.yml", "--tags", "database").expect()
    rds = prod.controller.aws("rds")
    assert [one["DeletionProtection"] for one in rds.describe_db_instances()["DBInstances"]] == [True]
    prod.controller.run("site.yml", "--tags", "database").expect()
    assert [one["DeletionProtection"] for one in rds.describe_db_instances()["DBInstances"]] == [False]


def test_its_traffic_goes_to_green_and_a_build_afterwards_moves_nothing(prod: Built) -> None:
    """Gates, guards, groups and topic come from the stack; green has no instances yet, so that other gates decide."""
    controller, run = prod.controller, prod.controller.run
    checked = run("playbooks/shift.yml", "--check").expect().output
    assert "after 0 s at the earliest: blue 90, green 10" in checked
    assert "gate green-latency-p95: inconclusive" in checked, "nobody has evaluated the alarms yet"
    assert "gate green-share: inconclusive" in checked, "nobody has asked for anything yet"

    world = ShiftWorld(controller, "gates.example")
    gates = [{"name": side, "side": side, "type": "alarm", "alarm": world.alarm(side)} for side in ("blue", "green")]
    quick = {
        "migration_steps": [{"weight": 100, "bake": 10}],
        "migration_gates": gates,
        "migration_delivery": 0,
        "migration_interval": 5,
    }
    mark = controller.cloud.mark()
    done = run("playbooks/shift.yml", **quick).expect()
    assert len(controller.cloud.calls(since=mark, operation="GetCallerIdentity")) == 1, "it asks once who it is"
    assert ":user/controller" in world.report()["who"]["aws"]
    assert "completed: every step is proven" in done.output
    assert controller.cloud.calls(operation="Publish")[-1]["status"] == HTTPStatus.OK
    assert weights(controller) == {"blue": 0, "green": 100}
    plan = controller.plan()
    assert planned(plan) == {}
    assert [change["type"] for change in planned(plan, "left_alone").values()] == ["weighted_records"]
    outputs = controller.outputs()
    assert outputs["dns"]["weights"] == {"blue": 0, "green": 100}
    assert run("site.yml").expect().changed() == 0, "the shift itself has left the outputs as they are now"
    assert controller.outputs() == outputs


def weights(controller: Controller) -> dict[str, int]:
    """Of the stack's record."""
    route53 = controller.aws("route53")
    (zone,) = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"] if "shop.acme" in zone["Name"]]
    listed = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {record["SetIdentifier"]: record["Weight"] for record in listed if "SetIdentifier" in record}


def test_destroy_needs_the_stacks_name(prod: Built, cloud: Client) -> None:
    mark = cloud.mark()
    refused = prod.controller.run("playbooks/destroy.yml", destroy_confirm="prod").expect(2)
    assert "destroy_confirm=acme-prod" in refused.output
    assert cloud.calls(since=mark, access="write") == []


def test_destroy_tells_all_protections_at_once_and_touches_nothing(prod: Built, cloud: Client) -> None:
    mark = cloud.mark()
    protected = {"database_deletion_protection": True, "compute_deletion_protection": True}
    refused = prod.controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod", **protected).expect(2)
    warned = prod.controller.run("playbooks/destroy.yml", "--check", **protected).expect()
    for variable in protected:
        assert f"{variable} is true" in refused.output
        assert f"{variable} is true" in warned.output
    assert cloud.calls(since=mark, access="write") == []


def test_destroy_leaves_only_what_it_lists_and_is_quiet_the_second_time(prod: Built, cloud: Client) -> None:
    gone = prod.controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    assert "is gone." in gone.output
    retained = gone.output.split("Retained on purpose:")[1].split("\n\n")[0]
    assert [line.split()[1] for line in retained.splitlines() if line.strip().startswith("=")] == [
        "kms_key",
        "kms_key",
        "service_linked_role",
        "db_snapshot",
    ]
    mark = cloud.mark()
    again = prod.controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    assert again.changed() == 0
    assert "Nothing of acme-prod" in again.output
    assert cloud.calls(since=mark, access="write") == []


def test_the_last_state_of_the_database_is_kept(prod: Built) -> None:
    """In a snapshot of the stack's own, encrypted with its key."""
    aws = prod.controller.aws
    (snapshot,) = aws("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    key = aws("kms").describe_key(KeyId=snapshot["KmsKeyId"])["KeyMetadata"]
    assert snapshot["Status"] == "available"
    assert snapshot["Encrypted"]
    assert {"Key": "cutover:stack", "Value": "acme-prod"} in snapshot["TagList"]
    tags = aws("kms").list_resource_tags(KeyId=key["KeyId"])["Tags"]
    assert {"TagKey": "cutover:stack", "TagValue": "acme-prod"} in tags


def test_the_policies_have_let_every_call_through_and_know_each(prod: Built) -> None:
    """Also those that a module would have borne the refusal of."""
    key = prod.controller.variables["aws_access_key"]
    calls = [call for call in prod.controller.cloud.calls() if call["access_key"] == key]
    called = {f"{call['service']}:{call['operation']}" for call in calls}
    assert len(called) > 100
    refused = {f"{call['service']}:{call['operation']}" for call in calls if call["error_code"] in DENIED}
    assert refused == set(), "not granted by docs/iam-policy.json"
    recorded = json.loads(iam_policy.CALLS.read_text(encoding="utf-8"))
    assert called - set(iam_policy.operations(recorded)) == set(), "add to docs/iam-calls.json, and run the script"


def leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(leaves(part) for part in value.values())
    if isinstance(value, list):
        return sum(leaves(part) for part in value)
    return value is not None
