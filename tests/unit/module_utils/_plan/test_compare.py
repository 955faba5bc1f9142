# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one comparison: what it holds, what it leaves to others, what it removes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import PHASE_TAG, UNKNOWN, Found, Resource, Value
from ansible_collections.cutover.aws.plugins.module_utils._plan.apply import work_items
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import compare

SCALARS = st.one_of(st.integers(0, 3), st.booleans(), st.sampled_from(["a", "b"]), st.none())
ATTRIBUTES = st.dictionaries(st.sampled_from(["size", "class", "retention"]), SCALARS)
TAGS = st.dictionaries(st.sampled_from(["Name", "CostCenter", PHASE_TAG]), st.sampled_from(["x", "y"]))


def wanted(key: str = "vpc", initial: Mapping[str, Value] | None = None, **attributes: Value) -> Resource:
    return Resource(key, "vpc", "acme-prod-vpc", attributes, initial or {})


def found(key: str = "vpc", kind: str = "vpc", **attributes: Value) -> Found:
    return Found(key, kind, "acme-prod-vpc", "vpc-1", attributes)


def paths(changes: tuple) -> list[tuple[str, list[str]]]:
    return [(change.action, [difference.path for difference in change.differences]) for change in changes]


@pytest.mark.parametrize(
    ("resource", "reality", "expected"),
    [
        pytest.param(wanted(cidr="10.0.0.0/16"), None, [("create", ["cidr"])], id="absent"),
        pytest.param(wanted(cidr="10.0.0.0/16"), found(cidr="10.0.0.0/16"), [], id="equal"),
        pytest.param(wanted(dns=True), found(dns=False), [("update", ["dns"])], id="one attribute differs"),
        pytest.param(wanted(dns=True), found(), [("update", ["dns"])], id="AWS does not show it: unknown is not equal"),
        pytest.param(
            wanted(dns=True),
            found(dns=True, tenancy="dedicated"),
            [],
            id="what the model does not name is AWS's business",
        ),
        pytest.param(
            wanted(values={"same": "1", "other": "1", "new": "1"}),
            found(values={"same": "1", "other": "2", "old": "1"}),
            [("update", ["values.new", "values.old", "values.other"])],
            id="each of many values, also those that are too many",
        ),
        pytest.param(
            wanted(key_arn=UNKNOWN),
            found(key_arn="arn"),
            [("update", ["key_arn"])],
            id="an input that is not there yet",
        ),
        pytest.param(
            wanted(tags={"Name": "a"}), found(tags={"Name": "b"}), [("update", ["tags.Name"])], id="tag edited"
        ),
        pytest.param(wanted(tags={"Name": "a"}), found(tags={"Name": "a", "Team": "z"}), [], id="tag of somebody else"),
        pytest.param(wanted(tags={"Name": "a"}), found(tags=None), [("update", ["tags.Name"])], id="tags gone"),
    ],
)
def test_differences(resource: Resource, reality: Found | None, expected: list) -> None:
    plan = compare({"vpc": resource}, {"vpc": reality} if reality else {})
    assert paths(plan.changes) == expected
    assert plan.left_alone == ()


@pytest.mark.parametrize(
    ("resource", "reality", "left_alone"),
    [
        pytest.param(wanted(initial={"weight": 100}), found(weight=0), ["weight"], id="weight moved by a shift"),
        pytest.param(wanted(initial={"weight": 100}), found(weight=100), [], id="weight as it was set"),
        pytest.param(
            wanted(tags={PHASE_TAG: "initial"}),
            found(tags={PHASE_TAG: "complete"}),
            [f"tags.{PHASE_TAG}"],
            id="phase moved",
        ),
    ],
)
def test_what_others_own_is_reported_and_left_alone(resource: Resource, reality: Found, left_alone: list[str]) -> None:
    plan = compare({"vpc": resource}, {"vpc": reality})
    assert plan.changes == ()
    assert [difference.path for change in plan.left_alone for difference in change.differences] == left_alone


def test_only_pruned_types_are_removed() -> None:
    extra_rule, extra_bucket = found("rule/x", "security_group_rule", port=22), found("bucket/x", "bucket")
    plan = compare({}, {"rule/x": extra_rule, "bucket/x": extra_bucket}, {"security_group_rule"})
    assert [(change.action, change.key) for change in plan.changes] == [("delete", "rule/x")]
    assert plan.unexpected == (extra_bucket,)


@given(ATTRIBUTES, TAGS, ATTRIBUTES)
def test_a_resource_made_as_planned_needs_nothing_more(attributes: dict, tags: dict, initial: dict) -> None:
    resource = wanted(initial=initial, **attributes, tags=tags)
    made = {d.path: d.after for d in compare({"vpc": resource}, {}).changes[0].differences}
    merged = {**made, **initial}
    settled = compare(
        {"vpc": wanted(initial=initial, **{**attributes, **initial}, tags=tags)}, {"vpc": found(**merged)}
    )
    assert settled.changes == () and settled.left_alone == ()


@given(ATTRIBUTES, TAGS, ATTRIBUTES, TAGS)
def test_applying_the_work_items_is_a_fixed_point(
    attributes: dict, tags: dict, actual: dict, actual_tags: dict
) -> None:
    model = {"vpc": wanted(initial={"capacity": 2}, **attributes, tags=tags)}
    before = {"vpc": found(**actual, capacity=5, tags=actual_tags)}
    items = work_items(["vpc"], model, before, compare(model, before))["vpc"]
    values = items[0].attributes if items else {**actual, "capacity": 5, "tags": actual_tags}
    after = {"vpc": found(**{**actual, **values, "tags": {**actual_tags, **values["tags"]}})}
    assert compare(model, after).changes == ()
    assert after["vpc"].attributes["capacity"] == 5, (
        "a capacity belongs to the shift: writing the resource must not move it"
    )
    if PHASE_TAG in actual_tags:
        assert after["vpc"].attributes["tags"][PHASE_TAG] == actual_tags[PHASE_TAG]


def test_full_work_lists_the_whole_model_and_quick_work_only_what_differs() -> None:
    model = {"a": wanted("a", x=1), "b": wanted("b", x=1)}
    reality = {"a": found("a", x=1), "b": found("b", x=2)}
    plan = compare(model, reality)
    assert [(i.key, i.action) for i in work_items(["vpc"], model, reality, plan)["vpc"]] == [("b", "update")]
    assert [(i.key, i.action) for i in work_items(["vpc"], model, reality, plan, full=True)["vpc"]] == [
        ("a", "none"),
        ("b", "update"),
    ]


def test_types_without_work_have_an_empty_list() -> None:
    assert work_items(["vpc", "subnet"], {}, {}, compare({}, {})) == {"vpc": [], "subnet": [], "removed": []}
