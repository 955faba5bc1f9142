# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans, failures and removals as people read them."""

from __future__ import annotations

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._plan.failure import failure_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.removal import not_removed, removed_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.report import plan_document, plan_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.summary import leaves, summary_text

STACK = {"project": "acme", "environment": "prod", "account_id": "123456789012", "region": "us-east-1"}
NOTHING = {"plan": [], "left_alone": [], "unexpected": []}


def change(action: str, **attributes: tuple) -> dict:
    return {
        "action": action,
        "key": "alarm/cpu",
        "type": "alarm",
        "name": "acme-prod-cpu",
        "attributes": {path: {"before": before, "after": after} for path, (before, after) in attributes.items()},
    }


def test_a_plan_has_a_line_a_resource_and_a_count() -> None:
    plans = {
        "vpc": NOTHING,
        "monitoring": {
            "plan": [change("create"), change("update", threshold=(90, 80)), change("delete")],
            "left_alone": [change("update", weight=(10, 100))],
            "unexpected": [{"key": "x", "type": "alarm", "name": "old", "id": "old"}],
        },
    }
    text = plan_text(plans, "Plan for acme-prod").splitlines()
    assert text[:3] == ["Plan for acme-prod", "", "monitoring"], "a layer without lines has no heading"
    assert [line.split()[0] for line in text[3:8]] == ["+", "~", "-", "=", "?"]
    assert "threshold: 90 -> 80" in text[4]
    assert "Plan: 1 to create, 1 to change, 1 to remove." in text
    assert plan_document(plans, STACK)["counts"] == {
        "create": 1,
        "update": 1,
        "delete": 1,
        "left_alone": 1,
        "unexpected": 1,
    }


def test_an_empty_plan_says_so() -> None:
    text = plan_text(dict.fromkeys(LAYERS, NOTHING), "Plan for acme-prod")
    assert text.endswith("\n\nNo changes. AWS is as the inventory asks.")


def test_an_empty_plan_of_some_layers_says_nothing_of_the_others() -> None:
    text = plan_text({"keys": NOTHING, "vpc": NOTHING}, "Plan for acme-prod")
    assert text.endswith("\n\nNo changes.\nOf keys, vpc alone: the tags of this run leave the others out.")


def test_the_image_of_a_fleet_is_shown_in_the_plan() -> None:
    plans = {"compute": {**NOTHING, "plan": [change("create", image_id=(None, "ami-1"))]}}
    assert "image_id: ami-1" in plan_text(plans, "Plan")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"msg": "no\n  such thing"}, "layer vpc, task 'T': no such thing"),
        (
            {
                "results": [
                    {"failed": False},
                    {"failed": True, "msg": "limit", "item": {"type": "elastic_ip", "name": "acme-nat"}},
                ]
            },
            "layer vpc, task 'T': elastic_ip acme-nat: limit",
        ),
        ({}, "layer vpc, task 'T': no reason was given"),
    ],
    ids=["plain", "one turn of a loop", "nothing known"],
)
def test_a_failure_names_layer_resource_and_cause(result: dict, expected: str) -> None:
    assert failure_text(result, "vpc", "T") == expected


def test_what_is_retained_is_not_counted_as_left() -> None:
    left = {
        "found": {"keys": {"key": [{"type": "key", "name": "alias/acme", "id": "k-1", "arn": "arn:k-1", "facts": {}}]}},
        "leftovers": ["arn:aws:rds:us-east-1:1:snapshot:final", "arn:aws:sqs:us-east-1:1:queue"],
    }
    retained = [{"type": "snapshot", "name": "final", "reason": "final snapshot", "until": None}]
    assert not_removed(left, retained) == ["keys key alias/acme", "arn:aws:sqs:us-east-1:1:queue"]
    text = removed_text(left, STACK, retained, ["layer vpc, task 'T': in use"])
    assert "is not gone completely" in text and "in use" in text and "final snapshot" in text
    assert "is gone." in removed_text({"found": {}, "leftovers": []}, STACK, retained, [])


def test_a_bucket_that_is_kept_keeps_its_lifecycle_rules_and_no_others() -> None:
    def rule(bucket: str) -> dict:
        return {
            "type": "lifecycle_rule",
            "name": "expire",
            "id": "expire",
            "arn": None,
            "facts": {"bucket_name": bucket},
        }

    kept = {"type": "bucket", "name": "acme-logs", "reason": "it holds objects", "until": None}
    left = {"found": {"storage": {"lifecycle_rule": [rule("acme-logs")]}}, "leftovers": []}
    assert not_removed(left, [kept]) == []
    left["found"]["storage"]["lifecycle_rule"].append(rule("acme-assets"))
    assert not_removed(left, [kept]) == ["storage lifecycle_rule expire"]


def test_leaves_count_values_and_no_nulls() -> None:
    assert leaves({"a": [1, 2], "b": {"c": "x", "d": None}, "e": False}) == 4


def test_the_summary_counts_resources_by_layer() -> None:
    text = summary_text(
        {"vpc": {"a": {"type": "subnet"}, "b": {"type": "subnet"}}, "dns": {}},
        "acme-prod stands",
        {"outputs": ["one", "two"]},
    )
    assert "2 subnet" in text and "  one" in text and text.count("outputs") == 1
    assert "dns" not in text, "a layer of which there is nothing has no line"
